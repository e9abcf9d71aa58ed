import { failedContainer } from './diagnosis.ts';
import { findOurs, isCertainlyOurs } from './locate.ts';
import {
  absent,
  type LogTail,
  type Observation,
  type Part,
  type Reading,
  type ServiceDeploymentSnapshot,
  valueIn,
} from './observation.ts';
import {
  type EcsObserver,
  type ListedServiceDeployment,
  type LogDestination,
  type LogReader,
  ObservationFault,
} from './ports.ts';
import type { StartedDeployment } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';

/** A part of one service's look that is to be read. */
export interface PartRequest {
  readonly deployment: StartedDeployment;
  /** With what the look has shown so far. */
  readonly state: RolloutState;
  readonly part: Part;
}

/** What came of reading parts: by deployment, and the questions that got no answer. */
export interface PartAnswers {
  readonly looks: ReadonlyMap<StartedDeployment, Partial<Observation>>;
  readonly faults: readonly ObservationFault[];
}

/** Reads the parts of looks, those of several services in as few calls as the APIs allow. */
export class PartReader {
  readonly #ecs: EcsObserver;
  readonly #logs: LogReader;
  readonly #arns = new Map<StartedDeployment, string>();
  readonly #destinations = new Map<string, Reading<LogDestination>>();
  readonly #listed = new Map<StartedDeployment, readonly ListedServiceDeployment[]>();

  constructor(ecs: EcsObserver, logs: LogReader) {
    this.#ecs = ecs;
    this.#logs = logs;
  }

  /** The service's deployments, as listed when ours was looked for; undefined where they weren't. */
  listed(deployment: StartedDeployment): readonly ListedServiceDeployment[] | undefined {
    return this.#listed.get(deployment);
  }

  /** The ARN of our service deployment, once it was found. */
  arn(deployment: StartedDeployment): string | undefined {
    return this.#arns.get(deployment);
  }

  /** Reads them side by side. A part whose answer is lost stays unread; it is asked for at the next look. */
  async read(requests: readonly PartRequest[], signal: AbortSignal): Promise<PartAnswers> {
    const looks = new Map<StartedDeployment, Partial<Observation>>();
    const faults: ObservationFault[] = [];
    const put = (deployment: StartedDeployment, part: Partial<Observation>): void => {
      looks.set(deployment, { ...looks.get(deployment), ...part });
    };
    const of = (part: Part): readonly PartRequest[] => requests.filter((request) => request.part === part);
    const settled = await Promise.allSettled([
      this.#services(of('service'), put, signal),
      this.#serviceDeployments(of('serviceDeployment'), put, signal),
      this.#revisions(of('revision'), put, signal),
      this.#tasks(of('runningTasks'), 'RUNNING', put, signal),
      this.#tasks(of('stoppedTasks'), 'STOPPED', put, signal),
      ...of('log').map((request) => this.#log(request, put, signal)),
    ]);
    for (const result of settled) {
      if (result.status === 'fulfilled') continue;
      if (!(result.reason instanceof ObservationFault)) throw result.reason;
      faults.push(result.reason);
    }
    return { looks, faults };
  }

  async #services(requests: readonly PartRequest[], put: Put, signal: AbortSignal): Promise<void> {
    const clusters = Map.groupBy(requests, ({ deployment }) => deployment.cluster);
    await Promise.all(
      [...clusters].map(async ([cluster, inCluster]) => {
        const names = inCluster.map(({ deployment }) => deployment.service);
        const services = await this.#ecs.services(cluster, names, signal);
        for (const { deployment } of inCluster) {
          const service = services.get(deployment.service);
          if (service !== undefined) put(deployment, { service: { kind: 'seen', value: service } });
        }
      }),
    );
  }

  async #serviceDeployments(requests: readonly PartRequest[], put: Put, signal: AbortSignal): Promise<void> {
    if (requests.length === 0) return;
    const { unreadable, found } = await this.#locate(requests, signal);
    const known = requests.flatMap(({ deployment }) => this.#arns.get(deployment) ?? []);
    const unread = known.filter((arn) => !found.has(arn));
    const reading = unread.length === 0 ? absent : await this.#ecs.serviceDeployments(unread, signal);
    for (const { deployment } of requests) {
      const arn = this.#arns.get(deployment);
      const already = arn === undefined ? undefined : found.get(arn);
      if (already) put(deployment, { serviceDeployment: { kind: 'seen', value: already } });
      else if (arn === undefined) put(deployment, { serviceDeployment: unreadable ?? absent });
      else put(deployment, { serviceDeployment: pick(reading, arn) });
    }
  }

  /**
   * Finds the ARNs that aren't known yet: what the service calls its current deployment is checked in one call
   * for all; where that isn't ours for certain, the service's list tells. With one service the list is asked at
   * once, because it also tells how long earlier rollouts took.
   */
  async #locate(requests: readonly PartRequest[], signal: AbortSignal): Promise<Located> {
    const unknown = requests.filter(({ deployment }) => !this.#arns.has(deployment));
    const few = requests.length <= LIST_AT_ONCE;
    const found = few
      ? new Map<string, ServiceDeploymentSnapshot>()
      : await this.#tryCurrent(unknown, signal);
    let unreadable: Reading<never> | undefined;
    for (const { deployment, state } of unknown.filter((request) => !this.#arns.has(request.deployment))) {
      const { cluster, service, deploymentId } = deployment;
      const reading = await this.#ecs.listServiceDeployments(cluster, service, signal);
      if (reading.kind === 'unreadable') unreadable = reading;
      const listed = valueIn(reading);
      if (listed === undefined) continue;
      this.#listed.set(deployment, listed);
      const arn = findOurs(listed, deploymentId, state.createdAt);
      if (arn !== undefined) this.#arns.set(deployment, arn);
    }
    return { unreadable, found: few && unreadable ? await this.#tryCurrent(unknown, signal) : found };
  }

  async #tryCurrent(requests: readonly PartRequest[], signal: AbortSignal): Promise<Located['found']> {
    const candidates = requests.flatMap(({ deployment, state }) => {
      const arn = state.service?.currentServiceDeploymentArn ?? deployment.serviceDeploymentArn;
      return arn === undefined || this.#arns.has(deployment) ? [] : [{ deployment, arn }];
    });
    if (candidates.length === 0) return new Map();
    const reading = await this.#ecs.serviceDeployments(
      candidates.map(({ arn }) => arn),
      signal,
    );
    const found = new Map<string, ServiceDeploymentSnapshot>();
    for (const { deployment, arn } of candidates) {
      const candidate = valueIn(reading)?.get(arn);
      if (candidate === undefined || !isCertainlyOurs(candidate, deployment.deploymentId)) continue;
      this.#arns.set(deployment, arn);
      found.set(arn, candidate);
    }
    return found;
  }

  async #revisions(requests: readonly PartRequest[], put: Put, signal: AbortSignal): Promise<void> {
    const arns = requests.flatMap(({ state }) => state.serviceDeployment?.target?.arn ?? []);
    if (arns.length === 0) return;
    const reading = await this.#ecs.revisions(arns, signal);
    for (const { deployment, state } of requests) {
      put(deployment, { revision: pick(reading, state.serviceDeployment?.target?.arn ?? '') });
    }
  }

  async #tasks(
    requests: readonly PartRequest[],
    desiredStatus: 'RUNNING' | 'STOPPED',
    put: Put,
    signal: AbortSignal,
  ): Promise<void> {
    const clusters = Map.groupBy(requests, ({ deployment }) => deployment.cluster);
    await Promise.all(
      [...clusters].map(async ([cluster, inCluster]) => {
        const names = inCluster.map(({ deployment }) => deployment.service);
        const reading = await this.#ecs.tasks(cluster, names, desiredStatus, signal);
        for (const { deployment } of inCluster) {
          const tasks = reading.kind === 'absent' ? reading : pick(reading, deployment.service);
          put(deployment, desiredStatus === 'RUNNING' ? { runningTasks: tasks } : { stoppedTasks: tasks });
        }
      }),
    );
  }

  async #log({ deployment, state }: PartRequest, put: Put, signal: AbortSignal): Promise<void> {
    const target = failedContainer(state);
    if (target === undefined) return;
    const key = `${deployment.taskDefinition} ${target.container}`;
    const destination =
      this.#destinations.get(key) ??
      (await this.#ecs.logDestination(deployment.taskDefinition, target.container, signal));
    this.#destinations.set(key, destination);
    if (destination.kind !== 'seen') return put(deployment, { log: destination });
    const lines = await this.#logs.lastLines({ destination: destination.value, ...target }, signal);
    const log: Reading<LogTail> =
      lines.kind === 'seen' ? { kind: 'seen', value: { ...target, lines: lines.value } } : lines;
    put(deployment, { log });
  }
}

interface Located {
  /** Why the list could not be read, where that is so. */
  readonly unreadable: Reading<never> | undefined;
  /** What was read on the way. */
  readonly found: ReadonlyMap<string, ServiceDeploymentSnapshot>;
}

type Put = (deployment: StartedDeployment, part: Partial<Observation>) => void;

const LIST_AT_ONCE = 1;

/** One entry of a reading of many; one that the answer left out is absent. */
function pick<T>(reading: Reading<ReadonlyMap<string, T>>, key: string): Reading<T> {
  if (reading.kind !== 'seen') return reading;
  const value = reading.value.get(key);
  return value === undefined ? absent : { kind: 'seen', value };
}
