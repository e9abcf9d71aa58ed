import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/finding.ts';
import { type RolloutCode, rolloutCodes } from '../../../src/stages/rollout/codes.ts';
import { failFastRules } from '../../../src/stages/rollout/fail-fast-rules.ts';
import { type Observation, unreadable } from '../../../src/stages/rollout/observation.ts';
import { ObservationFault } from '../../../src/stages/rollout/ports.ts';
import { ObservationFailed, watchRollouts } from '../../../src/stages/rollout/watch.ts';
import { FakeClock, FakeEcs, options, portsFor } from './fake-ecs.ts';
import {
  deployment,
  entry,
  event,
  FOREIGN,
  failed,
  finished,
  going,
  look,
  NEWER,
  OLD,
  OURS,
  plan,
  service,
  serviceDeployment,
  steps,
  task,
} from './observations.ts';

const denied = unreadable('ecs:ListServiceDeployments');
const rest = { stoppedTasks: [], runningTasks: [] };
const old = entry(OLD, { status: 'ACTIVE', rolloutState: 'COMPLETED' });

const ended = (status: string, statusReason: string): Observation =>
  look({
    ...rest,
    service: service([entry(OURS), old]),
    serviceDeployment: serviceDeployment(status, { statusReason }),
  });

/** Three rounds of tasks of ours that end like this, without a circuit breaker. */
const failing = (stoppedReason: string, exitCode?: number): Observation =>
  look({
    ...going,
    service: service([entry(OURS, { running: 0 }), old], { breaker: { enabled: false, rollback: false } }),
    stoppedTasks: [0, 30, 60].map((at) =>
      failed(at, at, 20, { stoppedReason, ...(exitCode === undefined ? {} : { exitCode }) }),
    ),
    log: unreadable('logs:GetLogEvents'),
  });

const repeated = (shown: Observation, times: number): readonly Observation[] =>
  Array.from({ length: times }, () => shown);

/** Looks that lead to each code that comes of looks. */
const byLooks: Partial<Record<RolloutCode, readonly Observation[]>> = {
  DG601: [
    ended(
      'ROLLBACK_SUCCESSFUL',
      'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    ),
  ],
  DG602: [ended('ROLLBACK_SUCCESSFUL', 'Rolled back because alarms were triggered.')],
  DG603: [ended('ROLLBACK_SUCCESSFUL', 'Rolled back because of a StopServiceDeployment request.')],
  DG604: [ended('ROLLBACK_FAILED', '')],
  DG605: [ended('STOPPED', 'Service deployment stopped because the circuit breaker threshold was exceeded.')],
  DG606: [ended('STOPPED', 'Stopped because alarms were triggered.')],
  DG607: [ended('STOPPED', '')],
  DG608: [
    look({
      ...going,
      service: service([entry(NEWER), entry(OURS, { status: 'ACTIVE' })]),
      serviceDeployment: serviceDeployment('STOPPED'),
    }),
  ],
  DG609: repeated(look(going), 700),
  DG610: [look({ ...going, service: service([entry(OURS)], { status: 'DRAINING' }) })],
  DG611: [
    look({
      ...finished,
      runningTasks: [],
      service: service([entry(OURS, { desired: 0, running: 0, rolloutState: 'COMPLETED' })], {
        desired: 0,
        running: 0,
      }),
    }),
  ],
  DG612: [failing('Essential container in task exited', 1)],
  DG613: [failing('CannotPullContainerError: manifest unknown')],
  DG614: [failing('Fetching secret data from SSM Parameter Store in us-east-1: invalid parameters: x')],
  DG615: [failing('ResourceInitializationError: AccessDeniedException')],
  DG616: [failing('The specified log group does not exist.')],
  DG617: [failing('Unexpected EC2 error while attempting to Create Network Interface')],
  DG618: repeated(
    look({
      ...going,
      service: service([entry(OURS, { running: 0 }), old], {
        breaker: { enabled: false, rollback: false },
        events: [
          event(1, '(service web) was unable to place a task. Reason: Capacity is unavailable at this time.'),
        ],
      }),
    }),
    40,
  ),
  DG619: [failing('exec format error')],
  DG620: [failing('OutOfMemoryError: Container killed due to memory usage', 137)],
  DG621: [failing('Task failed ELB health checks in (target-group web)')],
  DG622: [failing('Task failed container health checks')],
  DG623: [failing('CannotStartContainerError: no such file')],
  DG624: [ended('ROLLBACK_SUCCESSFUL', 'Something new.')],
  DG625: [
    ended(
      'ROLLBACK_SUCCESSFUL',
      'Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed.',
    ),
  ],
  DG631: [look({ ...finished, runningTasks: [task(1, { digest: FOREIGN })] })],
  DG632: [look({ ...finished, runningTasks: [task(1), task(2, { digest: undefined })] })],
  DG633: [
    look({
      ...ended('STOPPED', ''),
      stoppedTasks: unreadable('ecs:ListTasks'),
      runningTasks: unreadable('ecs:ListTasks'),
    }),
  ],
  DG634: repeated(
    look({
      ...rest,
      service: service([entry(OLD, { rolloutState: 'COMPLETED' })]),
      serviceDeployment: denied,
    }),
    20,
  ),
};

/** What ends the watch from outside, and the code for it. */
async function endedFromOutside(kind: ObservationFault['kind'] | 'cancel'): Promise<Finding | undefined> {
  const clock = new FakeClock();
  const controller = new AbortController();
  const fault = kind === 'cancel' ? undefined : new ObservationFault(kind, 'no');
  if (kind === 'cancel') controller.abort();
  const ports = portsFor(new FakeEcs(clock, () => ({}), { fault: () => fault }), clock, controller.signal);
  const outcomes = await watchRollouts([deployment], options, ports).catch((error: unknown) => {
    if (error instanceof ObservationFailed) return error.outcomes;
    throw error;
  });
  return outcomes[0]?.finding;
}

const fromOutside = {
  DG641: 'expired-credentials',
  DG642: 'unreachable',
  DG643: 'cancel',
  DG644: 'denied',
} as const;

/** Whether a fix ends with a full stop, and has its commands in code spans. */
function isWellWritten(fix: string): boolean {
  return fix.endsWith('.') && !/\baws [a-z0-9]+ [a-z]+-/.test(fix.replaceAll(/`[^`]+`/g, ''));
}

describe('the codes of the rollout', () => {
  it.each(Object.entries(byLooks))('%s is reachable', (code, looks) => {
    const last = steps(looks, 3_000, plan);
    if (last.kind === 'waiting') throw new Error(`still waiting: ${last.progress.what}`);
    const { finding, notes } = last.verdict;
    expect([finding, ...notes].map((said) => said?.code)).toContain(code);
    // "More: …" comes right after it, and what is to be copied has to be told from the sentence.
    for (const { fix } of [...(finding ? [finding] : []), ...notes])
      expect(isWellWritten(fix), fix).toBe(true);
  });

  it.each(Object.entries(fromOutside))('%s is reachable', async (code, kind) => {
    const finding = await endedFromOutside(kind);
    expect(finding?.code).toBe(code);
    expect(isWellWritten(finding?.fix ?? ''), finding?.fix).toBe(true);
  });

  it('are all shown here to be reachable', () => {
    expect([...Object.keys(byLooks), ...Object.keys(fromOutside)].toSorted()).toEqual(
      Object.keys(rolloutCodes),
    );
  });

  it('mean something, in a line', () => {
    for (const meaning of Object.values(rolloutCodes)) expect(meaning).toMatch(/^[A-Z].{20,140}\.$/);
  });

  it('have rules that name them, each with its reason', () => {
    for (const { code, why } of failFastRules) {
      expect(rolloutCodes).toHaveProperty(code);
      expect(why).toMatch(/\.$/);
    }
  });
});
