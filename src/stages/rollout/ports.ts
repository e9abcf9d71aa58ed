import type {
  Reading,
  RevisionSnapshot,
  ServiceDeploymentSnapshot,
  ServiceSnapshot,
  TaskSnapshot,
} from './observation.ts';

/** Why a question to AWS got no answer. */
export type FaultKind = 'throttled' | 'expired-credentials' | 'denied' | 'unreachable';

/** A question to AWS that got no answer. `denied` is thrown only for ecs:DescribeServices, without which nothing can be seen. */
export class ObservationFault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ObservationFault';
    this.kind = kind;
  }
}

/** How our service deployment is found where its ARN isn't known. */
export interface ServiceDeploymentQuery {
  readonly cluster: string;
  readonly service: string;
  readonly deploymentId: string;
  /** `createdAt` of the deployment by AWS's clock, where known. */
  readonly createdAt?: number;
  /** Candidates to check before listing. */
  readonly arns: readonly string[];
}

/** Questions about services, answered by AWS. Every method throws ObservationFault; what the role may not read is `unreadable`. */
export interface EcsObserver {
  /** One call per ten services of a cluster. A service that AWS doesn't know is `missing`; one left out of the answer is absent. */
  services(
    cluster: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ServiceSnapshot | 'missing'>>;
  /** The service deployment that belongs to a deployment id; undefined where none is listed yet. */
  findServiceDeployment(
    query: ServiceDeploymentQuery,
    signal: AbortSignal,
  ): Promise<Reading<ServiceDeploymentSnapshot | undefined>>;
  /** By ARN, any number of services together. */
  serviceDeployments(
    arns: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, ServiceDeploymentSnapshot>>>;
  /** By ARN. */
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
  /** Seconds that the newest successful earlier service deployments took, newest first, at most five. */
  earlierDurations(
    cluster: string,
    service: string,
    signal: AbortSignal,
  ): Promise<Reading<readonly number[]>>;
  /** Where a container of a task definition logs to; undefined where it isn't CloudWatch Logs. */
  logDestination(
    taskDefinition: string,
    container: string,
    signal: AbortSignal,
  ): Promise<Reading<LogDestination | undefined>>;
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
  /** Oldest first, bounded; empty where the stream doesn't exist (yet). Throws ObservationFault. */
  lastLines(query: LogQuery, signal: AbortSignal): Promise<Reading<readonly string[]>>;
}

/** Elapsed local time, monotonic, in milliseconds; and a sleep that ends early, without throwing, when aborted. */
export interface WatchClock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
