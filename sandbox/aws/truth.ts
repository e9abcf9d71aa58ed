import type { ServiceDeploymentStatus } from '@aws-sdk/client-ecs';
import type { SeenCall } from '../faults/fault.ts';
import type { GitHubTruth } from '../github/api.ts';
import type { StoredManifest, TagMove } from '../registry/image-store.ts';
import type { SlackMessage } from '../slack/webhook.ts';
import type { CallRecord } from './dispatcher.ts';
import type { Deployment, Service, Task } from './ecs-simulation/state.ts';
import type { AwsWorld } from './operation.ts';

/** What really happened in a sandbox, whatever anybody says of it. Moments are virtual milliseconds since the epoch. */
export interface Truth {
  /** The images of each repository, newest first. */
  readonly images: Readonly<Record<string, readonly StoredManifest[]>>;
  /** The layers, configurations and attestations of each repository. */
  readonly blobs: Readonly<Record<string, readonly Buffer[]>>;
  readonly tagMoves: readonly TagMove[];
  readonly uploadsStarted: number;
  readonly uploadsCompleted: number;
  readonly manifestPuts: number;
  /** Every API call, refused ones included, in order. */
  readonly calls: readonly CallRecord[];
  /** The UpdateService calls that were carried out, those whose answer was lost included. */
  readonly updateServiceCalls: readonly CallRecord[];
  /** Deployments since the sandbox started, oldest first: the action's, other people's and ECS's own rollbacks. */
  readonly deploymentsStarted: readonly DeploymentTruth[];
  /** Every task of a service that ran or tried to since the start, and those that ran before. */
  readonly tasks: readonly TaskTruth[];
  /** The digests of each service's running tasks, each once. */
  readonly runningDigests: Readonly<Record<string, readonly string[]>>;
  readonly oneOffTasks: readonly TaskTruth[];
  readonly slackMessages: readonly SlackMessage[];
  readonly slackRequests: number;
  readonly github: GitHubTruth;
  /** Every request of all services by its operation's name, before any fault; the registry's by IAM's. */
  readonly requests: readonly SeenCall[];
}

/** A deployment that was started, with what it deploys and where it stands. */
export interface DeploymentTruth {
  readonly service: string;
  /** `ecs-svc/…` */
  readonly deploymentId: string;
  readonly taskDefinition: string;
  readonly digests: readonly string[];
  /** `PRIMARY`, `ACTIVE` or `INACTIVE`, as of now. */
  readonly status: string;
  readonly rolloutState: string;
  /** Absent for the deployment by which ECS rolls another back. */
  readonly serviceDeploymentArn?: string;
  readonly serviceDeploymentStatus?: ServiceDeploymentStatus;
  readonly startedAt: number;
}

/** A task, with the digests that its containers were really started from. */
export interface TaskTruth {
  /** Absent for a one-off task. */
  readonly service?: string;
  readonly taskArn: string;
  readonly taskDefinition: string;
  readonly lastStatus: string;
  readonly deploymentId?: string;
  readonly digests: readonly string[];
  readonly exitCode?: number;
  readonly command?: readonly string[];
}

/** Reads the truth of a world, as of the moment to which its timeline has advanced. */
export function readTruth(
  world: AwsWorld,
  calls: readonly CallRecord[],
  slack: { messages(): readonly SlackMessage[]; requests(): number },
  github: { truth(): GitHubTruth },
  requests: readonly SeenCall[],
): Truth {
  const { services, tasks } = world.ecs.simulation.state;
  return {
    images: Object.fromEntries(
      world.store.repositories().map(({ name }) => [name, world.store.images(name)]),
    ),
    blobs: Object.fromEntries(world.store.repositories().map(({ name }) => [name, world.store.blobs(name)])),
    tagMoves: world.store.tagMoves(),
    ...world.store.counts(),
    calls: [...calls],
    updateServiceCalls: calls.filter(
      (call) => call.operation === 'UpdateService' && call.errorCode === undefined,
    ),
    deploymentsStarted: services.flatMap((service) =>
      service.everyDeployment.map((one) => deploymentTruth(service, one)),
    ),
    tasks: tasks.filter((task) => task.service !== undefined).map(taskTruth),
    runningDigests: Object.fromEntries(
      services.map((service) => [service.name, runningDigests(service, tasks)]),
    ),
    oneOffTasks: tasks.filter((task) => task.service === undefined).map(taskTruth),
    slackMessages: slack.messages(),
    slackRequests: slack.requests(),
    github: github.truth(),
    requests,
  };
}

function deploymentTruth(service: Service, deployment: Deployment): DeploymentTruth {
  const own = service.serviceDeployments.find((one) => one.deployment === deployment);
  return {
    service: service.name,
    deploymentId: deployment.id,
    taskDefinition: deployment.revision.taskDefinition.arn,
    digests: deployment.revision.images.flatMap((image) =>
      image.digest === undefined ? [] : [image.digest],
    ),
    status: deployment.status,
    rolloutState: deployment.rolloutState,
    ...(own === undefined ? {} : { serviceDeploymentArn: own.arn, serviceDeploymentStatus: own.status }),
    startedAt: deployment.createdAt,
  };
}

function taskTruth(task: Task): TaskTruth {
  const command = task.overrides?.containerOverrides?.[0]?.command;
  const exitCode = task.containers[0]?.exitCode;
  return {
    ...(task.service === undefined ? {} : { service: task.service.name }),
    taskArn: task.arn,
    taskDefinition: task.revision.taskDefinition.arn,
    lastStatus: task.lastStatus,
    ...(task.deployment === undefined ? {} : { deploymentId: task.deployment.id }),
    digests: digestsOf(task),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(command === undefined ? {} : { command }),
  };
}

function digestsOf(task: Task): readonly string[] {
  return task.containers.flatMap((container) =>
    container.imageDigest === undefined ? [] : [container.imageDigest],
  );
}

function runningDigests(service: Service, tasks: readonly Task[]): readonly string[] {
  const running = tasks.filter((task) => task.service === service && task.lastStatus === 'RUNNING');
  return [...new Set(running.flatMap(digestsOf))];
}
