import { arnOf } from '../account.ts';
import { newDeployment, newServiceDeployment } from './records.ts';
import type { Simulation } from './simulation.ts';
import { type Deployment, isOngoing, type Revision, type Service, type ServiceDeployment } from './state.ts';
import type { StoredTaskDefinition } from './task-definition-store.ts';
import { statusReason } from './wording.ts';

/** Seconds that a service deployment is PENDING before the scheduler takes it up. */
const pendingSeconds = 1;

/**
 * Begins a service deployment of a task definition: every image tag is resolved now, once, and what was being
 * deployed before is superseded.
 */
export function startDeployment(
  simulation: Simulation,
  service: Service,
  taskDefinition: StoredTaskDefinition,
): ServiceDeployment {
  const now = simulation.timeline.now();
  const number = simulation.ids.digits19();
  const revision = createRevision(simulation, service, taskDefinition, number);
  const sources = [
    ...new Set(service.deployments.filter((one) => one.status !== 'INACTIVE').map((one) => one.revision)),
  ];
  supersede(service, now);
  const deployment = addDeployment(service, revision, `ecs-svc/${number}`, now);
  const serviceDeployment = newServiceDeployment(simulation, service, deployment, sources);
  service.serviceDeployments = [serviceDeployment, ...service.serviceDeployments];
  service.currentServiceDeployment = serviceDeployment;
  service.taskDefinition = taskDefinition;
  simulation.timeline.after(pendingSeconds, () => take(simulation, serviceDeployment));
  return serviceDeployment;
}

/** A service revision with its images resolved as of now. */
export function createRevision(
  simulation: Simulation,
  service: Pick<Service, 'clusterName' | 'name'>,
  taskDefinition: StoredTaskDefinition,
  number: string,
): Revision {
  const revision: Revision = {
    arn: arnOf(
      simulation.account,
      'ecs',
      `service-revision/${service.clusterName}/${service.name}/${number}`,
    ),
    taskDefinition,
    images: simulation.images.resolveAll(taskDefinition.definition),
    createdAt: simulation.timeline.now(),
  };
  simulation.state.revisions.set(revision.arn, revision);
  return revision;
}

/** Puts a new PRIMARY entry on top of a service's deployments. */
export function addDeployment(service: Service, revision: Revision, id: string, now: number): Deployment {
  for (const older of service.deployments) older.status = 'ACTIVE';
  const deployment = newDeployment(id, revision, now);
  service.deployments = [deployment, ...service.deployments];
  service.everyDeployment.push(deployment);
  service.steady = false;
  return deployment;
}

function take(simulation: Simulation, serviceDeployment: ServiceDeployment): void {
  if (serviceDeployment.status !== 'PENDING') return;
  const now = simulation.timeline.now();
  serviceDeployment.status = 'IN_PROGRESS';
  serviceDeployment.startedAt = now;
  serviceDeployment.updatedAt = now;
}

function supersede(service: Service, now: number): void {
  for (const ongoing of service.serviceDeployments.filter((one) => isOngoing(one.status))) {
    endServiceDeployment(ongoing, 'STOPPED', statusReason.superseded, now);
  }
  for (const older of service.deployments) older.accepting = false;
}

/** Puts a service deployment into the state that it ends in. */
export function endServiceDeployment(
  serviceDeployment: ServiceDeployment,
  status: 'SUCCESSFUL' | 'STOPPED' | 'ROLLBACK_SUCCESSFUL' | 'ROLLBACK_FAILED',
  reason: string | undefined,
  now: number,
): void {
  serviceDeployment.status = status;
  serviceDeployment.lifecycleStage = undefined;
  serviceDeployment.statusReason = reason;
  serviceDeployment.finishedAt = now;
  serviceDeployment.updatedAt = now;
  if (status === 'STOPPED') serviceDeployment.stoppedAt = now;
  if (serviceDeployment.breaker.status === 'MONITORING')
    serviceDeployment.breaker.status = 'MONITORING_COMPLETE';
  if (serviceDeployment.alarms?.status === 'MONITORING')
    serviceDeployment.alarms.status = 'MONITORING_COMPLETE';
}
