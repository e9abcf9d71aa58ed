import {
  absent,
  type Reading,
  type RevisionSnapshot,
  type ServiceDeploymentSnapshot,
  type ServiceSnapshot,
  seen,
  type TaskSnapshot,
  unreadable,
} from '../../../src/stages/rollout/observation.ts';
import {
  type EcsObserver,
  type ListedServiceDeployment,
  type LogDestination,
  type LogReader,
  ObservationFault,
  type WatchClock,
} from '../../../src/stages/rollout/ports.ts';
import type { ProgressLine, WatchOptions } from '../../../src/stages/rollout/rollout.ts';
import type { WatchPorts } from '../../../src/stages/rollout/watch.ts';
import { CHILD, PUSHED } from './observations.ts';

/** What AWS would show of a service at a moment. */
export interface World {
  readonly service?: ServiceSnapshot | 'missing';
  readonly serviceDeployment?: ServiceDeploymentSnapshot;
  readonly listed?: readonly ListedServiceDeployment[];
  readonly revision?: RevisionSnapshot;
  readonly running?: readonly TaskSnapshot[];
  readonly stopped?: readonly TaskSnapshot[];
  readonly log?: readonly string[];
}

/** A clock that only sleep moves; each question to AWS takes `latencyMs` of it. */
export class FakeClock implements WatchClock {
  #now = 5_000_000;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) this.#now += ms;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

interface FakeOptions {
  /** IAM actions that are denied. */
  readonly denied?: readonly string[];
  /** A fault for the nth question, counted from 1; undefined answers it. */
  readonly fault?: (call: number) => ObservationFault | undefined;
  readonly latencyMs?: number;
  /** Actions that get no answer, by the time since the watch began. */
  readonly silent?: (action: string, elapsedMs: number) => ObservationFault | undefined;
}

/** Answers from a world that changes with the time since the watch began. */
export class FakeEcs implements EcsObserver, LogReader {
  readonly asked: string[] = [];
  readonly #clock: FakeClock;
  readonly #startedAt: number;
  readonly #world: (name: string, elapsedMs: number) => World;
  readonly #options: FakeOptions;

  constructor(
    clock: FakeClock,
    world: (name: string, elapsedMs: number) => World,
    options: FakeOptions = {},
  ) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#world = world;
    this.#options = options;
  }

  get calls(): number {
    return this.asked.filter((name) => name !== 'logs:GetLogEvents').length;
  }

  async services(
    _: string,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, ServiceSnapshot | 'missing'>> {
    const refused = this.#ask('ecs:DescribeServices');
    if (refused) throw new ObservationFault('denied', 'AccessDenied');
    return new Map(names.flatMap((name) => this.#pair(name, this.#at(name).service)));
  }

  async listServiceDeployments(
    _: string,
    service: string,
  ): Promise<Reading<readonly ListedServiceDeployment[]>> {
    return this.#ask('ecs:ListServiceDeployments') ?? seen(this.#at(service).listed ?? []);
  }

  async serviceDeployments(
    arns: readonly string[],
  ): Promise<Reading<ReadonlyMap<string, ServiceDeploymentSnapshot>>> {
    return (
      this.#ask('ecs:DescribeServiceDeployments') ??
      seen(new Map(arns.flatMap((arn) => this.#pair(arn, this.#at(nameIn(arn)).serviceDeployment))))
    );
  }

  async revisions(arns: readonly string[]): Promise<Reading<ReadonlyMap<string, RevisionSnapshot>>> {
    return (
      this.#ask('ecs:DescribeServiceRevisions') ??
      seen(new Map(arns.flatMap((arn) => this.#pair(arn, this.#at(nameIn(arn)).revision))))
    );
  }

  async tasks(
    _: string,
    names: readonly string[],
    status: 'RUNNING' | 'STOPPED',
  ): Promise<Reading<ReadonlyMap<string, readonly TaskSnapshot[]>>> {
    const refused = this.#ask('ecs:ListTasks') ?? this.#ask('ecs:DescribeTasks');
    const of = (name: string) =>
      (status === 'RUNNING' ? this.#at(name).running : this.#at(name).stopped) ?? [];
    return refused ?? seen(new Map(names.map((name) => [name, of(name)])));
  }

  async logDestination(): Promise<Reading<LogDestination>> {
    return this.#ask('ecs:DescribeTaskDefinition') ?? seen({ group: 'g', region: 'us-east-1', prefix: 'p' });
  }

  async lastLines(): Promise<Reading<readonly string[]>> {
    return this.#ask('logs:GetLogEvents') ?? seen(this.#at('web').log ?? []);
  }

  #ask(action: string): Reading<never> | undefined {
    this.asked.push(action);
    this.#clock.advance(this.#options.latencyMs ?? 0);
    const fault = this.#options.fault?.(this.asked.length);
    if (fault) throw fault;
    const silent = this.#options.silent?.(action, this.#clock.now() - this.#startedAt);
    if (silent) throw silent;
    return this.#options.denied?.includes(action) ? unreadable(action) : undefined;
  }

  #at(name: string): World {
    return this.#world(name, this.#clock.now() - this.#startedAt);
  }

  #pair<T>(key: string, value: T | undefined): (readonly [string, T])[] {
    return value === undefined ? [] : [[key, value]];
  }
}

/** The service in an ARN `…/cluster/service/id`. */
function nameIn(arn: string): string {
  return arn.split('/').at(-2) ?? '';
}

export const options: WatchOptions = {
  waitForMs: 1_800_000,
  failFast: true,
  expected: { digest: PUSHED, childDigests: [CHILD], repositoryUri: 'r/web' },
  heartbeatMs: 30_000,
};

/** Ports around a fake, and the lines that were told. */
export function portsFor(
  ecs: FakeEcs,
  clock: FakeClock,
  signal = new AbortController().signal,
): WatchPorts & { readonly lines: ProgressLine[] } {
  const lines: ProgressLine[] = [];
  return { ecs, logs: ecs, clock, signal, onProgress: (line) => lines.push(line), random: () => 0.5, lines };
}

export { absent };
