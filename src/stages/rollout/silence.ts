import type { Part } from './observation.ts';
import type { StartedDeployment } from './rollout.ts';

/** So many questions in a row without an answer, or so long without one and asked twice: the part is silent. */
const QUESTIONS = 4;
const SILENT_MS = 20_000;

interface Unanswered {
  readonly since: number;
  readonly questions: number;
}

/** Counts, for each deployment's parts, the questions in a row that had no answer. Times are local milliseconds. */
export class Silence {
  readonly #unanswered = new Map<StartedDeployment, Map<Part, Unanswered>>();

  /** An answer came: all is forgiven. */
  answered(deployment: StartedDeployment, part: Part): void {
    this.#unanswered.get(deployment)?.delete(part);
  }

  /** None came to what was asked at `askedAt`. Whether the part counts as silent now, at `now`. */
  unanswered(deployment: StartedDeployment, part: Part, askedAt: number, now: number): boolean {
    const parts = this.#unanswered.get(deployment) ?? new Map<Part, Unanswered>();
    const before = parts.get(part) ?? { since: askedAt, questions: 0 };
    const counted = { since: before.since, questions: before.questions + 1 };
    parts.set(part, counted);
    this.#unanswered.set(deployment, parts);
    return counted.questions >= QUESTIONS || (counted.questions > 1 && now - counted.since >= SILENT_MS);
  }
}
