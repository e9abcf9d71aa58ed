import { afterLook, type CadenceState, nextDelay, startCadence } from './cadence.ts';
import { superseded } from './findings.ts';
import { isFinished, judgeLook } from './judge-look.ts';
import { earlierSeconds } from './locate.ts';
import { PartReader } from './look.ts';
import { Narration } from './narration.ts';
import { imageOfNewer, type TagsOf } from './newer.ts';
import { emptyObservation } from './observation.ts';
import { outcomeOf, outcomeWithoutVerdict } from './outcome.ts';
import { type EcsObserver, type LogReader, ObservationFault, type WatchClock } from './ports.ts';
import type { ProgressLine, RolloutOutcome, StartedDeployment, WatchOptions } from './rollout.ts';
import { OVERTIME_MS, type Step, type Verdict } from './steps.ts';
import { within } from './time-bound.ts';
import { step } from './verdict.ts';
import { blind, cancelled, ObservationFailed, Patience } from './watch-failure.ts';
import { startWatching, type Watched } from './watched.ts';

export { ObservationFailed, type WatchFailureReason } from './watch-failure.ts';

/** What the watch needs from outside. */
export interface WatchPorts {
  readonly ecs: EcsObserver;
  readonly logs: LogReader;
  readonly clock: WatchClock;
  readonly onProgress: (line: ProgressLine) => void;
  /** Aborting ends the watch at once: services without a verdict yet end as `cancelled` (DG643). */
  readonly signal: AbortSignal;
  /** Names the commit of a newer deployment; left out, its digest is named. */
  readonly tagsOf?: TagsOf;
  /** Between 0 and 1, for jitter; Math.random by default. */
  readonly random?: () => number;
}

/**
 * Follows deployments to their verdicts: one outcome for each, in the order given. Never throws for what a
 * rollout does. Aborted, it returns at once, without waiting for answers under way. Throws ObservationFailed
 * where AWS can't be asked any more (credentials expired, DescribeServices denied, no answer for minutes); its
 * `outcomes` has what is known of every service.
 */
export async function watchRollouts(
  deployments: readonly StartedDeployment[],
  options: WatchOptions,
  ports: WatchPorts,
): Promise<readonly RolloutOutcome[]> {
  return new Watch(deployments, options, ports).run();
}

/** The most that a look may take, and the least that it is given. */
const LOOK_MS = 120_000;
const LEAST_MS = 300;
/** What is left for a look to come to its end once its questions are cut off. */
const CUT_OFF_MS = 200;
/** Between looks past the time-out. */
const OVERDUE_PAUSE_MS = 250;
/** How long the name of a newer deployment's image is looked for. */
const NAMING_MS = 3_000;

class Watch {
  readonly #options: WatchOptions;
  readonly #ports: WatchPorts;
  readonly #reader: PartReader;
  readonly #watched: readonly Watched[];
  readonly #narration: Narration;
  readonly #patience = new Patience();
  #cadence: CadenceState;
  /** Proofs that were put off are due as soon as nothing else is waited for. */
  #putOff = false;

  constructor(deployments: readonly StartedDeployment[], options: WatchOptions, ports: WatchPorts) {
    const now = ports.clock.now();
    this.#options = options;
    this.#ports = ports;
    this.#reader = new PartReader(ports.ecs, ports.logs, () => ports.clock.now());
    this.#watched = deployments.map((deployment) => startWatching(deployment, options, now));
    this.#narration = new Narration(ports.onProgress, now, options.heartbeatMs);
    this.#cadence = startCadence(now);
  }

  async run(): Promise<readonly RolloutOutcome[]> {
    const { clock, signal } = this.#ports;
    if (this.#options.waitForMs <= 0) return this.#endAll('started');
    for (const watched of this.#watched) this.#narration.started(watched, clock.now());
    while (this.#pending().length > 0) {
      const lookedAt = clock.now();
      await untilAborted(this.#look(), signal);
      if (signal.aborted) return this.#endAll('cancelled');
      if (this.#pending().length > 0) await clock.sleep(this.#untilNext(lookedAt), signal);
      if (signal.aborted) return this.#endAll('cancelled');
    }
    return this.#watched.flatMap(({ outcome }) => outcome ?? []);
  }

  #pending(): readonly Watched[] {
    return this.#watched.filter(({ outcome }) => outcome === undefined);
  }

  /** What is open still ends so; what has its verdict keeps it. */
  #endAll(result: 'started' | 'cancelled'): readonly RolloutOutcome[] {
    const now = this.#ports.clock.now();
    return this.#watched.map(({ plan, state, outcome }) => {
      const finding = result === 'cancelled' ? cancelled(plan) : undefined;
      return outcome ?? outcomeWithoutVerdict(plan, state, result, finding, now);
    });
  }

  async #look(): Promise<void> {
    const { clock, ecs, signal } = this.#ports;
    const before = ecs.calls;
    let throttled = false;
    let diagnosisCalls = 0;
    try {
      const left = this.#leftForLook();
      // The parts are cut off first, so that what was read until then still counts.
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(left)]);
      const judging = { reader: this.#reader, ecs, clock, cadence: this.#cadence, signal: bounded };
      const judged = await within(left + CUT_OFF_MS, signal, () => judgeLook(this.#pending(), judging));
      ({ throttled, diagnosisCalls } = judged);
      this.#putOff = judged.putOff;
      this.#patience.answered();
      await this.#takeAll(judged.steps);
    } catch (error) {
      if (!(error instanceof ObservationFault)) throw error;
      throttled = error.kind === 'throttled';
      this.#unanswered(error);
    }
    this.#cadence = afterLook(this.#cadence, ecs.calls - before - diagnosisCalls, throttled);
  }

  async #takeAll(steps: ReadonlyMap<Watched, Step>): Promise<void> {
    for (const [watched, taken] of steps) {
      watched.state = taken.state;
      const now = this.#ports.clock.now();
      this.#noteEarlier(watched, now);
      if (taken.kind === 'verdict') {
        this.#end(watched, await this.#named(watched, taken.verdict));
      } else {
        watched.soon = taken.soon;
        this.#narration.looked(watched, taken.progress, now);
      }
    }
  }

  #noteEarlier(watched: Watched, now: number): void {
    const { deployment } = watched.plan;
    const listed = this.#reader.listed(deployment);
    if (watched.earlier !== undefined || listed === undefined) return;
    watched.earlier = earlierSeconds(listed, this.#reader.arn(deployment));
    this.#narration.earlier(watched, now);
  }

  /** A newer deployment by the commit that it deploys, where that can be read. */
  async #named(watched: Watched, verdict: Verdict): Promise<{ verdict: Verdict; image?: string }> {
    if (verdict.result !== 'superseded') return { verdict };
    const { ecs, tagsOf, signal } = this.#ports;
    const image = await within(NAMING_MS, signal, (bounded) =>
      imageOfNewer(watched.plan, watched.state, ecs, tagsOf, bounded),
    ).catch(() => undefined);
    if (image === undefined) return { verdict };
    const { finding } = superseded(
      watched.plan,
      watched.state,
      verdict.newer,
      image.isOurs ? 'the same image' : image.name,
    );
    return { verdict: { ...verdict, finding }, image: image.name };
  }

  #end(watched: Watched, { verdict, image }: { verdict: Verdict; image?: string }): void {
    const now = this.#ports.clock.now();
    const outcome = outcomeOf(watched.plan, watched.state, verdict, now);
    const newer = outcome.newer && image !== undefined ? { newer: { ...outcome.newer, image } } : {};
    watched.outcome = { ...outcome, ...newer, earlierSeconds: watched.earlier ?? [] };
    this.#narration.ended(watched, watched.outcome, now);
  }

  /** A look without an answer is no verdict; but the time-out goes on, and patience has an end. */
  #unanswered(fault: ObservationFault): void {
    if (this.#ports.signal.aborted) return;
    const now = this.#ports.clock.now();
    const reason = this.#patience.failed(fault, now);
    if (reason !== undefined) {
      const outcomes = this.#watched.map(({ plan, state, outcome }) => {
        const finding = blind(plan, reason, fault.message);
        return outcome ?? outcomeWithoutVerdict(plan, state, 'failed', finding, now);
      });
      throw new ObservationFailed(reason, fault.message, outcomes, fault);
    }
    for (const watched of this.#pending()) {
      const taken = step(watched.plan, watched.state, emptyObservation, now);
      watched.state = taken.state;
      if (taken.kind === 'verdict') this.#end(watched, { verdict: taken.verdict });
      else this.#narration.looked(watched, taken.progress, now);
    }
  }

  /** Milliseconds that a look may take: a hanging answer must not put off the verdict of the time-out. */
  #leftForLook(): number {
    const now = this.#ports.clock.now();
    const left = this.#pending().map(
      ({ plan, state }) => state.startedAt + plan.waitForMs + OVERTIME_MS - now,
    );
    return Math.ceil(Math.min(LOOK_MS, Math.max(LEAST_MS, ...left)));
  }

  /** Milliseconds to sleep: until the next look is due, or the time-out if that is nearer. */
  #untilNext(lookedAt: number): number {
    if (this.#putOff && this.#pending().every(isFinished)) return 0;
    const now = this.#ports.clock.now();
    const delay = nextDelay(this.#cadence, now, {
      soon: this.#pending().some(({ soon }) => soon),
      services: this.#watched.length,
      random: (this.#ports.random ?? Math.random)(),
    });
    const timeOuts = this.#pending().map(({ plan, state }) => state.startedAt + plan.waitForMs - now);
    // Past the time-out only an answer is waited for: at once, but not without a breath.
    const least = timeOuts.some((ms) => ms <= 0) ? OVERDUE_PAUSE_MS : 0;
    return Math.max(least, Math.min(lookedAt + delay - now, ...timeOuts));
  }
}

/** Waits for work, but no longer than until the signal; what the work then comes to is dropped. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return void work.catch(() => {});
  let stop = (): void => {};
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    if (signal.aborted) void work.catch(() => {});
  }
}
