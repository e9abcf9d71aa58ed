import type { SandboxClock } from '../clock.ts';

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * What is still to happen in the sandbox, in virtual-time order. Nothing runs by itself: `advance` processes
 * all that has fallen due, each at its own moment, so the outcome doesn't depend on when somebody looks.
 */
export class Timeline {
  readonly #clock: Pick<SandboxClock, 'now'>;
  readonly #queue: Due[] = [];
  #order = 0;
  #now: number;
  #processing = false;

  constructor(clock: Pick<SandboxClock, 'now'>) {
    this.#clock = clock;
    this.#now = clock.now();
  }

  /** Virtual milliseconds since the epoch: the moment being processed, or the last one looked at. */
  now(): number {
    return this.#now;
  }

  /** A clock for what is used from within events and outside them alike: the event's moment, else the time now. */
  readonly asClock: Pick<SandboxClock, 'now'> = {
    now: () => (this.#processing ? this.#now : this.#clock.now()),
  };

  /** Runs `run` at a virtual moment; one that has passed counts as now. Equal moments run in the order asked. */
  at(moment: number, run: () => void): void {
    const due: Due = { at: Math.max(moment, this.#now), order: this.#order++, run };
    let index = this.#queue.length;
    while (index > 0 && (this.#queue[index - 1]?.at ?? 0) > due.at) index -= 1;
    this.#queue.splice(index, 0, due);
  }

  /** Runs `run` after so many virtual seconds. */
  after(seconds: number, run: () => void): void {
    this.at(this.#now + seconds * 1000, run);
  }

  /** Processes everything due by the clock, then stands at the clock's time. */
  advance(): void {
    const until = Math.max(this.#clock.now(), this.#now);
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || next.at > until) break;
      this.#queue.shift();
      this.#now = next.at;
      this.#processing = true;
      try {
        next.run();
      } finally {
        this.#processing = false;
      }
    }
    this.#now = until;
  }
}
