import type {
  Reading,
  RevisionSnapshot,
  ServiceDeploymentSnapshot,
  ServiceSnapshot,
  TaskSnapshot,
} from './observation.ts';

/** Why a question to AWS got no answer. */
export type FaultKind = 'throttled' | 'expired-credentials' | 'denied' | 'unreachable';

/**
 * A question to AWS that got no answer. `denied` is thrown only for ecs:DescribeServices, without which nothing
 * can be seen; any other part that the role may not read is `unreadable`.
 */
export class ObservationFault extends Error {
  readonly kind: FaultKind;
  /** The IAM action of the question, where it is known. */
  readonly action: string | undefined;

  constructor(kind: FaultKind, message: string, cause?: unknown, action?: string) {
    super(message, { cause });
    this.name = 'ObservationFault';
    this.kind = kind;
    this.action = action;
  }
}

/** A service deployment as it is listed: enough to find ours, and to know how long the earlier ones took. */
export interface ListedServiceDeployment {
  readonly arn: string;
  readonly status: string;
  readonly revisionArn?: string;
  /** Ms by AWS's clock, as the other two. */
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
}

/** Questions about services, answered by AWS. Every method throws ObservationFault. */
export interface EcsObserver {
  /** Requests sent so far, to keep within the budget of calls. */
  readonly calls: number;
  /** One call per ten services of a cluster. A service that AWS doesn't know is `missing`. */
  services(
    cluster: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ServiceSnapshot | 'missing'>>;
  /** Newest first, one page. */
  listServiceDeployments(
    cluster: string,
    service: string,
    signal: AbortSignal,
  ): Promise<Reading<readonly ListedServiceDeployment[]>>;
  /** By ARN, those of any number of services in one call per twenty. */
  serviceDeployments(
    arns: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, ServiceDeploymentSnapshot>>>;
  /** By ARN, one call per twenty. */
  revisions(
    arns: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, RevisionSnapshot>>>;
  /** Tasks of each named service, by desired status. */
  tasks(
    cluster: string,
    names: readonly string[],
    desiredStatus: 'RUNNING' | 'STOPPED',
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, readonly TaskSnapshot[]>>>;
  /** Where a container of a task definition logs to; `absent` where that isn't CloudWatch Logs. */
  logDestination(
    taskDefinition: string,
    container: string,
    signal: AbortSignal,
  ): Promise<Reading<LogDestination>>;
}

/** A container's `awslogs` options. */
export interface LogDestination {
  readonly group: string;
  readonly region: string;
  /** `awslogs-stream-prefix`; without it the stream's name can't be known. */
  readonly prefix: string;
}

/** Where one task's container logs: the stream is `prefix/container/task-id`. */
export interface LogQuery {
  readonly destination: LogDestination;
  readonly container: string;
  readonly taskArn: string;
}

/** The last lines that a container logged. */
export interface LogReader {
  /** Oldest first, bounded; `absent` where the group or stream doesn't exist (yet). Throws ObservationFault. */
  lastLines(query: LogQuery, signal: AbortSignal): Promise<Reading<readonly string[]>>;
}

/** Elapsed local time, monotonic, in milliseconds; and a sleep that ends early, without throwing, when aborted. */
export interface WatchClock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
