import type {
  Container,
  Deployment,
  LogConfiguration,
  Service,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
  ServiceRevisionSummary,
  Task,
} from '@aws-sdk/client-ecs';
import { oneLine } from '../runner/text.ts';
import type {
  ContainerSnapshot,
  DeploymentSnapshot,
  RevisionCounts,
  RevisionSnapshot,
  ServiceDeploymentSnapshot,
  ServiceSnapshot,
  TaskSnapshot,
} from '../stages/rollout/observation.ts';
import type { ListedServiceDeployment, LogDestination } from '../stages/rollout/ports.ts';

/** Text of AWS's may quote what anybody wrote (a stop reason, an image's name): one line, and not long. */
const TEXT = 500;

/** The keys whose value is there: optional properties of the snapshots are absent, never undefined. */
function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}

const text = (value: string | undefined): string | undefined => (value ? oneLine(value, TEXT) : undefined);
const time = (value: Date | undefined): number | undefined => value?.getTime();

/** A service of `DescribeServices` (API_Service). */
export function toService(service: Service): ServiceSnapshot {
  const configuration = service.deploymentConfiguration;
  const breaker = configuration?.deploymentCircuitBreaker;
  return {
    name: service.serviceName ?? '',
    status: service.status ?? 'ACTIVE',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    breaker: { enabled: breaker?.enable ?? false, rollback: breaker?.rollback ?? false },
    ...present('strategy', configuration?.strategy),
    alarmNames: configuration?.alarms?.enable
      ? (configuration.alarms.alarmNames ?? []).map((name) => oneLine(name, 255))
      : [],
    scalesOut: (service.capacityProviderStrategy ?? []).some(
      ({ capacityProvider }) => capacityProvider !== 'FARGATE' && capacityProvider !== 'FARGATE_SPOT',
    ),
    ...present('currentServiceDeploymentArn', service.currentServiceDeployment),
    deployments: (service.deployments ?? []).map(toDeployment),
    events: (service.events ?? []).map(({ id, createdAt, message }) => ({
      id: id ?? `${createdAt?.getTime()} ${message}`,
      at: createdAt?.getTime() ?? 0,
      message: oneLine(message ?? '', TEXT),
    })),
  };
}

function toDeployment(deployment: Deployment): DeploymentSnapshot {
  return {
    id: deployment.id ?? '',
    status: deployment.status ?? '',
    taskDefinition: deployment.taskDefinition ?? '',
    desired: deployment.desiredCount ?? 0,
    running: deployment.runningCount ?? 0,
    pending: deployment.pendingCount ?? 0,
    failedTasks: deployment.failedTasks ?? 0,
    ...present('rolloutState', deployment.rolloutState),
    ...present('rolloutStateReason', text(deployment.rolloutStateReason)),
    ...present('createdAt', time(deployment.createdAt)),
  };
}

/** A service deployment of `DescribeServiceDeployments`; undefined without its ARN or status. */
export function toServiceDeployment(deployment: ServiceDeployment): ServiceDeploymentSnapshot | undefined {
  const {
    serviceDeploymentArn: arn,
    status,
    rollback,
    deploymentCircuitBreaker: breaker,
    alarms,
  } = deployment;
  if (arn === undefined || status === undefined) return undefined;
  return {
    arn,
    status,
    ...present('statusReason', text(deployment.statusReason)),
    ...present('lifecycleStage', deployment.lifecycleStage),
    hooks: (deployment.lifecycleHookDetails ?? []).map((hook) => ({
      ...present('id', hook.hookId),
      status: hook.status ?? '',
      ...present('timeoutAction', hook.timeoutAction),
    })),
    ...present('strategy', deployment.deploymentConfiguration?.strategy),
    ...present('createdAt', time(deployment.createdAt)),
    ...present('startedAt', time(deployment.startedAt)),
    ...present('finishedAt', time(deployment.finishedAt)),
    ...present('target', deployment.targetServiceRevision && toCounts(deployment.targetServiceRevision)),
    sources: (deployment.sourceServiceRevisions ?? []).map(toCounts),
    ...present(
      'rollback',
      rollback && {
        ...present('reason', text(rollback.reason)),
        ...present('revisionArn', rollback.serviceRevisionArn),
        ...present('startedAt', time(rollback.startedAt)),
      },
    ),
    ...present(
      'breaker',
      breaker && {
        ...present('status', breaker.status),
        failureCount: breaker.failureCount ?? 0,
        threshold: breaker.threshold ?? 0,
      },
    ),
    ...present(
      'alarms',
      alarms && {
        ...present('status', alarms.status),
        triggered: (alarms.triggeredAlarmNames ?? []).map((name) => oneLine(name, 255)),
      },
    ),
  };
}

function toCounts(revision: ServiceRevisionSummary): RevisionCounts {
  return {
    arn: revision.arn ?? '',
    requested: revision.requestedTaskCount ?? 0,
    running: revision.runningTaskCount ?? 0,
    pending: revision.pendingTaskCount ?? 0,
  };
}

/** A service deployment of `ListServiceDeployments`; undefined without its ARN. */
export function toListed(brief: ServiceDeploymentBrief): ListedServiceDeployment | undefined {
  if (brief.serviceDeploymentArn === undefined) return undefined;
  return {
    arn: brief.serviceDeploymentArn,
    status: brief.status ?? '',
    ...present('revisionArn', brief.targetServiceRevisionArn),
    ...present('createdAt', time(brief.createdAt)),
    ...present('startedAt', time(brief.startedAt)),
    ...present('finishedAt', time(brief.finishedAt)),
  };
}

/** A service revision of `DescribeServiceRevisions`; undefined without its ARN. */
export function toRevision(revision: ServiceRevision): RevisionSnapshot | undefined {
  if (revision.serviceRevisionArn === undefined) return undefined;
  return {
    arn: revision.serviceRevisionArn,
    images: (revision.containerImages ?? []).map(({ containerName, image, imageDigest }) => ({
      container: containerName ?? '',
      ...present('image', image),
      ...present('digest', imageDigest),
    })),
  };
}

/** A task of `DescribeTasks`; undefined without its ARN. */
export function toTask(task: Task): TaskSnapshot | undefined {
  if (task.taskArn === undefined) return undefined;
  return {
    arn: task.taskArn,
    // A service's task belongs to the group `service:NAME` (API_Task).
    ...present(
      'service',
      task.group?.startsWith('service:') ? task.group.slice('service:'.length) : undefined,
    ),
    ...present('deploymentId', task.startedBy),
    ...present('taskDefinition', task.taskDefinitionArn),
    lastStatus: task.lastStatus ?? '',
    ...present('desiredStatus', task.desiredStatus),
    ...present('health', task.healthStatus),
    ...present('createdAt', time(task.createdAt)),
    ...present('startedAt', time(task.startedAt)),
    ...present('stoppingAt', time(task.stoppingAt)),
    ...present('stoppedAt', time(task.stoppedAt)),
    ...present('stopCode', task.stopCode),
    ...present('stoppedReason', text(task.stoppedReason)),
    containers: (task.containers ?? []).map(toContainer),
  };
}

function toContainer(container: Container): ContainerSnapshot {
  return {
    name: container.name ?? '',
    ...present('image', container.image),
    ...present('digest', container.imageDigest),
    ...present('exitCode', container.exitCode),
    ...present('reason', text(container.reason)),
    ...present('lastStatus', container.lastStatus),
    ...present('health', container.healthStatus),
  };
}

/** Where an `awslogs` container logs to; undefined for another driver, or where the stream can't be known. */
export function toLogDestination(configuration: LogConfiguration | undefined): LogDestination | undefined {
  if (configuration?.logDriver !== 'awslogs') return undefined;
  const options = configuration.options ?? {};
  const group = options['awslogs-group'];
  const region = options['awslogs-region'];
  const prefix = options['awslogs-stream-prefix'];
  if (!group || !region || !prefix) return undefined;
  return { group, region, prefix };
}
