import {
  DeregisterTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { oneLine } from '../runner/text.ts';
import type { TaskPlacement } from './ecs.ts';
import { readRefusal } from './refusal.ts';

/** A task to be run once. */
export interface OneOffTask {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly container: string;
  readonly command: readonly string[];
  /** The service's own network and capacity. */
  readonly placement: TaskPlacement;
  /** Makes RunTask idempotent: the same token never starts a second task (API_RunTask, `clientToken`). */
  readonly token: string;
  /** A name of its own, by which it can be found. */
  readonly startedBy: string;
}

/** Where a one-off task is. */
export interface OneOffStatus {
  /** `PROVISIONING`, `PENDING`, `RUNNING`, … `STOPPED`. */
  readonly status: string;
  readonly desiredStatus: string | undefined;
  /** It was RUNNING at some time. */
  readonly hasStarted: boolean;
  readonly stoppedReason: string | undefined;
  /** `EssentialContainerExited`, `UserInitiated`, … (API_Task). */
  readonly stopCode: string | undefined;
  /** Of the container that ran the command; undefined where it never ran. */
  readonly exitCode: number | undefined;
  readonly containerReason: string | undefined;
  /** The containers beside it. */
  readonly others: readonly {
    readonly name: string;
    readonly exitCode: number | undefined;
    readonly reason: string | undefined;
  }[];
}

/** Tasks that belong to no service. Methods throw the SDK's errors: see `readRefusal`. */
export class OneOffTasks {
  readonly #client: ECSClient;

  constructor(client: ECSClient) {
    this.#client = client;
  }

  /**
   * Starts the task and gives its ARN. A lost answer is asked for again with the same token; where that gives none
   * either, the task is looked for by its name. Throws an Error with ECS's reason where it could not be placed.
   */
  async run(task: OneOffTask): Promise<string> {
    try {
      return await this.#run(task);
    } catch (error) {
      const arn = readRefusal(error).maybeDone ? await this.#find(task).catch(() => undefined) : undefined;
      if (arn) return arn;
      throw error;
    }
  }

  async #find({ cluster, startedBy }: OneOffTask): Promise<string | undefined> {
    for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
      const { taskArns } = await this.#client.send(
        new ListTasksCommand({ cluster, startedBy, desiredStatus }),
      );
      if (taskArns?.[0]) return taskArns[0];
    }
    return undefined;
  }

  async #run(task: OneOffTask): Promise<string> {
    const { networkConfiguration, launchType, capacityProviderStrategy, platformVersion } = task.placement;
    const { tasks, failures } = await this.#client.send(
      new RunTaskCommand({
        cluster: task.cluster,
        taskDefinition: task.taskDefinition,
        count: 1,
        clientToken: task.token,
        startedBy: task.startedBy,
        overrides: { containerOverrides: [{ name: task.container, command: [...task.command] }] },
        ...(networkConfiguration ? { networkConfiguration } : {}),
        // Either or: a launch type beside a capacity provider strategy is refused.
        ...(capacityProviderStrategy && capacityProviderStrategy.length > 0
          ? { capacityProviderStrategy }
          : launchType
            ? { launchType }
            : {}),
        ...(platformVersion ? { platformVersion } : {}),
      }),
    );
    const arn = tasks?.[0]?.taskArn;
    if (!arn) throw new NotPlaced(inWords(failures?.[0]?.reason));
    return arn;
  }

  async status(cluster: string, arn: string, container: string): Promise<OneOffStatus | undefined> {
    const { tasks } = await this.#client.send(new DescribeTasksCommand({ cluster, tasks: [arn] }));
    const task = tasks?.[0];
    if (!task) return undefined;
    const ran = task.containers?.find(({ name }) => name === container);
    const others = task.containers?.filter((each) => each !== ran) ?? [];
    return {
      status: task.lastStatus ?? '',
      desiredStatus: task.desiredStatus,
      hasStarted: task.startedAt !== undefined,
      stopCode: task.stopCode,
      others: others.map(({ name, exitCode, reason }) => ({
        name: oneLine(name ?? ''),
        exitCode,
        reason: reason && oneLine(reason),
      })),
      stoppedReason: task.stoppedReason && oneLine(task.stoppedReason),
      exitCode: ran?.exitCode,
      containerReason: ran?.reason && oneLine(ran.reason),
    };
  }

  async stop(cluster: string, arn: string, reason: string): Promise<void> {
    await this.#client.send(new StopTaskCommand({ cluster, task: arn, reason }));
  }

  /** Takes a revision that only a one-off task needed out of use. */
  async deregister(taskDefinition: string): Promise<void> {
    await this.#client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  }
}

/** ECS answered, and placed no task. Shaped as an answer, so that nobody takes it for a lost one. */
class NotPlaced extends Error {
  readonly $metadata = { httpStatusCode: 400 };

  constructor(message: string) {
    super(message);
    this.name = 'NotPlaced';
  }
}

/** The reasons of `failures` that RunTask gives in capitals (developer guide, "API failure reasons"). */
const REASONS: Readonly<Record<string, string>> = {
  'RESOURCE:CPU': 'no container instance has enough CPU left',
  'RESOURCE:MEMORY': 'no container instance has enough memory left',
  'RESOURCE:PORTS': 'a port that it needs is taken on every container instance',
  'RESOURCE:ENI': 'no container instance has a network interface left',
  'RESOURCE:GPU': 'no container instance has a GPU left',
  AGENT: 'the container agent is not connected',
  ATTRIBUTE: 'no container instance has an attribute that the task definition requires',
  LOCATION: "no container instance is in one of the subnets' zones",
  INACTIVE: 'the container instance is not active',
  MISSING: 'the cluster has no container instance for it',
};

function inWords(reason: string | undefined): string {
  if (!reason) return 'ECS started no task and gave no reason';
  const said = oneLine(reason);
  const words = REASONS[said] ?? REASONS[said.split(' ')[0] ?? ''];
  return words ? `${words} (${said})` : said;
}
