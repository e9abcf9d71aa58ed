import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import {
  absent,
  type Reading,
  type RevisionSnapshot,
  type ServiceDeploymentSnapshot,
  type ServiceSnapshot,
  seen,
  type TaskSnapshot,
  unreadable,
} from '../stages/rollout/observation.ts';
import {
  type EcsObserver,
  type ListedServiceDeployment,
  type LogDestination,
  ObservationFault,
} from '../stages/rollout/ports.ts';
import { nameInArn } from './arn.ts';
import {
  toListed,
  toLogDestination,
  toRevision,
  toService,
  toServiceDeployment,
  toTask,
} from './ecs-snapshots.ts';
import { type AwsProblem, readRefusal } from './refusal.ts';

/** How many ARNs or names each operation takes in a call, by its API page. */
const PER_CALL = { services: 10, serviceDeployments: 20, revisions: 20, tasks: 100 } as const;
/** Pages of a task list that are read: a service with more tasks is judged by these. */
const TASK_PAGES = 20;
const TASKS_KEPT = 2_000;

/**
 * What AWS shows of services, as the rollout's observations. The client is made and configured elsewhere (its
 * retries and time-outs are in client.ts). All text of AWS's is made safe to print on the way.
 */
export class EcsObservations implements EcsObserver {
  readonly #client: ECSClient;
  /** Stopped tasks don't change any more: they are described once. */
  readonly #stopped = new Map<string, TaskSnapshot>();
  #calls = 0;

  constructor(client: ECSClient) {
    this.#client = client;
  }

  get calls(): number {
    return this.#calls;
  }

  async services(
    cluster: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ServiceSnapshot | 'missing'>> {
    const found = new Map<string, ServiceSnapshot | 'missing'>();
    await Promise.all(
      inChunks(names, PER_CALL.services).map(async (services) => {
        const answer = await this.#ask(() =>
          this.#client.send(new DescribeServicesCommand({ cluster, services }), { abortSignal: signal }),
        );
        if (answer instanceof Refused) {
          // The whole cluster is gone: so are its services.
          if (answer.problem.kind !== 'not-found') throw answer.fault();
          for (const name of services) found.set(name, 'missing');
          return;
        }
        if (!answer.services)
          throw new ObservationFault('unreachable', 'DescribeServices answered without services');
        for (const failure of answer.failures ?? []) {
          if (failure.reason === 'MISSING') found.set(nameInArn(failure.arn ?? ''), 'missing');
        }
        for (const service of answer.services) found.set(service.serviceName ?? '', toService(service));
      }),
    );
    return found;
  }

  async listServiceDeployments(
    cluster: string,
    service: string,
    signal: AbortSignal,
  ): Promise<Reading<readonly ListedServiceDeployment[]>> {
    const answer = await this.#ask(() =>
      this.#client.send(new ListServiceDeploymentsCommand({ cluster, service, maxResults: 20 }), {
        abortSignal: signal,
      }),
    );
    if (answer instanceof Refused) return answer.reading('ecs:ListServiceDeployments');
    const listed = (answer.serviceDeployments ?? []).flatMap((brief) => toListed(brief) ?? []);
    return seen(listed.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0)));
  }

  async serviceDeployments(
    arns: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, ServiceDeploymentSnapshot>>> {
    return this.#byArn(arns, PER_CALL.serviceDeployments, 'ecs:DescribeServiceDeployments', async (some) => {
      const { serviceDeployments } = await this.#client.send(
        new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: some }),
        { abortSignal: signal },
      );
      return (serviceDeployments ?? []).flatMap((deployment) => toServiceDeployment(deployment) ?? []);
    });
  }

  async revisions(
    arns: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, RevisionSnapshot>>> {
    return this.#byArn(arns, PER_CALL.revisions, 'ecs:DescribeServiceRevisions', async (some) => {
      const { serviceRevisions } = await this.#client.send(
        new DescribeServiceRevisionsCommand({ serviceRevisionArns: some }),
        { abortSignal: signal },
      );
      return (serviceRevisions ?? []).flatMap((revision) => toRevision(revision) ?? []);
    });
  }

  async tasks(
    cluster: string,
    names: readonly string[],
    desiredStatus: 'RUNNING' | 'STOPPED',
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, readonly TaskSnapshot[]>>> {
    const listed = await this.#listTasks(cluster, names, desiredStatus, signal);
    if (listed.kind !== 'seen') return listed;
    const described = await this.#describeTasks(cluster, listed.value, signal);
    if (described.kind !== 'seen') return described;
    // A list for one service holds its tasks alone, whatever their group says.
    const of = (name: string, task: TaskSnapshot): boolean => names.length === 1 || task.service === name;
    return seen(new Map(names.map((name) => [name, described.value.filter((task) => of(name, task))])));
  }

  async logDestination(
    taskDefinition: string,
    container: string,
    signal: AbortSignal,
  ): Promise<Reading<LogDestination>> {
    const answer = await this.#ask(() =>
      this.#client.send(new DescribeTaskDefinitionCommand({ taskDefinition }), { abortSignal: signal }),
    );
    if (answer instanceof Refused) return answer.reading('ecs:DescribeTaskDefinition');
    const definition = answer.taskDefinition?.containerDefinitions?.find(({ name }) => name === container);
    const destination = toLogDestination(definition?.logConfiguration);
    return destination === undefined ? absent : seen(destination);
  }

  /** Several services' tasks come in one list of the cluster, unless the cluster has more than fit a page. */
  async #listTasks(
    cluster: string,
    names: readonly string[],
    desiredStatus: 'RUNNING' | 'STOPPED',
    signal: AbortSignal,
  ): Promise<Reading<readonly string[]>> {
    if (names.length > 1) {
      const together = await this.#taskPage({ cluster, desiredStatus }, undefined, signal);
      if (together.kind !== 'seen') return together;
      if (together.value.next === undefined) return seen(together.value.arns);
    }
    const arns: string[] = [];
    for (const serviceName of names) {
      let token: string | undefined;
      for (let page = 0; page < TASK_PAGES; page += 1) {
        const reading = await this.#taskPage({ cluster, desiredStatus, serviceName }, token, signal);
        if (reading.kind !== 'seen') return reading;
        arns.push(...reading.value.arns);
        token = reading.value.next;
        if (token === undefined) break;
      }
    }
    return seen(arns);
  }

  async #taskPage(
    query: { cluster: string; desiredStatus: 'RUNNING' | 'STOPPED'; serviceName?: string },
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Reading<{ readonly arns: readonly string[]; readonly next: string | undefined }>> {
    const answer = await this.#ask(() =>
      this.#client.send(
        new ListTasksCommand({ ...query, ...(token === undefined ? {} : { nextToken: token }) }),
        {
          abortSignal: signal,
        },
      ),
    );
    if (answer instanceof Refused) return answer.reading('ecs:ListTasks');
    if (!answer.taskArns) throw new ObservationFault('unreachable', 'ListTasks answered without tasks');
    return seen({ arns: answer.taskArns, next: answer.nextToken });
  }

  async #describeTasks(
    cluster: string,
    arns: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly TaskSnapshot[]>> {
    const known = arns.flatMap((arn) => this.#stopped.get(arn) ?? []);
    const unknown = arns.filter((arn) => !this.#stopped.has(arn));
    const fresh: TaskSnapshot[] = [];
    for (const tasks of inChunks(unknown, PER_CALL.tasks)) {
      const answer = await this.#ask(() =>
        this.#client.send(new DescribeTasksCommand({ cluster, tasks }), { abortSignal: signal }),
      );
      if (answer instanceof Refused) return answer.reading('ecs:DescribeTasks');
      if (!answer.tasks) throw new ObservationFault('unreachable', 'DescribeTasks answered without tasks');
      fresh.push(...answer.tasks.flatMap((task) => toTask(task) ?? []));
    }
    if (this.#stopped.size > TASKS_KEPT) this.#stopped.clear();
    for (const task of fresh) if (task.lastStatus === 'STOPPED') this.#stopped.set(task.arn, task);
    return seen([...known, ...fresh]);
  }

  async #byArn<T extends { readonly arn: string }>(
    arns: readonly string[],
    perCall: number,
    permission: string,
    describe: (some: string[]) => Promise<readonly T[]>,
  ): Promise<Reading<ReadonlyMap<string, T>>> {
    const answers = await Promise.all(inChunks(arns, perCall).map((some) => this.#ask(() => describe(some))));
    const refused = answers.find((answer) => answer instanceof Refused);
    if (refused instanceof Refused) return refused.reading(permission);
    return seen(
      new Map(
        answers
          .flatMap((answer) => (answer instanceof Refused ? [] : answer))
          .map((item) => [item.arn, item]),
      ),
    );
  }

  async #ask<T>(send: () => Promise<T>): Promise<T | Refused> {
    this.#calls += 1;
    try {
      return await send();
    } catch (error) {
      return new Refused(readRefusal(error), error);
    }
  }
}

/** An answer that is a refusal, to be turned into a reading or a fault. */
class Refused {
  readonly problem: AwsProblem;
  readonly #error: unknown;

  constructor(problem: AwsProblem, error: unknown) {
    this.problem = problem;
    this.#error = error;
  }

  /** For a part that isn't vital: what the role may not read, or this endpoint doesn't know, is unreadable. */
  reading(permission: string): Reading<never> {
    if (this.problem.kind === 'not-found') return absent;
    if (this.problem.kind === 'access-denied') return unreadable(permission);
    // An operation that the endpoint doesn't know, or refuses: asking again would not help.
    if (this.problem.kind === 'other' && !this.problem.maybeDone)
      return unreadable(permission, 'refused', this.problem.name);
    throw this.fault(permission);
  }

  fault(action?: string): ObservationFault {
    const message = `${this.problem.name}: ${this.problem.message}`;
    return new ObservationFault(faultKind(this.problem), message, this.#error, action);
  }
}

/** What a refusal means to somebody who waits. */
export function faultKind(problem: AwsProblem): ObservationFault['kind'] {
  switch (problem.kind) {
    case 'throttled':
      return 'throttled';
    case 'expired':
    case 'no-credentials':
    case 'bad-key':
      return 'expired-credentials';
    case 'access-denied':
      return 'denied';
    default:
      return 'unreachable';
  }
}

function inChunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
