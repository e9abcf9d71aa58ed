import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterLook,
  type CadenceState,
  nextDelay,
  SLOW_MS,
  startCadence,
} from '../../../src/stages/rollout/cadence.ts';

interface Look {
  readonly at: number;
  readonly calls: number;
}

/** Looks of `callsEach` calls from 0 to `untilMs`, `soon` by the time, with the given jitter. */
function simulate(
  untilMs: number,
  soon: (at: number) => boolean,
  random: () => number,
  callsEach = 1,
): readonly Look[] {
  const looks: Look[] = [];
  let cadence: CadenceState = startCadence(0);
  for (let at = 0; at < untilMs; ) {
    // The first look finds the service deployment and its revision; the last one proves the image.
    const calls = looks.length === 0 ? 4 : callsEach;
    cadence = afterLook(cadence, calls, false);
    looks.push({ at, calls });
    at += nextDelay(cadence, at, { soon: soon(at), services: 10, random: random() });
  }
  return looks;
}

const jitter = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 });
const rollout = fc.integer({ min: 61_000, max: 3_600_000 });
const nearEnd = fc.integer({ min: 0, max: 600_000 });

function cycle(values: readonly number[]): () => number {
  let i = 0;
  return () => values[i++ % values.length] ?? 0.5;
}

describe('the cadence over rollouts of a minute to an hour', () => {
  it('never lets more than three seconds pass between looks, less the time of the answers', () => {
    fc.assert(
      fc.property(rollout, nearEnd, jitter, (duration, near, values) => {
        const looks = simulate(duration, (at) => at > duration - near, cycle(values));
        const gaps = looks.slice(1).map(({ at }, i) => at - (looks[i]?.at ?? 0));
        expect(Math.max(...gaps)).toBeLessThanOrEqual(2_750);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps to a call in two seconds on average, the proof of the end included', () => {
    const proof = 3;
    fc.assert(
      fc.property(rollout, nearEnd, jitter, (duration, near, values) => {
        const looks = simulate(duration, (at) => at > duration - near, cycle(values));
        const calls = looks.reduce((sum, look) => sum + look.calls, 0) + proof;
        // One call of slack: a rollout can end right after a look.
        expect(calls).toBeLessThanOrEqual(duration / 2_000 + 1);
      }),
      { numRuns: 100 },
    );
  });

  it('is quick where the end is near and the budget allows it', () => {
    const looks = simulate(
      600_000,
      (at) => at > 590_000,
      () => 0.5,
    );
    const late = looks.filter(({ at }) => at > 590_500);
    expect(late.length).toBeGreaterThanOrEqual(7);
  });

  it('spreads jobs that began together', () => {
    const fiftieth = (random: number) =>
      simulate(
        300_000,
        () => false,
        () => random,
      )[50]?.at ?? 0;
    expect(fiftieth(0.9) - fiftieth(0.1)).toBeGreaterThan(2_000);
  });
});

describe('a throttled cadence', () => {
  const options = { soon: true, services: 1, random: 0.5 };
  const throttledFor = (times: number) =>
    Array.from({ length: times }).reduce(
      (cadence: CadenceState) => afterLook(cadence, 1, true),
      startCadence(0),
    );

  it('backs off, up to a bound', () => {
    const delays = [1, 2, 3, 4, 9].map((times) => nextDelay(throttledFor(times), 60_000, options));
    expect(delays).toEqual([2, 4, 8, 8, 8].map((times) => times * SLOW_MS));
  });

  it('recovers step by step', () => {
    const recovered = [0, 1, 2].reduce((cadence) => afterLook(cadence, 1, false), throttledFor(3));
    expect(nextDelay(recovered, 600_000, { ...options, soon: false })).toBe(SLOW_MS);
  });
});
