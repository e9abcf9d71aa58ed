import { describe, expect, it } from 'vitest';
import { watchRollouts } from '../../../src/stages/rollout/watch.ts';
import { FakeClock, FakeEcs, options, portsFor } from './fake-ecs.ts';
import {
  deployment,
  entry,
  failed,
  finished,
  going,
  look,
  OURS,
  service,
  steps,
  T0,
  task,
  verdictOf,
} from './observations.ts';
import { succeedsAfter } from './worlds.ts';

/** As an answer that leaves `startedBy` out has it. */
function unsigned<T extends { readonly deploymentId?: string }>(of: T): Omit<T, 'deploymentId'> {
  const { deploymentId: _, ...rest } = of;
  return rest;
}

describe('tasks that do not say which deployment they are of', () => {
  it('are counted as ours where they began with it', async () => {
    const clock = new FakeClock();
    const ecs = new FakeEcs(clock, (name, elapsed) => {
      const world = succeedsAfter(30_000)(name, elapsed);
      return { ...world, running: (world.running ?? []).map(unsigned) };
    });
    const [outcome] = await watchRollouts([deployment], options, portsFor(ecs, clock));
    expect(outcome).toMatchObject({ result: 'succeeded', running: 2, desired: 2 });
  });

  it('are older ones where they began before it, or have another task definition', () => {
    for (const more of [{ createdAt: T0 - 1 }, { taskDefinition: 'arn:x:task-definition/web:56' }]) {
      const shown = { ...finished, runningTasks: [task(1), unsigned(task(9, more))] };
      expect(steps([look(shown)])).toMatchObject({ kind: 'waiting' });
    }
  });

  it('are counted where they fail', () => {
    const stoppedTasks = [0, 1, 2].map((n) => unsigned(failed(n, n * 30, 24, { exitCode: 1 })));
    const of = { deployment, waitForMs: 1_800_000, failFast: true, expected: options.expected };
    const calm = service([entry(OURS, { running: 0 })], { breaker: { enabled: false, rollback: false } });
    const shown = look({ ...going, service: calm, stoppedTasks });
    expect(verdictOf([{ ...shown, log: { kind: 'absent' } }], 3_000, of).finding?.code).toBe('DG612');
  });
});

describe('a desired count of 0', () => {
  it('does not say that nothing runs while the service counts running tasks', () => {
    const shown = {
      ...finished,
      service: service([entry(OURS, { desired: 0, running: 2, rolloutState: 'COMPLETED' })], {
        desired: 0,
        running: 2,
      }),
      runningTasks: [],
    };
    expect(steps([look(shown)])).toMatchObject({ kind: 'waiting' });
  });
});
