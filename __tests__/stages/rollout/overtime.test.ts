import { describe, expect, it } from 'vitest';
import { ObservationFault, type WatchClock } from '../../../src/stages/rollout/ports.ts';
import { watchRollouts } from '../../../src/stages/rollout/watch.ts';
import { FakeClock, FakeEcs, options, portsFor } from './fake-ecs.ts';
import { deployment } from './observations.ts';
import { succeedsAfter } from './worlds.ts';

/** Time as it passes: a hanging answer takes no time of a clock that only sleep moves. */
const realClock: WatchClock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Never answers; told to stop, it fails as an observer does. */
const hangs = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new ObservationFault('unreachable', 'AbortError')));
  });
const ignores = (): Promise<never> => new Promise(() => {});

describe('a look that hangs at the limit', () => {
  it.each([
    ['DescribeServices', 'services'],
    ['ListServiceDeployments', 'listServiceDeployments'],
    ['DescribeTasks', 'tasks'],
  ] as const)(
    'of %s does not put the verdict off by more than three seconds',
    async (_, question) => {
      const ecs = new FakeEcs(new FakeClock(), succeedsAfter(600_000));
      Object.assign(ecs, { [question]: ignores });
      const ports = { ...portsFor(ecs, new FakeClock()), clock: realClock };
      const begun = performance.now();
      const [outcome] = await watchRollouts([deployment], { ...options, waitForMs: 500 }, ports);
      expect(outcome).toMatchObject({ result: 'timed-out', finding: { code: 'DG609' } });
      expect(performance.now() - begun).toBeLessThan(3_500);
    },
    20_000,
  );

  it('is told to stop', async () => {
    const ecs = new FakeEcs(new FakeClock(), succeedsAfter(600_000));
    let stopped = false;
    ecs.services = (...args: readonly unknown[]) =>
      hangs(args[2] as AbortSignal).finally(() => {
        stopped = true;
      });
    const ports = { ...portsFor(ecs, new FakeClock()), clock: realClock };
    await watchRollouts([deployment], { ...options, waitForMs: 200 }, ports);
    expect(stopped).toBe(true);
  }, 20_000);
});
