import { manyLines, oneLine } from '../../runner/text.ts';
import type { Reading } from '../rollout/observation.ts';
import { type LogQuery, ObservationFault } from '../rollout/ports.ts';

/** A part of a container's log, in the order in which it was written. */
export interface LogPage {
  /** Fit to print, without blank ones. */
  readonly lines: readonly string[];
  /** Where the next part begins. */
  readonly next: string | undefined;
  /** There is no more for now. */
  readonly isEnd: boolean;
}

/** Reads a log from its start on, part by part. */
export interface LogFollower {
  /** `from` is the `next` of the part before; `absent` while there is no such stream. Throws ObservationFault. */
  page(query: LogQuery, from: string | undefined, signal: AbortSignal): Promise<Reading<LogPage>>;
}

/** Calls for one look at the log: what is written faster than that is caught up with later. */
const PAGES = 3;
/** What is shown of a log: a job's log is read by people. The rest stays in CloudWatch Logs. */
const MOST_LINES = 2_000;
const MOST_WIDTH = 500;

/** Shows a container's log as it is written, cut to what a person can read. */
export class LogFollow {
  readonly #query: LogQuery;
  readonly #logs: LogFollower;
  readonly #print: (line: string) => void;
  readonly #signal: AbortSignal;
  #next: string | undefined;
  #shown = 0;
  #state: 'open' | 'full' | 'denied' = 'open';

  constructor(query: LogQuery, logs: LogFollower, print: (line: string) => void, signal: AbortSignal) {
    this.#query = query;
    this.#logs = logs;
    this.#print = print;
    this.#signal = signal;
  }

  /** Whether there is any use in asking for more of it. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Lines that were shown so far. */
  get shown(): number {
    return this.#shown;
  }

  /** Shows what was written since; gives how many lines that were. Never throws: the log only tells more. */
  async read(): Promise<number> {
    const before = this.#shown;
    try {
      for (let page = 0; page < PAGES && this.isOpen; page += 1) {
        const reading = await this.#logs.page(this.#query, this.#next, this.#signal);
        if (reading.kind === 'unreadable') {
          this.#state = 'denied';
          this.#print(`  its log can't be shown: ${reading.permission} is denied`);
        }
        if (reading.kind !== 'seen') break;
        this.#next = reading.value.next;
        this.#show(reading.value.lines);
        if (reading.value.isEnd) break;
      }
    } catch (error) {
      // No answer this time: the next look begins where this one did.
      if (!(error instanceof ObservationFault) && !this.#signal.aborted) throw error;
    }
    return this.#shown - before;
  }

  #show(lines: readonly string[]): void {
    for (const line of lines.slice(0, MOST_LINES - this.#shown)) {
      this.#print(`  | ${manyLines(line, MOST_WIDTH)}`);
    }
    this.#shown += lines.length;
    if (this.#shown < MOST_LINES) return;
    this.#state = 'full';
    const { group } = this.#query.destination;
    this.#print(`  | … more than ${MOST_LINES} lines: the rest is in log group ${oneLine(group, 200)}`);
  }
}
