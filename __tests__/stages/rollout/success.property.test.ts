import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absent,
  notRead,
  type Observation,
  type Reading,
  type ServiceDeploymentSnapshot,
  type ServiceSnapshot,
  seen,
  type TaskSnapshot,
  unreadable,
} from '../../../src/stages/rollout/observation.ts';
import { initialState } from '../../../src/stages/rollout/rollout-state.ts';
import { step } from '../../../src/stages/rollout/verdict.ts';
import {
  CHILD,
  entry,
  event,
  FOREIGN,
  failed,
  finished,
  look,
  NEWER,
  OLD,
  OLD_DIGEST,
  OURS,
  PUSHED,
  plan,
  revision,
  service,
  serviceDeployment,
  task,
} from './observations.ts';

const count = fc.integer({ min: 0, max: 3 });
const id = fc.constantFrom(OURS, OLD, NEWER);
const digest = fc.constantFrom(PUSHED, CHILD, FOREIGN, OLD_DIGEST, undefined);

const deployments = fc.uniqueArray(
  fc
    .record({
      of: id,
      status: fc.constantFrom('PRIMARY', 'ACTIVE', 'INACTIVE'),
      rolloutState: fc.constantFrom('IN_PROGRESS', 'COMPLETED', 'FAILED'),
      running: count,
      pending: count,
      desired: count,
      failedTasks: count,
    })
    .map(({ of, ...more }) => entry(of, more)),
  { selector: (deployment) => deployment.id, maxLength: 3 },
);

const events = fc.array(
  fc.constantFrom(
    event(1_000, '(service web) has started 2 tasks: (task 1111) (task 2222).'),
    event(2_000, '(service web) was unable to place a task. Reason: Capacity is unavailable at this time.'),
    event(3_000, `(service web) rolling back to deployment ${OLD}.`),
    event(4_000, `(service web) (deployment ${OURS}) deployment completed.`),
  ),
  { maxLength: 2 },
);

const services: fc.Arbitrary<ServiceSnapshot> = fc
  .record({
    deployments,
    events,
    desired: count,
    status: fc.constantFrom('ACTIVE', 'ACTIVE', 'ACTIVE', 'DRAINING'),
    enabled: fc.boolean(),
  })
  .map(({ deployments: list, enabled, ...more }) =>
    service(list, { ...more, breaker: { enabled, rollback: enabled } }),
  );

const serviceDeployments: fc.Arbitrary<ServiceDeploymentSnapshot> = fc
  .constantFrom(
    'PENDING',
    'IN_PROGRESS',
    'SUCCESSFUL',
    'SUCCESSFUL',
    'STOPPED',
    'STOP_REQUESTED',
    'ROLLBACK_IN_PROGRESS',
    'ROLLBACK_SUCCESSFUL',
    'ROLLBACK_FAILED',
  )
  .map((status) => serviceDeployment(status));

const tasks: fc.Arbitrary<readonly TaskSnapshot[]> = fc.array(
  fc
    .record({
      n: fc.integer({ min: 1, max: 9 }),
      of: fc.constantFrom(OURS, OURS, OLD, NEWER),
      digest,
      lastStatus: fc.constantFrom('RUNNING', 'RUNNING', 'PENDING'),
    })
    .map(({ n, of, digest: shown, lastStatus }) => task(n, { deploymentId: of, digest: shown, lastStatus })),
  { maxLength: 3 },
);

function reading<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Reading<T>> {
  return fc.oneof(
    { weight: 6, arbitrary: value.map(seen) },
    { weight: 1, arbitrary: fc.constant(notRead) },
    { weight: 1, arbitrary: fc.constant(absent) },
    { weight: 1, arbitrary: fc.constant(unreadable('ecs:Something')) },
  );
}

const anything: fc.Arbitrary<Observation> = fc.record({
  service: reading(
    fc.oneof({ weight: 9, arbitrary: services }, { weight: 1, arbitrary: fc.constant('missing' as const) }),
  ),
  serviceDeployment: reading(serviceDeployments),
  revision: reading(digest.map(revision)),
  runningTasks: reading(tasks),
  stoppedTasks: reading(fc.constantFrom([], [failed(1, 0, 20, { exitCode: 1 })])),
  log: fc.constant(notRead),
});

/** Near to a success, with one thing or another wrong: what a blind generator would hardly find. */
const almost: fc.Arbitrary<Observation> = fc
  .record({
    change: anything,
    parts: fc.subarray(['service', 'serviceDeployment', 'revision', 'runningTasks'] as const, {
      maxLength: 2,
    }),
  })
  .map(({ change, parts }) => ({
    ...look(finished),
    ...Object.fromEntries(parts.map((part) => [part, change[part]])),
  }));

const sequences = fc.array(fc.oneof(anything, almost), { minLength: 1, maxLength: 8 });

/** Why green would be wrong after this look, or undefined where it could be right. Says nothing of how the judge works. */
function objection(last: Observation): string | undefined {
  if (last.service.kind !== 'seen' || last.service.value === 'missing') return 'the service was not seen';
  const { deployments: list, desired } = last.service.value;
  const ours = list.find((deployment) => deployment.id === OURS);
  const known = last.serviceDeployment;
  if (known.kind === 'seen' && known.value.status !== 'SUCCESSFUL') return `it is ${known.value.status}`;
  if (known.kind !== 'seen' && ours?.rolloutState !== 'COMPLETED') return 'it is not completed';
  if (list.some((deployment) => deployment.id !== OURS && deployment.running > 0))
    return 'another deployment has tasks';
  if (last.runningTasks.kind === 'not-read') return 'the tasks were not read';
  if (last.runningTasks.kind !== 'seen') return undefined;
  const running = last.runningTasks.value.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  if (running.some(({ deploymentId }) => deploymentId !== OURS)) return 'an older task runs';
  if (running.length === 0 && desired > 0) return 'nothing runs';
  const digests = running.flatMap(({ containers }) => containers.map((container) => container.digest));
  return digests.some((shown) => shown === FOREIGN || shown === OLD_DIGEST)
    ? 'a foreign digest runs'
    : undefined;
}

describe('for every sequence of observations', () => {
  it('success is given only where the last one shows our deployment finished and no foreign digest', () => {
    let successes = 0;
    fc.assert(
      fc.property(sequences, fc.boolean(), (looks, failFast) => {
        let state = initialState(0);
        for (const [i, shown] of looks.entries()) {
          const taken = step({ ...plan, failFast }, state, shown, i * 2_500);
          state = taken.state;
          if (taken.kind === 'waiting') continue;
          if (taken.verdict.result === 'succeeded') {
            successes += 1;
            expect(objection(shown)).toBeUndefined();
          } else {
            expect(taken.verdict.finding?.title).toMatch(/^web: .+\.$/);
            expect(taken.verdict.finding?.fix).not.toBe('');
          }
          return;
        }
      }),
      { numRuns: 4_000 },
    );
    // The property says something only if the generator finds successes at all.
    expect(successes).toBeGreaterThan(100);
  });

  it('a look does not change the state that it was given', () => {
    fc.assert(
      fc.property(sequences, (looks) => {
        const state = Object.freeze(initialState(0));
        const before = JSON.stringify(state);
        for (const shown of looks) step(plan, state, shown, 2_500);
        expect(JSON.stringify(state)).toBe(before);
      }),
      { numRuns: 200 },
    );
  });
});
