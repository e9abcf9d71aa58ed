/**
 * The sandbox's time. Virtual time starts at `startMs` and runs `speed` times as fast as real time, so that a
 * ten-minute rollout can pass in a second. Nothing waits on it: the simulation reads it and catches up.
 */
export class SandboxClock {
  readonly speed: number;
  readonly #startMs: number;
  readonly #realStart: number;

  /** `speed`: virtual milliseconds per real one, above 0. `startMs`: milliseconds since the epoch, now if left out. */
  constructor(options: { readonly speed?: number; readonly startMs?: number } = {}) {
    const speed = options.speed ?? 1;
    if (!Number.isFinite(speed) || speed <= 0)
      throw new RangeError(`The clock's speed is ${speed}; it has to be above 0.`);
    this.speed = speed;
    this.#startMs = options.startMs ?? Date.now();
    this.#realStart = performance.now();
  }

  /** Virtual milliseconds since the epoch, whole, never going back. */
  now(): number {
    return Math.floor(this.#startMs + (performance.now() - this.#realStart) * this.speed);
  }
}
