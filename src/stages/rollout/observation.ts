/**
 * What one look at one service shows, as plain data. Everything the verdict knows of ECS is in here, so a
 * recorded look is a test. Times are milliseconds since the epoch by AWS's clock and are only ever compared
 * with each other: the runner's clock may be wrong.
 */

/** Why a question tells nothing, and asking it once more would not help at once. */
export interface Unreadable {
  /** The IAM action of the question, `ecs:DescribeTasks`. */
  readonly permission: string;
  /**
   * `denied`: the role may not. `refused`: AWS, or what stands in for it, doesn't do this. `no-answer`: several
   * times in a row; it is asked again now and then.
   */
  readonly why: 'denied' | 'refused' | 'no-answer';
  /** AWS's name for the refusal, `UnknownOperationException`. */
  readonly name?: string;
}

/**
 * A part of a look. `unreadable` names the question that had no use; `absent` was asked for, and AWS lists
 * none (yet); `not-read` was not asked for, or the answer was lost.
 */
export type Reading<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | ({ readonly kind: 'unreadable' } & Unreadable)
  | { readonly kind: 'absent' }
  | { readonly kind: 'not-read' };

/** Wraps a value that was read. */
export function seen<T>(value: T): Reading<T> {
  return { kind: 'seen', value };
}

/** A part that can't be read, with the IAM action of the question (`ecs:DescribeTasks`), by default a denied one. */
export function unreadable(
  permission: string,
  why: Unreadable['why'] = 'denied',
  name?: string,
): Extract<Reading<never>, { kind: 'unreadable' }> {
  return { kind: 'unreadable', permission, why, ...(name === undefined ? {} : { name }) };
}

/** A part that was asked for and that AWS doesn't list. */
export const absent: Reading<never> = { kind: 'absent' };

/** A part that this look did not ask for. */
export const notRead: Reading<never> = { kind: 'not-read' };

/** The value of a part, or undefined where it was not read or may not be. */
export function valueIn<T>(reading: Reading<T>): T | undefined {
  return reading.kind === 'seen' ? reading.value : undefined;
}

/** An entry of `DescribeServices` → `deployments` (API_Deployment). */
export interface DeploymentSnapshot {
  /** `ecs-svc/…` */
  readonly id: string;
  /** `PRIMARY`, `ACTIVE` or `INACTIVE`. */
  readonly status: string;
  readonly taskDefinition: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly failedTasks: number;
  readonly rolloutState?: string;
  readonly rolloutStateReason?: string;
  readonly createdAt?: number;
}

/** A message of the service scheduler. `id` is unique, so that none is shown twice. */
export interface EventSnapshot {
  readonly id: string;
  readonly at: number;
  readonly message: string;
}

/** The parts of `DescribeServices` that a rollout shows itself in. */
export interface ServiceSnapshot {
  readonly name: string;
  /** `ACTIVE`, `DRAINING` or `INACTIVE`. */
  readonly status: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** The circuit breaker as the service is configured. */
  readonly breaker: { readonly enabled: boolean; readonly rollback: boolean };
  readonly strategy?: string;
  /** CloudWatch alarms that watch its deployments. */
  readonly alarmNames: readonly string[];
  /** Whether instances may be added for it (a capacity provider): then a lack of room may pass. */
  readonly scalesOut: boolean;
  readonly currentServiceDeploymentArn?: string;
  readonly deployments: readonly DeploymentSnapshot[];
  /** Newest first, as AWS lists them. */
  readonly events: readonly EventSnapshot[];
}

/** A task count of one service revision within a service deployment. */
export interface RevisionCounts {
  readonly arn: string;
  readonly requested: number;
  readonly running: number;
  readonly pending: number;
}

/** A lifecycle hook that a service deployment is at, as `AWAITING_ACTION` or `IN_PROGRESS`. */
export interface HookSnapshot {
  readonly id?: string;
  readonly status: string;
  readonly timeoutAction?: string;
}

/** States of a service deployment in which ECS goes on with it, and can still roll it back (API_ServiceDeployment, API_StopServiceDeployment). */
export const ONGOING: ReadonlySet<string> = new Set(['PENDING', 'IN_PROGRESS']);

/** `DescribeServiceDeployments` for one service deployment (API_ServiceDeployment). */
export interface ServiceDeploymentSnapshot {
  readonly arn: string;
  /** `PENDING`, `IN_PROGRESS`, `SUCCESSFUL`, `STOPPED`, `STOP_REQUESTED`, `ROLLBACK_…`. */
  readonly status: string;
  readonly statusReason?: string;
  readonly lifecycleStage?: string;
  readonly hooks: readonly HookSnapshot[];
  readonly strategy?: string;
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly target?: RevisionCounts;
  readonly sources: readonly RevisionCounts[];
  readonly rollback?: {
    readonly reason?: string;
    readonly revisionArn?: string;
    readonly startedAt?: number;
  };
  readonly breaker?: {
    /** `DISABLED`, `MONITORING`, `MONITORING_COMPLETE` or `TRIGGERED`. */
    readonly status?: string;
    readonly failureCount: number;
    readonly threshold: number;
  };
  readonly alarms?: { readonly status?: string; readonly triggered: readonly string[] };
}

/** A container of a task, as `DescribeTasks` gives it. */
export interface ContainerSnapshot {
  readonly name: string;
  readonly image?: string;
  /** Missing until the image is pulled, and with old agents on EC2: then it is unknown, not wrong. */
  readonly digest?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly lastStatus?: string;
  /** `HEALTHY`, `UNHEALTHY` or `UNKNOWN`. */
  readonly health?: string;
}

/** A task of the service, as `DescribeTasks` gives it. */
export interface TaskSnapshot {
  readonly arn: string;
  /** The service's name, from the task's group. */
  readonly service?: string;
  /** `startedBy`: the deployment (`ecs-svc/…`) that the task belongs to. */
  readonly deploymentId?: string;
  readonly taskDefinition?: string;
  readonly lastStatus: string;
  readonly desiredStatus?: string;
  readonly health?: string;
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly stoppingAt?: number;
  readonly stoppedAt?: number;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  readonly containers: readonly ContainerSnapshot[];
}

/** A service revision: what ECS resolved each container's image to (`DescribeServiceRevisions`). */
export interface RevisionSnapshot {
  readonly arn: string;
  readonly images: readonly {
    readonly container: string;
    readonly image?: string;
    readonly digest?: string;
  }[];
}

/** The end of what a failed container logged. */
export interface LogTail {
  readonly taskArn: string;
  readonly container: string;
  /** Oldest first, bounded in number and length. */
  readonly lines: readonly string[];
}

/** One look at one service. */
export interface Observation {
  /** `missing`: AWS says that there is no such service. */
  readonly service: Reading<ServiceSnapshot | 'missing'>;
  /** Our own service deployment. */
  readonly serviceDeployment: Reading<ServiceDeploymentSnapshot>;
  /** The revision that our service deployment targets. */
  readonly revision: Reading<RevisionSnapshot>;
  /** Tasks whose desired status is RUNNING, of every deployment of the service. */
  readonly runningTasks: Reading<readonly TaskSnapshot[]>;
  /** Tasks that stopped lately (AWS keeps them for about an hour), of every deployment of the service. */
  readonly stoppedTasks: Reading<readonly TaskSnapshot[]>;
  /** What the container named by `failedContainer` said last. */
  readonly log: Reading<LogTail>;
}

/** A part of a look that can be asked for. */
export type Part = keyof Observation;

/** A look that saw nothing yet: a start for building one. */
export const emptyObservation: Observation = {
  service: notRead,
  serviceDeployment: notRead,
  revision: notRead,
  runningTasks: notRead,
  stoppedTasks: notRead,
  log: notRead,
};
