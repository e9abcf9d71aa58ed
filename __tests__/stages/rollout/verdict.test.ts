import { describe, expect, it } from 'vitest';
import { absent, unreadable } from '../../../src/stages/rollout/observation.ts';
import {
  CHILD,
  deployment,
  entry,
  event,
  FOREIGN,
  finished,
  going,
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
  steps,
  task,
  verdictOf,
} from './observations.ts';

const denied = unreadable('ecs:ListServiceDeployments');
const old = entry(OLD, { status: 'ACTIVE', rolloutState: 'COMPLETED' });

describe('succeeded', () => {
  it('when our deployment is over and every running task runs what was pushed', () => {
    const verdict = verdictOf([look(finished)]);
    expect(verdict).toMatchObject({ result: 'succeeded', digests: [PUSHED], notes: [] });
  });

  it('when tasks report the digest of a manifest in the pushed index', () => {
    const verdict = verdictOf([look({ ...finished, runningTasks: [task(1, { digest: CHILD }), task(2)] })]);
    expect(verdict.result).toBe('succeeded');
  });

  it('by the list of deployments, where service deployments may not be read', () => {
    const verdict = verdictOf([look({ ...finished, serviceDeployment: denied })]);
    expect(verdict.result).toBe('succeeded');
  });

  it('with a note where some tasks report no digest', () => {
    const verdict = verdictOf([
      look({ ...finished, runningTasks: [task(1), task(2, { digest: undefined })] }),
    ]);
    expect(verdict.result).toBe('succeeded');
    expect(verdict.notes).toMatchObject([{ code: 'DG632', level: 'note' }]);
  });

  it("by the service revision's digest where no task reports one", () => {
    const tasks = [task(1, { digest: undefined }), task(2, { digest: undefined })];
    const verdict = verdictOf([look({ ...finished, runningTasks: tasks, revision: revision(PUSHED) })]);
    expect(verdict).toMatchObject({
      result: 'succeeded',
      digests: [PUSHED],
      notes: [{ code: 'DG632', level: 'note' }],
    });
  });

  it('by the service revision where tasks may not be read, naming the permission', () => {
    const shown = { ...finished, runningTasks: unreadable('ecs:DescribeTasks'), revision: revision(PUSHED) };
    expect(verdictOf([look(shown)])).toMatchObject({
      result: 'succeeded',
      notes: [{ code: 'DG633', title: expect.stringContaining('ecs:DescribeTasks') }],
    });
  });

  it('with a warning that names the permissions where nothing tells the digest', () => {
    const shown = {
      service: finished.service ?? absent,
      serviceDeployment: denied,
      runningTasks: unreadable('ecs:ListTasks'),
    };
    const verdict = verdictOf([look(shown)]);
    expect(verdict.result).toBe('succeeded');
    expect(verdict.notes).toMatchObject([
      { code: 'DG632', level: 'warning', fix: expect.stringContaining('ecs:ListTasks') },
    ]);
  });

  it('with desired count 0, saying that nothing runs', () => {
    const shown = {
      service: service([entry(OURS, { desired: 0, running: 0, rolloutState: 'COMPLETED' })], {
        desired: 0,
        running: 0,
      }),
      serviceDeployment: serviceDeployment('SUCCESSFUL'),
      runningTasks: [],
    };
    expect(verdictOf([look(shown)])).toMatchObject({
      result: 'succeeded',
      notes: [{ code: 'DG611', level: 'warning' }],
    });
  });
});

describe('not yet', () => {
  it.each([
    [
      'an old task runs still after early success',
      { ...finished, service: service([entry(OURS, { rolloutState: 'COMPLETED' }), { ...old, running: 1 }]) },
    ],
    [
      'an old task is in the task list still',
      { ...finished, runningTasks: [task(1), task(9, { deploymentId: OLD, digest: PUSHED })] },
    ],
    [
      'no task of ours runs at the moment',
      { ...finished, runningTasks: [task(1, { lastStatus: 'PENDING', digest: undefined })] },
    ],
    [
      'the service deployment bakes',
      {
        ...finished,
        serviceDeployment: serviceDeployment('IN_PROGRESS', {
          strategy: 'BLUE_GREEN',
          lifecycleStage: 'BAKE_TIME',
        }),
      },
    ],
    [
      'the list says completed and the service deployment does not',
      { ...finished, serviceDeployment: serviceDeployment('IN_PROGRESS') },
    ],
    ['the list is empty for a look', { ...going, service: service([]) }],
    [
      'it was scaled in the middle',
      { ...going, service: service([entry(OURS, { desired: 5, running: 2 }), old], { desired: 5 }) },
    ],
    ['the service is missing from one answer', { service: 'missing' as const }],
    ['AWS gave no answer', {}],
  ])('%s', (_, shown) => {
    expect(steps([look(shown)]).kind).toBe('waiting');
  });

  it('the list says completed, and the service deployment, which is readable, is to be read first', () => {
    const { serviceDeployment: _, ...listOnly } = finished;
    const last = steps([look(going), look(listOnly)]);
    expect(last.kind === 'waiting' && last.wants).toContainEqual({
      part: 'serviceDeployment',
      urgency: 'proof',
    });
  });

  it('a list that was stale does not count once it is right again', () => {
    const last = steps(
      [look(going), look({ ...going, service: service([]) }), look(going), look(finished)],
      1_000,
    );
    expect(last).toMatchObject({ kind: 'verdict', verdict: { result: 'succeeded' } });
  });

  it('shows a lifecycle hook that waits for a person, and is no failure', () => {
    const paused = serviceDeployment('IN_PROGRESS', {
      strategy: 'BLUE_GREEN',
      hooks: [{ status: 'AWAITING_ACTION' }],
    });
    const last = steps([look({ ...going, serviceDeployment: paused })]);
    expect(last.kind === 'waiting' && last.progress.stage).toContain('lifecycle hook waits');
  });
});

describe('another image', () => {
  it('is red at once where the service revision names it, before any task runs', () => {
    const verdict = verdictOf([look({ ...going, revision: revision(FOREIGN) })]);
    expect(verdict).toMatchObject({ result: 'failed', finding: { code: 'DG631' } });
    expect(verdict.finding?.detail).toContain(FOREIGN);
    expect(verdict.finding?.detail).toContain(PUSHED);
  });

  it('is red where one task of a finished deployment runs it', () => {
    const verdict = verdictOf([look({ ...finished, runningTasks: [task(1), task(2, { digest: FOREIGN })] })]);
    expect(verdict.finding?.code).toBe('DG631');
  });

  it('in a sidecar that is not ours is no matter', () => {
    const sidecar = { name: 'envoy', image: 'e/envoy:1', digest: FOREIGN };
    const both = task(1);
    const verdict = verdictOf([
      look({ ...finished, runningTasks: [{ ...both, containers: [...both.containers, sidecar] }] }),
    ]);
    expect(verdict.result).toBe('succeeded');
  });
});

describe('rolled back', () => {
  const back = service([entry(OLD, { rolloutState: 'COMPLETED' })]);
  const rest = { stoppedTasks: [], runningTasks: [task(9, { deploymentId: OLD, digest: OLD_DIGEST })] };

  it.each([
    [
      'DG601',
      {
        breaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
        statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      },
    ],
    ['DG602', { alarms: { status: 'TRIGGERED', triggered: ['web-5xx'] } }],
    ['DG603', { statusReason: 'Service deployment rolled back because of a StopServiceDeployment request.' }],
    ['DG624', { statusReason: 'Something new.' }],
    [
      'DG625',
      {
        statusReason:
          'Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. Lifecycle hook target arn:aws:lambda:us-west-2:1:function:hook returned FAILED status.',
      },
    ],
  ])('is %s by what ECS says', (code, more) => {
    const shown = {
      ...rest,
      service: back,
      serviceDeployment: serviceDeployment('ROLLBACK_SUCCESSFUL', more),
    };
    expect(verdictOf([look(shown)])).toMatchObject({ result: 'rolled-back', finding: { code } });
  });

  it.each([
    [
      { alarms: { status: 'TRIGGERED', triggered: ['web-5xx'] } },
      'ECS put the previous revision back, because the CloudWatch alarm web-5xx went off.',
    ],
    [
      { alarms: { status: 'TRIGGERED', triggered: ['web-5xx', 'web-slow'] } },
      'ECS put the previous revision back, because the CloudWatch alarms web-5xx and web-slow went off.',
    ],
    [
      { statusReason: 'Rolled back because of a StopServiceDeployment request.' },
      'ECS put the previous revision back, because somebody asked for it (StopServiceDeployment).',
    ],
    [
      { statusReason: 'PRE_SCALE_UP lifecycle hook(s) failed.' },
      'ECS put the previous revision back, because a lifecycle hook failed (PRE_SCALE_UP lifecycle hook(s) failed).',
    ],
    [{ statusReason: 'Something new.' }, 'ECS put the previous revision back (Something new).'],
  ])('says who did it, and why: %o', (more, sentence) => {
    const shown = {
      ...rest,
      service: back,
      serviceDeployment: serviceDeployment('ROLLBACK_SUCCESSFUL', more),
    };
    expect(verdictOf([look(shown)]).finding?.title).toBe(`web: ${sentence}`);
  });

  it.each([
    ['web-5xx', 'web-5xx'],
    ['High CPU', "'High CPU'"],
    ["x; it's $(id)", "'x; it'\\''s $(id)'"],
  ])('has a command that can be pasted, whatever the alarm is called: %s', (name, word) => {
    const alarms = { status: 'TRIGGERED', triggered: [name] };
    const shown = {
      ...rest,
      service: back,
      serviceDeployment: serviceDeployment('ROLLBACK_SUCCESSFUL', { alarms }),
    };
    expect(verdictOf([look(shown)]).finding?.fix).toContain(
      `\`aws cloudwatch describe-alarm-history --alarm-name ${word}\``,
    );
  });

  it('by a person where ROLLBACK_REQUESTED was seen and ECS gives no reason', () => {
    const requested = look({ ...going, serviceDeployment: serviceDeployment('ROLLBACK_REQUESTED') });
    const over = look({
      ...rest,
      service: back,
      serviceDeployment: serviceDeployment('ROLLBACK_SUCCESSFUL'),
    });
    expect(verdictOf([requested, over]).finding?.code).toBe('DG603');
  });

  it('waits while ECS rolls back', () => {
    const shown = look({ ...going, serviceDeployment: serviceDeployment('ROLLBACK_IN_PROGRESS') });
    expect(steps([shown, shown, shown]).kind).toBe('waiting');
  });

  it('is failed where the roll back failed', () => {
    const shown = { ...rest, service: back, serviceDeployment: serviceDeployment('ROLLBACK_FAILED') };
    expect(verdictOf([look(shown)])).toMatchObject({ result: 'failed', finding: { code: 'DG604' } });
  });

  it('by the list alone: a steady state of the old deployment is no success', () => {
    const first = look({ ...going, serviceDeployment: denied });
    const events = [
      event(60_000, `(service web) rolling back to deployment ${OLD}.`),
      event(59_000, `(service web) (deployment ${OURS}) deployment failed: tasks failed to start.`),
    ];
    const settled = service([entry(OLD, { rolloutState: 'COMPLETED' })], { events });
    const over = look({ ...rest, service: settled, serviceDeployment: denied });
    expect(verdictOf([first, over, over])).toMatchObject({
      result: 'rolled-back',
      finding: { code: 'DG601' },
    });
  });

  it('by the list alone, while the failed one is listed still', () => {
    const failedOurs = entry(OURS, {
      status: 'ACTIVE',
      rolloutState: 'FAILED',
      running: 0,
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    });
    const under = (state: string, running: number) =>
      look({
        ...rest,
        serviceDeployment: denied,
        service: service([
          entry(OLD, {
            rolloutState: state,
            running,
            rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${OLD}.`,
          }),
          failedOurs,
        ]),
      });
    expect(steps([under('IN_PROGRESS', 1)]).kind).toBe('waiting');
    expect(verdictOf([under('IN_PROGRESS', 1), under('COMPLETED', 2)]).result).toBe('rolled-back');
  });
});

describe('ended without a roll back', () => {
  const rest = { stoppedTasks: [], runningTasks: [], service: service([entry(OURS), old]) };

  it.each([
    [
      'DG605',
      { statusReason: 'Service deployment stopped because the circuit breaker threshold was exceeded.' },
    ],
    ['DG606', { alarms: { status: 'TRIGGERED', triggered: ['web-5xx'] } }],
    ['DG607', { statusReason: 'Service deployment stopped because of a StopServiceDeployment request.' }],
    ['DG607', {}],
  ])('is %s: STOPPED alone is not superseded', (code, more) => {
    const shown = { ...rest, serviceDeployment: serviceDeployment('STOPPED', more) };
    expect(verdictOf([look(shown)])).toMatchObject({ result: 'failed', finding: { code } });
  });

  it('is said to have been somebody, where it was', () => {
    const statusReason = 'Service deployment stopped because of a StopServiceDeployment request.';
    const shown = { ...rest, serviceDeployment: serviceDeployment('STOPPED', { statusReason }) };
    expect(verdictOf([look(shown)]).finding?.title).toBe(
      'web: somebody stopped the deployment (StopServiceDeployment), and nothing was put back.',
    );
  });

  it('by the list alone, where the circuit breaker does not roll back', () => {
    const halted = service(
      [
        entry(OURS, {
          rolloutState: 'FAILED',
          rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
        }),
        old,
      ],
      { breaker: { enabled: true, rollback: false } },
    );
    expect(verdictOf([look({ ...rest, service: halted, serviceDeployment: denied })]).finding?.code).toBe(
      'DG605',
    );
  });

  it('by the list alone, where there is nothing to roll back to', () => {
    const stuck = look({
      ...rest,
      service: service([entry(OURS, { rolloutState: 'FAILED' })]),
      serviceDeployment: denied,
    });
    expect(verdictOf(Array.from({ length: 30 }, () => stuck)).finding?.code).toBe('DG604');
  });
});

describe('superseded', () => {
  const taken = service([entry(NEWER, { running: 0 }), entry(OURS, { status: 'ACTIVE' }), old]);

  it('names the newer deployment, also where both began within seconds', () => {
    const verdict = verdictOf([
      look({ ...going, service: taken, serviceDeployment: serviceDeployment('STOPPED') }),
    ]);
    expect(verdict).toMatchObject({ result: 'superseded', newer: { id: NEWER }, finding: { code: 'DG608' } });
    expect(verdict.finding?.title).toContain(NEWER);
  });

  it('by the list alone, and it does not blame the circuit breaker', () => {
    const verdict = verdictOf([
      look({ ...going, serviceDeployment: denied }),
      look({ ...going, service: taken, serviceDeployment: denied }),
    ]);
    expect(verdict.result).toBe('superseded');
    expect(JSON.stringify(verdict)).not.toContain('circuit breaker');
  });

  it('even where ours was finished before: what runs is the newer one', () => {
    const verdict = verdictOf([look({ ...finished, service: taken })]);
    expect(verdict.result).toBe('superseded');
  });

  it('is not a deployment that was started before ours', () => {
    const earlier = entry('ecs-svc/0000000000000000009', { createdAt: 1 });
    const shown = look({
      ...going,
      service: service([earlier, entry(OURS, { status: 'ACTIVE' })]),
      serviceDeployment: denied,
    });
    expect(steps([shown, shown, shown]).kind).toBe('waiting');
  });

  it('is not the circuit breaker that stopped ours before somebody deployed anew', () => {
    const breaker = { status: 'TRIGGERED', failureCount: 3, threshold: 3 };
    const shown = { ...going, service: taken, serviceDeployment: serviceDeployment('STOPPED', { breaker }) };
    expect(verdictOf([look(shown)])).toMatchObject({ result: 'failed', finding: { code: 'DG605' } });
  });
});

describe('the service itself', () => {
  it.each(['DRAINING', 'INACTIVE'])('is gone when it is %s', (status) => {
    const verdict = verdictOf([look({ ...going, service: service([entry(OURS)], { status }) })]);
    expect(verdict).toMatchObject({
      result: 'failed',
      finding: {
        code: 'DG610',
        title: `web: somebody deleted the service during the rollout (it is ${status}): ECS stops its tasks.`,
      },
    });
  });

  it('is gone when two answers in a row miss it', () => {
    const missing = look({ service: 'missing' });
    expect(verdictOf([look(going), missing, missing]).finding?.code).toBe('DG610');
  });

  it('tells nothing of a deployment that was never listed', () => {
    const without = look({
      ...going,
      service: service([entry(OLD, { rolloutState: 'COMPLETED' })]),
      serviceDeployment: denied,
    });
    expect(verdictOf(Array.from({ length: 20 }, () => without)).finding?.code).toBe('DG634');
  });
});

describe('timed out', () => {
  const short = { ...plan, waitForMs: 10_000 };

  it('says what was waited for', () => {
    const verdict = verdictOf([look(going), look(going), look(going), look(going)], 3_000, short);
    expect(verdict).toMatchObject({ result: 'timed-out', finding: { code: 'DG609' } });
    expect(verdict.finding?.title).toContain('1 of 2 new tasks running');
  });

  it('comes without an answer of AWS too', () => {
    expect(verdictOf([look(going), look({}), look({}), look({})], 4_000, short).result).toBe('timed-out');
  });

  it('gives way to the end that the last look shows', () => {
    expect(verdictOf([look(going), look(finished)], 6_000, short).result).toBe('succeeded');
  });
});

describe('skewed clocks', () => {
  it('do not matter: AWS may be years ahead of the runner', () => {
    expect(deployment.deploymentId).toBe(OURS);
    const events = [
      event(1_000, '(service web) was unable to place a task. Reason: Capacity is unavailable at this time.'),
    ];
    const shown = look({
      ...going,
      service: service([entry(OURS, { running: 0 }), old], {
        events,
        breaker: { enabled: false, rollback: false },
      }),
    });
    expect(steps([shown, shown]).kind).toBe('waiting');
  });
});
