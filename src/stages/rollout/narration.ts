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
    this.#tell(
      watched,
      'start',
      `deployment ${deploymentId} started: ${count(desiredCount, 'task')} wanted`,
      now,
    );
  }

  /** How long earlier rollouts took, once that is known. */
  earlier(watched: Watched, now: number): void {
    const text = earlierText(watched.earlier ?? []);
    if (text !== undefined) this.#tell(watched, 'state', text, now);
  }

  /** What changed since the last look, or a sign of life where nothing did for long. */
  looked(watched: Watched, progress: Progress, now: number): void {
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
      progressOf(watched.plan, watched.state, ''),
    )) {
      if (kind === 'event') this.#tell(watched, kind, text, now);
    }
    // The sentence itself comes right after, at the end of the log.
    const { finding, result } = outcome;
    const text = finding ? `over: ${result.replaceAll('-', ' ')} (${finding.code})` : 'completed';
    this.#tell(watched, 'verdict', text, now);
  }

  #tell(watched: Watched, kind: ProgressLine['kind'], text: string, now: number): void {
    watched.lastLineAt = now;
    this.#say({ service: watched.plan.deployment.service, elapsedMs: now - this.#startedAt, kind, text });
  }
}
