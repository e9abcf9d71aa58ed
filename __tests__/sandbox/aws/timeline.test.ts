import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../sandbox/aws/timeline.ts';
import { SandboxClock } from '../../../sandbox/clock.ts';

describe('the clock', () => {
  it('starts where it is told and runs at its speed', async () => {
    const clock = new SandboxClock({ speed: 1000, startMs: 5_000_000 });
    const first = clock.now();
    expect(first).toBeGreaterThanOrEqual(5_000_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(clock.now() - first).toBeGreaterThan(20_000);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the speed %d', (speed) => {
    expect(() => new SandboxClock({ speed })).toThrow(RangeError);
  });
});

describe('the timeline', () => {
  it('runs everything that is due once, at its own moment, in order, however often somebody looks', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 30 });
    return fc.assert(
      fc.property(fc.array(fc.nat(10_000), { maxLength: 40 }), steps, (moments, looks) => {
        let now = 0;
        const timeline = new Timeline({ now: () => now });
        const ran: { readonly wanted: number; readonly at: number }[] = [];
        for (const wanted of moments)
          timeline.at(wanted, () => ran.push({ wanted, at: timeline.asClock.now() }));
        for (const look of looks) {
          now += look;
          timeline.advance();
          expect(ran).toHaveLength(moments.filter((moment) => moment <= now).length);
        }
        for (const one of ran) expect(one.at).toBe(one.wanted);
        expect(ran.map((one) => one.wanted)).toEqual(
          ran.map((one) => one.wanted).sort((left, right) => left - right),
        );
      }),
    );
  });

  it('runs in the same look what an event asks for within it', () => {
    let now = 0;
    const timeline = new Timeline({ now: () => now });
    const ran: number[] = [];
    timeline.after(1, () => timeline.after(1, () => ran.push(timeline.now())));
    now = 5000;
    timeline.advance();
    expect(ran).toEqual([2000]);
    expect(timeline.now()).toBe(5000);
  });
});
