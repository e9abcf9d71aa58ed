import { describe, expect, it } from 'vitest';
import { absent, type Observation, unreadable } from '../../../src/stages/rollout/observation.ts';
import {
  deployment,
  entry,
  event,
  failed,
  going,
  look,
  OLD,
  OURS,
  plan,
  service,
  serviceDeployment,
  steps,
  task,
  verdictOf,
} from './observations.ts';

const old = entry(OLD, { status: 'ACTIVE', rolloutState: 'COMPLETED' });
const noBreaker = { breaker: { enabled: false, rollback: false } };
type Tasks = ReturnType<typeof task>[];

/** A look at a service without a circuit breaker in which these tasks of ours have failed. */
function without(stopped: Tasks, running: Tasks = [], more: Parameters<typeof service>[1] = {}): Observation {
  const ours = entry(OURS, { running: running.length, failedTasks: 0 });
  return look({
    service: service([ours, old], { ...noBreaker, ...more }),
    serviceDeployment: serviceDeployment('IN_PROGRESS', {
      target: { arn: 'r/2', requested: 2, running: running.length, pending: 0 },
    }),
    stoppedTasks: stopped,
    runningTasks: running,
    log: { taskArn: 't', container: 'app', lines: ['booting'] },
  });
}

/** The same with one; `counted` is how many failures it has counted. */
function withBreaker(stopped: Tasks, counted: number): Observation {
  const breaker = { status: 'MONITORING', failureCount: counted, threshold: 3 };
  return look({
    service: service([entry(OURS, { running: 0, failedTasks: counted }), old]),
    serviceDeployment: serviceDeployment('IN_PROGRESS', {
      breaker,
      target: { arn: 'r/2', requested: 2, running: 0, pending: 0 },
    }),
    stoppedTasks: stopped,
    runningTasks: [],
    log: { taskArn: 't', container: 'app', lines: ['booting'] },
  });
}

const crash = (n: number, at: number) => failed(n, at, 20, { exitCode: 1 });

describe('a crash loop without a circuit breaker', () => {
  it('is red at the third failure in a row, and tells how', () => {
    const verdict = verdictOf([
      without([crash(1, 0)]),
      without([crash(1, 0), crash(2, 30)]),
      without([crash(1, 0), crash(2, 30), crash(3, 60)]),
    ]);
    expect(verdict).toMatchObject({ result: 'failed', finding: { code: 'DG612' } });
    expect(verdict.finding?.title).toBe(
      'web: the new tasks crash at start (3 of 3, exit code 1 within 4 s).',
    );
    expect(verdict.finding?.detail).toContain('| booting');
  });

  it('waits on where both tasks failed twice and nothing more: a start may stumble', () => {
    const twice = [crash(1, 0), crash(2, 1), crash(3, 30), crash(4, 31)];
    expect(steps([without(twice)]).kind).toBe('waiting');
  });

  it('is no loop where ten tasks that started together failed together', () => {
    expect(steps([without(Array.from({ length: 10 }, (_, i) => crash(i, 0)))]).kind).toBe('waiting');
  });

  it('waits on while a task of ours runs well: twice as long as any that failed', () => {
    const three = [crash(1, 0), crash(2, 30), crash(3, 60)];
    const healthy = task(9, { startedAt: 1_900_000_000_000 + 20_000 });
    expect(steps([without(three, [healthy])]).kind).toBe('waiting');
    const justStarted = task(9, { startedAt: 1_900_000_000_000 + 79_000 });
    expect(steps([without(three, [justStarted])]).kind).toBe('verdict');
  });

  it('recovers: fails twice, then runs and completes', () => {
    const over = look({
      service: service([entry(OURS, { rolloutState: 'COMPLETED' })], noBreaker),
      serviceDeployment: serviceDeployment('SUCCESSFUL'),
      runningTasks: [task(8), task(9)],
    });
    const verdict = verdictOf([without([crash(1, 0)]), without([crash(1, 0), crash(2, 30)]), over]);
    expect(verdict.result).toBe('succeeded');
  });

  it('goes on to the time-out where fail-fast is off', () => {
    const loop = without([crash(1, 0), crash(2, 30), crash(3, 60), crash(4, 90)]);
    const patient = { ...plan, failFast: false, waitForMs: 60_000 };
    expect(steps([loop, loop], 3_000, patient).kind).toBe('waiting');
    const verdict = verdictOf([loop, loop, loop], 30_000, patient);
    expect(verdict).toMatchObject({ result: 'timed-out', finding: { code: 'DG609' } });
    expect(verdict.finding?.title).toContain('crash at start');
  });

  it('of an older deployment is no matter', () => {
    const theirs = [crash(1, 0), crash(2, 30), crash(3, 60)].map((t) => ({ ...t, deploymentId: OLD }));
    expect(steps([without(theirs)]).kind).toBe('waiting');
  });
});

describe('causes that waiting does not cure', () => {
  const start = (reason: string, n: number) =>
    failed(n, 0, 10, { stopCode: 'TaskFailedToStart', stoppedReason: reason });
  it.each([
    ['DG613', 'CannotPullContainerError: manifest unknown'],
    ['DG614', 'ResourceInitializationError: unable to retrieve secret from asm: ResourceNotFoundException'],
    [
      'DG615',
      'ResourceInitializationError: AccessDeniedException: not authorized to perform: ecr:GetAuthorizationToken',
    ],
    [
      'DG616',
      'ResourceInitializationError: failed to validate logger args: The specified log group does not exist.',
    ],
    [
      'DG619',
      "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/amd64'",
    ],
  ])('%s is red at the second failed task', (code, reason) => {
    expect(steps([without([start(reason, 1)])]).kind).toBe('waiting');
    expect(verdictOf([without([start(reason, 1), start(reason, 2)])])).toMatchObject({
      result: 'failed',
      finding: { code },
    });
  });

  it.each([
    [
      'DG617',
      'Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet',
    ],
    [
      'DG618',
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
    ],
    ['DG620', 'OutOfMemoryError: Container killed due to memory usage'],
    ['DG621', 'Task failed ELB health checks in (target-group web)'],
    ['DG622', 'Task failed container health checks'],
    ['DG623', 'CannotStartContainerError: executable file not found'],
  ])('%s has the patience of a crash', (code, reason) => {
    const at = (n: number, seconds: number) => failed(n, seconds, 20, { stoppedReason: reason });
    expect(steps([without([at(1, 0), at(2, 30)])]).kind).toBe('waiting');
    expect(verdictOf([without([at(1, 0), at(2, 30), at(3, 60)])]).finding?.code).toBe(code);
  });
});

describe('events that tell of no task at all', () => {
  const capacity = event(
    5_000,
    '(service web) was unable to place a task. Reason: Capacity is unavailable at this time.',
  );

  it('no capacity is red after its patience, and later where instances can be added', () => {
    const short = Array.from({ length: 29 }, () => without([], [], { events: [capacity] }));
    expect(steps(short).kind).toBe('waiting');
    const shown = Array.from({ length: 32 }, () => without([], [], { events: [capacity] }));
    expect(verdictOf(shown).finding?.code).toBe('DG618');
    const scaling = Array.from({ length: 32 }, () =>
      without([], [], { events: [capacity], scalesOut: true }),
    );
    expect(steps(scaling).kind).toBe('waiting');
  });

  it('a task that could be placed after all ends it', () => {
    const placed = event(9_000, '(service web) has started 1 tasks: (task 953b048f762e).');
    const shown = Array.from({ length: 60 }, () => without([], [], { events: [placed, capacity] }));
    expect(steps(shown).kind).toBe('waiting');
  });

  it('an event of the deployment before is no evidence', () => {
    const before = { ...capacity, at: capacity.at - 600_000 };
    const shown = Array.from({ length: 60 }, () => without([], [], { events: [before] }));
    expect(steps(shown).kind).toBe('waiting');
  });

  it('ECS says itself that starts fail: red, also where tasks may not be read', () => {
    const impaired = event(90_000, '(service web) is unable to consistently start tasks successfully.');
    const denied = unreadable('ecs:ListTasks');
    const shown = { ...without([], [], { events: [impaired] }), stoppedTasks: denied, runningTasks: denied };
    const verdict = verdictOf([shown]);
    expect(verdict.finding?.code).toBe('DG623');
    expect(verdict.notes).toMatchObject([{ code: 'DG633', title: expect.stringContaining('ecs:ListTasks') }]);
  });

  it('a role that cannot be assumed', () => {
    const role = event(
      5_000,
      "(service web) failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::1:role/x').",
    );
    const shown = Array.from({ length: 25 }, () => without([], [], { events: [role] }));
    expect(verdictOf(shown).finding?.code).toBe('DG615');
  });
});

describe('a circuit breaker that is on', () => {
  const three = [crash(1, 0), crash(2, 30), crash(3, 60)];

  it('is waited for while it counts, and its verdict is rolled-back with the diagnosis', () => {
    const counting = [
      withBreaker([crash(1, 0)], 1),
      withBreaker(three.slice(0, 2), 2),
      withBreaker(three, 3),
    ];
    const last = steps(counting);
    expect(last.kind).toBe('waiting');
    expect(last.kind === 'waiting' && last.progress.trouble).toContain('circuit breaker: 3 of 3');
    const over = look({
      service: service([entry(OLD, { rolloutState: 'COMPLETED' })]),
      serviceDeployment: serviceDeployment('ROLLBACK_SUCCESSFUL', {
        breaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
      }),
      stoppedTasks: three,
      runningTasks: [task(9, { deploymentId: OLD })],
      log: { taskArn: 't', container: 'app', lines: ['RuntimeError: DATABASE_URL is not set'] },
    });
    const verdict = verdictOf([...counting, over]);
    expect(verdict).toMatchObject({ result: 'rolled-back', finding: { code: 'DG612' } });
    expect(verdict.finding?.title).toContain("ECS's circuit breaker put the previous revision back");
    expect(verdict.finding?.fix).toContain('DATABASE_URL');
  });

  it('shows the diagnosis at the first failure', () => {
    const last = steps([withBreaker([crash(1, 0)], 0)]);
    expect(last.kind === 'waiting' && last.progress.trouble).toContain('crash at start (1 of 1, exit code 1');
  });

  it('is not waited for where it never counts: exits after RUNNING', () => {
    expect(steps([withBreaker(three, 0)]).kind).toBe('waiting');
    expect(verdictOf([withBreaker([...three, crash(4, 90)], 0)])).toMatchObject({
      result: 'failed',
      finding: { code: 'DG612' },
    });
  });
});

describe('a verdict waits for its diagnosis', () => {
  const loop = without([crash(1, 0), crash(2, 30), crash(3, 60)]);
  const { log: _, ...noLog } = loop;

  it('asks for the log first', () => {
    const last = steps([{ ...noLog, log: { kind: 'not-read' } }]);
    expect(last.kind === 'waiting' && last.wants.map(({ part }) => part)).toEqual(['log']);
  });

  it('but not for longer than some seconds', () => {
    const without = { ...noLog, log: { kind: 'not-read' } } as const;
    expect(verdictOf([without, without, without]).finding?.code).toBe('DG612');
  });

  it('and stands where the log may not be read, naming the permission', () => {
    const verdict = verdictOf([{ ...noLog, log: unreadable('logs:GetLogEvents') }]);
    expect(verdict.finding?.code).toBe('DG612');
    expect(verdict.notes).toMatchObject([
      { code: 'DG633', title: expect.stringContaining('logs:GetLogEvents') },
    ]);
    expect(deployment.service).toBe('web');
  });
});

describe('an exit code in a sentence', () => {
  const said = (stoppedReason: string, exitCode: number) => {
    const calm = service([entry(OURS, { running: 0 })], { breaker: { enabled: false, rollback: false } });
    const stoppedTasks = [0, 1, 2].map((n) => failed(n, n * 90, 62, { stoppedReason, exitCode }));
    return verdictOf([look({ ...going, service: calm, stoppedTasks, log: absent })]).finding?.title;
  };

  it('is left out where a health check is the cause', () => {
    expect(said('Task failed ELB health checks in (target-group arn:aws:x)', 143)).toMatch(
      /check \(3 of 5\)\.$/,
    );
    expect(said('Task stopped: failed its health check', 143)).not.toMatch(/exit code|within/);
  });

  it('is left out where it is 0', () => {
    expect(said('Essential container in task exited', 0)).toBe(
      'web: the new tasks crash at start (3 of 5, within 4 s).',
    );
  });
});
