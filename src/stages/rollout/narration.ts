import { count } from '../report/words.ts';
import { earlierText, heartbeatText, linesBetween, type Progress, progressOf } from './progress.ts';
import type { ProgressLine, RolloutOutcome } from './rollout.ts';
import type { Watched } from './watched.ts';

/** Tells the person who waits what changes, and breaks a long silence. */
export class Narration {
  readonly #say: (line: ProgressLine) => void;
  readonly #startedAt: number;
  readonly #heartbeatMs: number;

  /** Times are local monotonic milliseconds. */
  constructor(say: (line: ProgressLine) => void, startedAt: number, heartbeatMs: number) {
    this.#say = say;
    this.#startedAt = startedAt;
    this.#heartbeatMs = heartbeatMs;
  }

  started(watched: Watched, now: number): void {
    const { deploymentId, desiredCount } = watched.plan.deployment;
    // A roll back starts no deployment: it ends ours.
    const text = watched.toldBefore
      ? `ECS rolls deployment ${deploymentId} back`
      : `deployment ${deploymentId} started: ${count(desiredCount, 'task')} wanted`;
    this.#tell(watched, 'start', text, now);
  }

  /** How long earlier rollouts took, once that is known; it tells nothing of a roll back. */
  earlier(watched: Watched, now: number): void {
    const text = watched.toldBefore ? undefined : earlierText(watched.earlier ?? []);
    if (text !== undefined) this.#tell(watched, 'state', text, now);
  }

  /** What changed since the last look, or a sign of life where nothing did for long. */
  looked(watched: Watched, seen: Progress, now: number): void {
    const progress = newsIn(seen, watched);
    const lines = linesBetween(watched.progress, progress);
    for (const { kind, text } of lines) this.#tell(watched, kind, text, now);
    if (lines.length === 0 && now - watched.lastLineAt >= this.#heartbeatMs) {
      this.#tell(watched, 'heartbeat', heartbeatText(progress), now);
    }
    watched.progress = progress;
  }

  /** What the last look still showed, then the end. */
  ended(watched: Watched, outcome: RolloutOutcome, now: number): void {
    for (const { kind, text } of linesBetween(
      watched.progress,
      newsIn(progressOf(watched.plan, watched.state, ''), watched),
    )) {
      if (kind === 'event') this.#tell(watched, kind, text, now);
    }
    this.#tell(watched, 'verdict', endingText(watched, outcome), now);
  }

  #tell(watched: Watched, kind: ProgressLine['kind'], text: string, now: number): void {
    watched.lastLineAt = now;
    this.#say({ service: watched.plan.deployment.service, elapsedMs: now - this.#startedAt, kind, text });
  }
}

/** The last line; the sentence itself comes right after, at the end of the log. */
function endingText({ toldBefore }: Watched, { finding, result }: RolloutOutcome): string {
  if (finding === undefined) return 'completed';
  // Whether it failed or another run has taken the tag is not known yet.
  if (finding.code === 'DG631') return 'over: another image was found';
  const words = `over: ${result.replaceAll('-', ' ')}`;
  // That it was asked to go back, which is what the code says of it, is known here.
  return toldBefore && result === 'rolled-back' ? words : `${words} (${finding.code})`;
}

/** Without what a watch before this one has told: its events, and the trouble that made the roll back necessary. */
function newsIn(progress: Progress, { toldBefore, state }: Watched): Progress {
  if (toldBefore === undefined) return progress;
  const rollback = state.serviceDeployment?.rollback;
  // Between the request and its beginning, ECS goes on as before.
  const from = rollback ? (rollback.startedAt ?? 0) : Number.POSITIVE_INFINITY;
  const told = new Set(toldBefore.map(keyOf));
  const events = progress.events.filter((event) => event.at >= from && !told.has(keyOf(event)));
  return { ...progress, events, trouble: undefined, evidence: undefined };
}

function keyOf({ at, message }: RolloutOutcome['events'][number]): string {
  return `${at} ${message}`;
}
