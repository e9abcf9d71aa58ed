import { arnOf } from '../account.ts';
import { breakerThreshold } from './circuit-breaker.ts';
import type { Simulation } from './simulation.ts';
import type { Deployment, Revision, Service, ServiceDeployment, Task } from './state.ts';
import { rolloutReason } from './wording.ts';

/** An entry of a service's deployments as it is at its beginning. */
export function newDeployment(id: string, revision: Revision, createdAt: number): Deployment {
  return {
    id,
    revision,
    createdAt,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: rolloutReason.inProgress(id),
    updatedAt: createdAt,
    failedTasks: 0,
    tasksBegun: 0,
    accepting: true,
    unhealthy: 0,
    placementFailures: 0,
    notBefore: createdAt,
  };
}

/** A service deployment as it is at its beginning: PENDING, watched by what the service's settings say. */
export function newServiceDeployment(
  simulation: Simulation,
  service: Service,
  deployment: Deployment,
  sources: readonly Revision[],
): ServiceDeployment {
  const configuration = service.deploymentConfiguration;
  const { alarms, deploymentCircuitBreaker: breaker } = configuration;
  const name = `service-deployment/${service.clusterName}/${service.name}/${simulation.ids.nano21()}`;
  return {
    arn: arnOf(simulation.account, 'ecs', name),
    deployment,
    sources,
    target: deployment.revision,
    createdAt: deployment.createdAt,
    configuration,
    status: 'PENDING',
    updatedAt: deployment.createdAt,
    breaker: {
      status: breaker?.enable === true ? 'MONITORING' : 'DISABLED',
      failureCount: 0,
      threshold: breakerThreshold(configuration, service.desiredCount),
    },
    alarms:
      alarms?.enable === true
        ? { status: 'MONITORING', names: alarms.alarmNames ?? [], triggered: [] }
        : undefined,
  };
}

/** A task as it is at its beginning: PROVISIONING, its containers PENDING. */
export function newTask(
  simulation: Simulation,
  clusterName: string,
  given: Pick<
    Task,
    | 'revision'
    | 'group'
    | 'startedBy'
    | 'createdAt'
    | 'launchType'
    | 'timings'
    | 'overrides'
    | 'service'
    | 'deployment'
  >,
): Task {
  const id = simulation.ids.hex32();
  const arn = arnOf(simulation.account, 'ecs', `task/${clusterName}/${id}`);
  return {
    ...given,
    arn,
    id,
    containers: given.revision.images.map(({ container, image }) => ({
      containerArn: arnOf(
        simulation.account,
        'ecs',
        `container/${clusterName}/${id}/${simulation.ids.uuid()}`,
      ),
      taskArn: arn,
      name: container,
      image,
      lastStatus: 'PENDING',
      networkInterfaces: [],
      healthStatus: 'UNKNOWN',
    })),
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    healthy: false,
    version: 1,
  };
}

/** Has a task's containers run: their images are pulled and their digests known. */
export function runContainers(simulation: Simulation, task: Task): void {
  for (const container of task.containers) {
    const image = container.image ?? '';
    const resolved = task.revision.images.find((one) => one.container === container.name);
    const digest = resolved?.digest ?? simulation.images.digestOf(image);
    const reported = digest === undefined ? undefined : simulation.images.reported(image, digest);
    if (reported !== undefined) container.imageDigest = reported;
    container.runtimeId = `${task.id}-${digest?.slice(7, 17) ?? ''}`;
    container.lastStatus = 'RUNNING';
  }
}
