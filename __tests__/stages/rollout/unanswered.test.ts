import { describe, expect, it } from 'vitest';
import { ObservationFault } from '../../../src/stages/rollout/ports.ts';
import { watchRollouts } from '../../../src/stages/rollout/watch.ts';
import { FakeClock, FakeEcs, options, portsFor } from './fake-ecs.ts';
import { deployment, PUSHED } from './observations.ts';
import { succeedsAfter } from './worlds.ts';

/** A rollout of `ms`, whose `actions` get no answer until `untilMs`. */
async function watchedWithout(
  actions: readonly string[],
  {
    kind = 'unreachable',
    ms = 60_000,
    fromMs = 0,
    untilMs = Number.POSITIVE_INFINITY,
    services = 1,
  }: {
    readonly kind?: ObservationFault['kind'];
    readonly ms?: number;
    readonly fromMs?: number;
    readonly untilMs?: number;
    readonly services?: number;
  } = {},
) {
  const clock = new FakeClock();
  const ecs = new FakeEcs(clock, succeedsAfter(ms), {
    silent: (action, elapsed) =>
      actions.includes(action) && elapsed >= fromMs && elapsed < untilMs
        ? new ObservationFault(kind, 'InternalError: HTTP 500', undefined, action)
        : undefined,
  });
  const deployments =
    services === 1
      ? [deployment]
      : Array.from({ length: services }, (_, i) => ({ ...deployment, service: `web-${i}` }));
  return { ecs, outcomes: await watchRollouts(deployments, options, portsFor(ecs, clock)) };
}

const OPTIONAL = [
  ['ecs:ListServiceDeployments'],
  ['ecs:DescribeServiceDeployments'],
  ['ecs:ListServiceDeployments', 'ecs:DescribeServiceDeployments'],
  ['ecs:DescribeServiceRevisions'],
  ['ecs:ListTasks'],
  ['ecs:DescribeTasks'],
  ['ecs:ListTasks', 'ecs:ListServiceDeployments', 'ecs:DescribeServiceDeployments'],
];

describe('an optional API that never answers', () => {
  it.each(OPTIONAL)('does not decide the verdict: %s', async (...actions) => {
    const { outcomes } = await watchedWithout(actions);
    expect(outcomes[0]).toMatchObject({ result: 'succeeded' });
    expect(outcomes[0]?.seconds).toBeLessThan(67);
  });

  it.each(OPTIONAL)('does not decide it throttled, either: %s', async (...actions) => {
    const { outcomes } = await watchedWithout(actions, { kind: 'throttled' });
    expect(outcomes[0]).toMatchObject({ result: 'succeeded' });
    expect(outcomes[0]?.seconds).toBeLessThan(75);
  });

  it.each(OPTIONAL)('does not decide it for several services: %s', async (...actions) => {
    const { outcomes } = await watchedWithout(actions, { services: 3 });
    expect(outcomes.map(({ result }) => result)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('falling silent in the middle, does not decide it either', async () => {
    const actions = ['ecs:ListServiceDeployments', 'ecs:DescribeServiceDeployments'];
    const { outcomes } = await watchedWithout(actions, { ms: 300_000, fromMs: 20_000 });
    expect(outcomes[0]).toMatchObject({ result: 'succeeded' });
    expect(outcomes[0]?.seconds).toBeLessThan(304);
  });

  it('is said to have given no answer, not to be denied', async () => {
    const { outcomes } = await watchedWithout(['ecs:ListTasks']);
    const said = outcomes.flatMap(({ notes }) => notes.map(({ title }) => title)).join('\n');
    expect(said).toContain('ecs:ListTasks gave no answer');
    expect(said).not.toContain('may not');
  });

  it('is asked again only now and then', async () => {
    const { ecs } = await watchedWithout(['ecs:ListServiceDeployments', 'ecs:DescribeServiceDeployments'], {
      ms: 300_000,
    });
    const asked = ecs.asked.filter((action) => /ServiceDeployments$/.test(action)).length;
    expect(asked).toBeGreaterThan(8);
    expect(asked).toBeLessThan(45);
  });

  it('is believed again when it answers', async () => {
    const { outcomes } = await watchedWithout(['ecs:ListServiceDeployments', 'ecs:ListTasks'], {
      ms: 120_000,
      untilMs: 60_000,
    });
    expect(outcomes[0]).toMatchObject({
      result: 'succeeded',
      notes: [],
      digests: [PUSHED],
      serviceDeployment: { status: 'SUCCESSFUL' },
    });
  });
});

describe('past the time-out', () => {
  it('an answer that is lost at once is not asked for without a breath', async () => {
    const clock = new FakeClock();
    const ecs = new FakeEcs(clock, succeedsAfter(29_000), {
      silent: (action, elapsed) =>
        action === 'ecs:ListTasks' && elapsed > 28_000
          ? new ObservationFault('unreachable', 'ECONNREFUSED')
          : undefined,
    });
    const begun = clock.now();
    await watchRollouts([deployment], { ...options, waitForMs: 30_000 }, portsFor(ecs, clock));
    expect(clock.now() - begun).toBeLessThan(33_000);
    expect(ecs.calls).toBeLessThan(60);
  });
});
