import { failedContainer } from './diagnosis.ts';
import { findOurs, isCertainlyOurs } from './locate.ts';
import {
  absent,
  type LogTail,
  type Observation,
  type Part,
  type Reading,
  type ServiceDeploymentSnapshot,
  unreadable,
  valueIn,
} from './observation.ts';
import { ACTION, asFault, type PartRequest, partsOf, pick } from './part-requests.ts';
import {
  type EcsObserver,
  type ListedServiceDeployment,
  type LogDestination,
  type LogReader,
  ObservationFault,
} from './ports.ts';
import type { StartedDeployment } from './rollout.ts';
import { Silence } from './silence.ts';
import { within } from './time-bound.ts';

/** What came of reading parts: by deployment, and the questions that got no answer. */
export interface PartAnswers {
  readonly looks: ReadonlyMap<StartedDeployment, Partial<Observation>>;
  readonly faults: readonly ObservationFault[];
}

/** Reads the parts of looks, those of several services in as few calls as the APIs allow. */
export class PartReader {
  readonly #ecs: EcsObserver;
  readonly #logs: LogReader;
  readonly #now: () => number;
  readonly #silence = new Silence();
  /** Whether DescribeServices answered last time: where it doesn't, AWS as a whole is out of reach. */
  #servicesAnswer = true;
  readonly #arns = new Map<StartedDeployment, string>();
  readonly #destinations = new Map<string, Reading<LogDestination>>();
  readonly #listed = new Map<StartedDeployment, readonly ListedServiceDeployment[]>();

  /** `now` gives local monotonic milliseconds. */
  constructor(ecs: EcsObserver, logs: LogReader, now: () => number) {
    this.#ecs = ecs;
    this.#logs = logs;
    this.#now = now;
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
    const readings = partsOf(requests).map(async ({ part, requests: some }) => {
      const unanswered = await this.#attempt(part, some, put, signal);
      if (part === 'service') this.#servicesAnswer = unanswered === undefined;
      if (unanswered === undefined) return;
      const open = some.filter(({ deployment }) => looks.get(deployment)?.[part] === undefined);
      const lost = open.filter(({ deployment }) => !this.#isSilent(deployment, part, unanswered, put));
      if (lost.length > 0) faults.push(unanswered.fault);
    });
    await Promise.all(readings);
    return { looks, faults };
  }

  /** Reads one part; gives the fault where it got no answer. */
  async #attempt(
    part: Part,
    requests: readonly PartRequest[],
    put: Put,
    signal: AbortSignal,
  ): Promise<Unanswered | undefined> {
    const askedAt = this.#now();
    try {
      if (part === 'service') await this.#services(requests, put, signal);
      else await within(OPTIONAL_MS, signal, (bounded) => this.#optional(part, requests, put, bounded));
      for (const { deployment } of requests) this.#silence.answered(deployment, part);
    } catch (error) {
      if (!(error instanceof ObservationFault)) throw error;
      return { askedAt, fault: error };
    }
    return undefined;
  }

  /** Counts a question without an answer; where there were too many, the part is unreadable for now. */
  #isSilent(deployment: StartedDeployment, part: Part, { askedAt, fault }: Unanswered, put: Put): boolean {
    if (part === 'service' || !this.#servicesAnswer) return false;
    if (!this.#silence.unanswered(deployment, part, askedAt, this.#now())) return false;
    put(deployment, { [part]: unreadable(fault.action ?? ACTION[part], 'no-answer') });
    return true;
  }

  async #optional(
    part: Exclude<Part, 'service'>,
    requests: readonly PartRequest[],
    put: Put,
    signal: AbortSignal,
  ): Promise<void> {
    switch (part) {
      case 'serviceDeployment':
        return this.#serviceDeployments(requests, put, signal);
      case 'revision':
        return this.#revisions(requests, put, signal);
      case 'runningTasks':
        return this.#tasks(requests, 'RUNNING', put, signal);
      case 'stoppedTasks':
        return this.#tasks(requests, 'STOPPED', put, signal);
      case 'log':
        await Promise.all(requests.map((request) => this.#log(request, put, signal)));
    }
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
    const { refusal, fault, found } = await this.#locate(requests, signal);
    const known = requests.flatMap(({ deployment }) => this.#arns.get(deployment) ?? []);
    const unread = known.filter((arn) => !found.has(arn));
    const reading = unread.length === 0 ? absent : await this.#ecs.serviceDeployments(unread, signal);
    for (const { deployment } of requests) {
      const arn = this.#arns.get(deployment);
      const already = arn === undefined ? undefined : found.get(arn);
      if (already) put(deployment, { serviceDeployment: { kind: 'seen', value: already } });
      else if (arn !== undefined) put(deployment, { serviceDeployment: pick(reading, arn) });
      else if (fault === undefined) put(deployment, { serviceDeployment: refusal ?? absent });
    }
    if (fault !== undefined && known.length < requests.length) throw fault;
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
    let refusal: Reading<never> | undefined;
    let fault: ObservationFault | undefined;
    for (const { deployment, state } of unknown.filter((request) => !this.#arns.has(request.deployment))) {
      const { cluster, service, deploymentId } = deployment;
      const reading = await this.#ecs
        .listServiceDeployments(cluster, service, signal)
        .catch((error: unknown) => asFault(error));
      if (reading instanceof ObservationFault) {
        fault = reading;
        continue;
      }
      if (reading.kind === 'unreadable') refusal = reading;
      const listed = valueIn(reading);
      if (listed === undefined) continue;
      this.#listed.set(deployment, listed);
      const arn = findOurs(listed, deploymentId, state.createdAt);
      if (arn !== undefined) this.#arns.set(deployment, arn);
    }
    const otherwise = few && (refusal !== undefined || fault !== undefined);
    return { refusal, fault, found: otherwise ? await this.#tryCurrent(unknown, signal) : found };
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
  readonly refusal: Reading<never> | undefined;
  /** A list that gave no answer. */
  readonly fault: ObservationFault | undefined;
  /** What was read on the way. */
  readonly found: ReadonlyMap<string, ServiceDeploymentSnapshot>;
}

/** A question that got no answer. */
interface Unanswered {
  readonly askedAt: number;
  readonly fault: ObservationFault;
}

/** The longest that a part which isn't vital is waited for, the SDK's own attempts included. */
const OPTIONAL_MS = 8_000;

type Put = (deployment: StartedDeployment, part: Partial<Observation>) => void;

const LIST_AT_ONCE = 1;
