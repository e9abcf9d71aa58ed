import type {
  Deployment as AwsDeployment,
  Service as AwsService,
  ServiceDeployment as AwsServiceDeployment,
  ServiceRevision as AwsServiceRevision,
  Task as AwsTask,
  DeploymentLifecycleHookDetail,
  ServiceDeploymentBrief,
  ServiceRevisionSummary,
} from '@aws-sdk/client-ecs';
import type { EcsCloud } from '../ecs-simulation/ecs-cloud.ts';
import {
  type Deployment,
  type EcsState,
  liveTasks,
  type Revision,
  type Service,
  type ServiceDeployment,
  type Task,
} from '../ecs-simulation/state.ts';

const date = (moment: number): Date => new Date(moment);
const dateIf = (moment: number | undefined): Date | undefined =>
  moment === undefined ? undefined : new Date(moment);

interface Counts {
  readonly running: number;
  readonly pending: number;
}

function countsOf(tasks: readonly Task[]): Counts {
  const running = tasks.filter((task) => task.lastStatus === 'RUNNING').length;
  return { running, pending: tasks.length - running };
}

/** A service as DescribeServices shows it. */
export function serviceShape(ecs: EcsCloud, service: Service): AwsService {
  const { state } = ecs.simulation;
  const counts = countsOf(service.deployments.flatMap((one) => liveTasks(state, one)));
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.clusterArn,
    loadBalancers: [...service.loadBalancers],
    serviceRegistries: [],
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: counts.running,
    pendingCount: counts.pending,
    launchType: service.launchType,
    ...(service.launchType === 'FARGATE' ? { platformVersion: 'LATEST', platformFamily: 'Linux' } : {}),
    taskDefinition: service.taskDefinition.arn,
    deploymentConfiguration: service.deploymentConfiguration,
    deployments: service.deployments.map((deployment) => deploymentShape(state, service, deployment)),
    events: service.events.map((event) => ({ ...event, createdAt: date(event.createdAt) })),
    createdAt: date(service.createdAt),
    currentServiceDeployment: ecs.shownServiceDeployments(service)[0]?.arn,
    currentServiceRevisions: revisionsOf(service).map((revision) =>
      revisionSummary(state, service, revision),
    ),
    placementConstraints: [],
    placementStrategy: [],
    networkConfiguration: service.networkConfiguration,
    healthCheckGracePeriodSeconds: 0,
    schedulingStrategy: service.scheduling,
    deploymentController: { type: service.controller },
    enableECSManagedTags: true,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    availabilityZoneRebalancing: 'ENABLED',
  };
}

function deploymentShape(state: EcsState, service: Service, deployment: Deployment): AwsDeployment {
  const counts = countsOf(liveTasks(state, deployment));
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.revision.taskDefinition.arn,
    desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : 0,
    pendingCount: counts.pending,
    runningCount: counts.running,
    failedTasks: deployment.failedTasks,
    createdAt: date(deployment.createdAt),
    updatedAt: date(deployment.updatedAt),
    launchType: service.launchType,
    ...(service.launchType === 'FARGATE' ? { platformVersion: '1.4.0', platformFamily: 'Linux' } : {}),
    networkConfiguration: service.networkConfiguration,
    // Only the ECS controller tells a rollout's state.
    ...(service.controller === 'ECS'
      ? { rolloutState: deployment.rolloutState, rolloutStateReason: deployment.rolloutStateReason }
      : {}),
  };
}

function revisionsOf(service: Service): readonly Revision[] {
  return [...new Set(service.deployments.map((one) => one.revision))];
}

function revisionSummary(state: EcsState, service: Service, revision: Revision): ServiceRevisionSummary {
  const entries = service.deployments.filter((one) => one.revision === revision);
  const counts = countsOf(entries.flatMap((one) => liveTasks(state, one)));
  const requested = entries.some((one) => one.status === 'PRIMARY')
    ? service.desiredCount
    : counts.running + counts.pending;
  return {
    arn: revision.arn,
    requestedTaskCount: requested,
    runningTaskCount: counts.running,
    pendingTaskCount: counts.pending,
  };
}

/** A service deployment in full, as DescribeServiceDeployments shows it. */
export function serviceDeploymentShape(
  state: EcsState,
  service: Service,
  one: ServiceDeployment,
): AwsServiceDeployment {
  return {
    serviceDeploymentArn: one.arn,
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    createdAt: date(one.createdAt),
    startedAt: dateIf(one.startedAt),
    finishedAt: dateIf(one.finishedAt),
    stoppedAt: dateIf(one.stoppedAt),
    updatedAt: date(one.updatedAt),
    sourceServiceRevisions: one.sources.map((revision) => revisionSummary(state, service, revision)),
    targetServiceRevision: revisionSummary(state, service, one.target),
    status: one.status,
    statusReason: one.statusReason,
    lifecycleStage: one.lifecycleStage,
    lifecycleHookDetails: hookDetails(one),
    deploymentConfiguration: one.configuration,
    rollback:
      one.rollback === undefined
        ? undefined
        : {
            reason: one.rollback.reason,
            startedAt: date(one.rollback.startedAt),
            serviceRevisionArn: one.rollback.revision.arn,
          },
    deploymentCircuitBreaker: { ...one.breaker },
    alarms:
      one.alarms === undefined
        ? undefined
        : {
            status: one.alarms.status,
            alarmNames: [...one.alarms.names],
            triggeredAlarmNames: [...one.alarms.triggered],
          },
  };
}

function hookDetails(one: ServiceDeployment): DeploymentLifecycleHookDetail[] | undefined {
  if (one.hook === undefined) return undefined;
  const { id, hook, status } = one.hook;
  const timeout = hook.timeoutConfiguration;
  return [
    {
      hookId: id,
      targetType: hook.targetType,
      targetArn: hook.hookTargetArn,
      status,
      expiresAt: new Date(one.updatedAt + (timeout?.timeoutInMinutes ?? 24 * 60) * 60_000),
      timeoutAction: timeout?.action ?? 'ROLLBACK',
    },
  ];
}

/** A service deployment as ListServiceDeployments shows it. */
export function serviceDeploymentBrief(service: Service, one: ServiceDeployment): ServiceDeploymentBrief {
  return {
    serviceDeploymentArn: one.arn,
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    startedAt: dateIf(one.startedAt),
    createdAt: date(one.createdAt),
    finishedAt: dateIf(one.finishedAt),
    targetServiceRevisionArn: one.target.arn,
    status: one.status,
    statusReason: one.statusReason,
  };
}

/** A service revision as DescribeServiceRevisions shows it. */
export function serviceRevisionShape(service: Service, revision: Revision): AwsServiceRevision {
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    taskDefinition: revision.taskDefinition.arn,
    launchType: service.launchType,
    ...(service.launchType === 'FARGATE' ? { platformVersion: '1.4.0', platformFamily: 'Linux' } : {}),
    loadBalancers: [...service.loadBalancers],
    networkConfiguration: service.networkConfiguration,
    containerImages: revision.images.map((image) => ({
      containerName: image.container,
      image: image.image,
      imageDigest: image.digest,
    })),
    guardDutyEnabled: false,
    createdAt: date(revision.createdAt),
  };
}

/** A task as DescribeTasks shows it. */
export function taskShape(task: Task, clusterArn: string): AwsTask {
  const { definition } = task.revision.taskDefinition;
  return {
    taskArn: task.arn,
    clusterArn,
    taskDefinitionArn: task.revision.taskDefinition.arn,
    group: task.group,
    startedBy: task.startedBy,
    launchType: task.launchType,
    ...(task.launchType === 'FARGATE' ? { platformVersion: '1.4.0', platformFamily: 'Linux' } : {}),
    availabilityZone: 'us-east-1a',
    attachments: [],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    connectivity: 'CONNECTED',
    containers: task.containers.map((container) => {
      const given = definition.containerDefinitions?.find(({ name }) => name === container.name);
      const memory = given?.memory === undefined ? {} : { memory: String(given.memory) };
      return { ...container, cpu: String(given?.cpu ?? 0), ...memory };
    }),
    cpu: definition.cpu,
    memory: definition.memory,
    createdAt: date(task.createdAt),
    pullStartedAt: dateIf(task.pullStartedAt),
    pullStoppedAt: dateIf(task.pullStoppedAt),
    startedAt: dateIf(task.startedAt),
    stoppingAt: dateIf(task.stoppingAt),
    executionStoppedAt: dateIf(task.executionStoppedAt),
    stoppedAt: dateIf(task.stoppedAt),
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    desiredStatus: task.desiredStatus,
    lastStatus: task.lastStatus,
    healthStatus: task.healthStatus,
    enableExecuteCommand: false,
    overrides: task.overrides ?? {
      containerOverrides: task.containers.map((container) => ({ name: container.name })),
    },
    tags: [],
    version: task.version,
  };
}
