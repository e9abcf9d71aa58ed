import type { TaskStopCode } from '@aws-sdk/client-ecs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakerThreshold,
  countsAsFailure,
  nextFailureCount,
  type TaskEnd,
} from '../../../sandbox/aws/ecs-simulation/circuit-breaker.ts';

const stopCodes: readonly TaskStopCode[] = [
  'EssentialContainerExited',
  'TaskFailedToStart',
  'ServiceSchedulerInitiated',
  'UserInitiated',
];
const taskEnd: fc.Arbitrary<TaskEnd> = fc.record({
  reachedRunning: fc.boolean(),
  failedHealthCheck: fc.boolean(),
  stopCode: fc.constantFrom(undefined, ...stopCodes),
});

describe('the threshold of the circuit breaker', () => {
  it.each([
    [0, 3],
    [1, 3],
    [6, 3],
    [7, 4],
    [25, 13],
    [400, 200],
    [5000, 200],
  ])('for %i tasks is %i, as the developer guide has it', (desired, threshold) => {
    expect(breakerThreshold({}, desired)).toBe(threshold);
  });

  it('follows thresholdConfiguration', () => {
    const settings = (type: 'COUNT' | 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT', value: number) => ({
      deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type, value } },
    });
    expect(breakerThreshold(settings('COUNT', 1), 100)).toBe(1);
    expect(breakerThreshold(settings('UNBOUNDED_PERCENT', 50), 2)).toBe(1);
    expect(breakerThreshold(settings('UNBOUNDED_PERCENT', 50), 1000)).toBe(500);
    expect(breakerThreshold(settings('BOUNDED_PERCENT', 10), 100)).toBe(10);
  });

  it('never leaves its bounds and never falls as more tasks are wanted', () => {
    return fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (left, right) => {
        const [few, many] = [Math.min(left, right), Math.max(left, right)];
        expect(breakerThreshold({}, few)).toBeGreaterThanOrEqual(3);
        expect(breakerThreshold({}, many)).toBeLessThanOrEqual(200);
        expect(breakerThreshold({}, few)).toBeLessThanOrEqual(breakerThreshold({}, many));
      }),
    );
  });
});

describe('what the circuit breaker counts', () => {
  it('is never the exit of a task that reached RUNNING, unless its health checks failed', () => {
    return fc.assert(
      fc.property(taskEnd, (end) => {
        if (end.reachedRunning && !end.failedHealthCheck) expect(countsAsFailure(end)).toBe(false);
        if (end.failedHealthCheck) expect(countsAsFailure(end)).toBe(true);
      }),
    );
  });

  it('is a task that never got to RUNNING, but for those that were told to stop', () => {
    expect(
      countsAsFailure({ reachedRunning: false, failedHealthCheck: false, stopCode: 'TaskFailedToStart' }),
    ).toBe(true);
    expect(
      countsAsFailure({
        reachedRunning: false,
        failedHealthCheck: false,
        stopCode: 'EssentialContainerExited',
      }),
    ).toBe(true);
    expect(
      countsAsFailure({
        reachedRunning: false,
        failedHealthCheck: false,
        stopCode: 'ServiceSchedulerInitiated',
      }),
    ).toBe(false);
  });

  it('is failures in a row: a healthy task resets it, unless the service says otherwise', () => {
    const happening = fc.oneof(taskEnd, fc.constant('healthy' as const));
    const keeps = { deploymentCircuitBreaker: { enable: true, rollback: true, resetOnHealthyTask: false } };
    return fc.assert(
      fc.property(fc.array(happening), (all) => {
        const count = (settings: object) =>
          all.reduce<number>((sum, one) => nextFailureCount(sum, one, settings), 0);
        const failures = (list: typeof all) =>
          list.filter((one) => one !== 'healthy' && countsAsFailure(one)).length;
        expect(count({})).toBe(failures(all.slice(all.lastIndexOf('healthy') + 1)));
        expect(count(keeps)).toBe(failures(all));
      }),
    );
  });
});
