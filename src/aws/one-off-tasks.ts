import {
  DeregisterTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { oneLine } from '../runner/text.ts';
import type { TaskPlacement } from './ecs.ts';

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
}

/** Where a one-off task is. */
export interface OneOffStatus {
  /** `PROVISIONING`, `PENDING`, `RUNNING`, … `STOPPED`. */
  readonly status: string;
  readonly stoppedReason: string | undefined;
  /** Of the container that ran the command; undefined where it never ran. */
  readonly exitCode: number | undefined;
  readonly containerReason: string | undefined;
}

/** Tasks that belong to no service. Methods throw the SDK's errors: see `readRefusal`. */
export class OneOffTasks {
  readonly #client: ECSClient;

  constructor(client: ECSClient) {
    this.#client = client;
  }

  /** Starts the task and gives its ARN. Throws an Error with ECS's reason where it could not be placed. */
  async run(task: OneOffTask): Promise<string> {
    const { networkConfiguration, launchType, capacityProviderStrategy, platformVersion } = task.placement;
    const { tasks, failures } = await this.#client.send(
      new RunTaskCommand({
        cluster: task.cluster,
        taskDefinition: task.taskDefinition,
        count: 1,
        clientToken: task.token,
        startedBy: 'deploy-guard',
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
    if (!arn) throw new Error(oneLine(failures?.[0]?.reason ?? 'ECS started no task and gave no reason'));
    return arn;
  }

  async status(cluster: string, arn: string, container: string): Promise<OneOffStatus | undefined> {
    const { tasks } = await this.#client.send(new DescribeTasksCommand({ cluster, tasks: [arn] }));
    const task = tasks?.[0];
    if (!task) return undefined;
    const ran = task.containers?.find(({ name }) => name === container);
    return {
      status: task.lastStatus ?? '',
      stoppedReason: task.stoppedReason && oneLine(task.stoppedReason),
      exitCode: ran?.exitCode,
      containerReason: ran?.reason && oneLine(ran.reason),
    };
  }

  async stop(cluster: string, arn: string): Promise<void> {
    await this.#client.send(
      new StopTaskCommand({ cluster, task: arn, reason: 'The deploy-guard run was cancelled' }),
    );
  }

  /** Takes a revision that only a one-off task needed out of use. */
  async deregister(taskDefinition: string): Promise<void> {
    await this.#client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  }
}
