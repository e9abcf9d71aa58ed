import type {
  Container,
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  DeploymentLifecycleHookStatus,
  LaunchType,
  LoadBalancer,
  NetworkConfiguration,
  ServiceDeploymentLifecycleStage,
  ServiceDeploymentRollbackMonitorsStatus,
  ServiceDeploymentStatus,
  Tag,
  TaskOverride,
  TaskStopCode,
} from '@aws-sdk/client-ecs';
import type { TaskTimings } from '../../scenarios/scenario.ts';
import type { StoredTaskDefinition } from './task-definition-store.ts';

/**
 * What the simulated ECS holds. Moments are virtual milliseconds since the epoch. These values change as the
 * simulation goes on; whoever answers a request copies from them.
 */

/** A service revision: what a deployment deploys, each image tag resolved once. */
export interface Revision {
  readonly arn: string;
  readonly taskDefinition: StoredTaskDefinition;
  readonly images: readonly ResolvedImage[];
  readonly createdAt: number;
}

/** A container's image. No digest: the reference did not resolve, or versionConsistency is disabled. */
export interface ResolvedImage {
  readonly container: string;
  readonly image: string;
  readonly digest: string | undefined;
}

/** An entry of a service's `deployments`. */
export interface Deployment {
  /** `ecs-svc/…` */
  readonly id: string;
  readonly revision: Revision;
  readonly createdAt: number;
  status: 'PRIMARY' | 'ACTIVE' | 'INACTIVE';
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
  updatedAt: number;
  /** Consecutive ones, as ECS counts. */
  failedTasks: number;
  /** Tasks begun so far, placed or not: which outcome of the plan is next. */
  tasksBegun: number;
  /** False: no further task is started (failed, or stopped by somebody). */
  accepting: boolean;
  /** Tasks stopped for their health checks that are still to be replaced. */
  unhealthy: number;
  /** Placements that failed one after the other. */
  placementFailures: number;
  /** No task is started before this moment: ECS backs off from tasks that keep failing. */
  notBefore: number;
}

/** A service deployment, in the terms of API_ServiceDeployment. */
export interface ServiceDeployment {
  readonly arn: string;
  /** The entry in `deployments` that it belongs to. */
  readonly deployment: Deployment;
  readonly sources: readonly Revision[];
  readonly target: Revision;
  readonly createdAt: number;
  readonly configuration: DeploymentConfiguration;
  status: ServiceDeploymentStatus;
  statusReason?: string | undefined;
  startedAt?: number | undefined;
  finishedAt?: number | undefined;
  stoppedAt?: number | undefined;
  updatedAt: number;
  lifecycleStage?: ServiceDeploymentLifecycleStage | undefined;
  breaker: { status: ServiceDeploymentRollbackMonitorsStatus; failureCount: number; threshold: number };
  alarms?:
    | { status: ServiceDeploymentRollbackMonitorsStatus; names: readonly string[]; triggered: string[] }
    | undefined;
  rollback?: { readonly reason: string; readonly startedAt: number; readonly revision: Revision } | undefined;
  /** The lifecycle hook that it waits for, or the last one that it did. */
  hook?:
    | { readonly id: string; readonly hook: DeploymentLifecycleHook; status: DeploymentLifecycleHookStatus }
    | undefined;
  /** The entry in `deployments` by which it is rolled back. */
  rollbackDeployment?: Deployment | undefined;
}

/** A task of a service, or a one-off one. */
export interface Task {
  readonly arn: string;
  readonly id: string;
  readonly revision: Revision;
  /** `family:…` or `service:…` */
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly createdAt: number;
  readonly launchType: LaunchType;
  readonly timings: TaskTimings;
  readonly containers: Container[];
  readonly overrides?: TaskOverride | undefined;
  readonly service?: Service | undefined;
  deployment?: Deployment | undefined;
  lastStatus: string;
  desiredStatus: 'RUNNING' | 'STOPPED';
  healthStatus: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';
  /** Whether it has passed all health checks that it has. */
  healthy: boolean;
  version: number;
  pullStartedAt?: number | undefined;
  pullStoppedAt?: number | undefined;
  startedAt?: number | undefined;
  stoppingAt?: number | undefined;
  executionStoppedAt?: number | undefined;
  stoppedAt?: number | undefined;
  stopCode?: TaskStopCode | undefined;
  stoppedReason?: string | undefined;
  /** The containers run (from ACTIVATING on). */
  containersStartedAt?: number | undefined;
}

/** A service with its deployments, their history and its events. */
export interface Service {
  readonly arn: string;
  readonly name: string;
  readonly clusterArn: string;
  readonly clusterName: string;
  readonly createdAt: number;
  readonly launchType: LaunchType;
  readonly controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  readonly scheduling: 'REPLICA' | 'DAEMON';
  readonly loadBalancers: readonly LoadBalancer[];
  readonly networkConfiguration: NetworkConfiguration | undefined;
  deploymentConfiguration: DeploymentConfiguration;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  taskDefinition: StoredTaskDefinition;
  /** Newest first; the first is the PRIMARY one. */
  deployments: Deployment[];
  /** Every entry that there ever was, oldest first, for the truth. */
  readonly everyDeployment: Deployment[];
  /** Newest first. */
  serviceDeployments: ServiceDeployment[];
  currentServiceDeployment: ServiceDeployment | undefined;
  /** Newest first. */
  events: { readonly id: string; readonly createdAt: number; readonly message: string }[];
  /** The moments at which the scheduler is going to look at it. */
  readonly looks: Set<number>;
  /** The last revision whose deployment completed: what a rollback goes to. */
  lastCompleted: Revision | undefined;
  steady: boolean;
}

/** A cluster. */
export interface Cluster {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
}

/** Everything that the simulated ECS holds. */
export interface EcsState {
  readonly clusters: Cluster[];
  readonly services: Service[];
  readonly tasks: Task[];
  readonly revisions: Map<string, Revision>;
  readonly tags: Map<string, readonly Tag[]>;
  /** When the first UpdateService by the action arrived. */
  firstUpdateAt: number | undefined;
}

/** The tasks of a deployment that are meant to go on. */
export function liveTasks(state: EcsState, deployment: Deployment): readonly Task[] {
  return state.tasks.filter((task) => task.deployment === deployment && task.desiredStatus === 'RUNNING');
}

/** The tasks of a deployment that are not STOPPED, those on their way out included. */
export function remainingTasks(state: EcsState, deployment: Deployment): readonly Task[] {
  return state.tasks.filter((task) => task.deployment === deployment && task.lastStatus !== 'STOPPED');
}

/** Whether a service deployment is not over yet. Source: developer guide, "View service history". */
export function isOngoing(status: ServiceDeploymentStatus): boolean {
  return ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'].includes(
    status,
  );
}
