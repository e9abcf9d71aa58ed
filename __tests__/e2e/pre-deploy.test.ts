import { describe, it } from 'vitest';
import { success } from '../../sandbox/scenarios/success.ts';
import { deploy } from './deploy.ts';

const MIGRATE = { 'pre-deploy-command': 'alembic upgrade head' };

describe.concurrent('pre-deploy-command', () => {
  it('runs once, as a task of the new image, before latest moves and the service changes', async ({
    expect,
  }) => {
    const { run, truth } = await deploy({ inputs: MIGRATE });
    const digest = run.outputs['image-digest'];
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(truth.oneOffTasks).toMatchObject([
      { command: ['alembic', 'upgrade', 'head'], digests: [digest], exitCode: 0, lastStatus: 'STOPPED' },
    ]);
    const order = truth.calls.map(({ operation }) => operation);
    expect(order.indexOf('RunTask')).toBeLessThan(order.indexOf('UpdateService'));
    const ranAt = truth.calls.find(({ operation }) => operation === 'RunTask')?.at ?? 0;
    const latest = truth.tagMoves.filter(({ tag }) => tag === 'latest').at(-1);
    expect(latest?.at).toBeGreaterThan(ranAt);
    const service = truth.calls.find(({ operation }) => operation === 'RunTask')?.input;
    expect(service).toMatchObject({
      networkConfiguration: { awsvpcConfiguration: {} },
      clientToken: expect.any(String),
    });
    expect(truth.updateServiceCalls[0]?.input).not.toHaveProperty('taskDefinition');
    // The revision that only the task needed is out of use again.
    const gone = truth.calls.find(({ operation }) => operation === 'DeregisterTaskDefinition');
    expect(gone?.input).toMatchObject({ taskDefinition: expect.stringMatching(/dyno-agent:58$/) });
    expect(gone?.errorCode).toBeUndefined();
  });

  it('does not run where it is gone back: the image before knows nothing of what came after it', async ({
    expect,
  }) => {
    const tag = 'a31be07d5c2946f8b01e7a3d94c5f26087be9d13';
    const { run, truth } = await deploy({ inputs: { ...MIGRATE, mode: 'rollback', 'image-tag': tag } });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(truth.oneOffTasks).toEqual([]);
    expect(truth.calls.map(({ operation }) => operation)).not.toContain('RegisterTaskDefinition');
    expect(run.log).toContain('alembic upgrade head: not run, because a roll back migrates nothing');
  });

  it('says which revision stays registered where the role may not take it out of use', async ({ expect }) => {
    const denied = ['ecs:DeregisterTaskDefinition'];
    const { run } = await deploy({ inputs: MIGRATE, sandbox: { denied } });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(run.log).toContain(
      'dyno-agent:58, which only this task needed, stays registered: `ecs:DeregisterTaskDefinition` is denied',
    );
  });

  it('stops the deploy where it fails: latest does not move, no service changes, its log is shown', async ({
    expect,
  }) => {
    const { run, truth } = await deploy({ scenario: 'migration-fails' });
    expect(run.outputs, run.log).toMatchObject({ result: 'failed', 'failure-code': 'DG571' });
    expect(run.log).toContain('relation "runs" is locked');
    expect(truth.deploymentsStarted).toEqual([]);
    const latest = truth.images['dyno-agent']?.find(({ tags }) => tags.includes('latest'));
    expect(latest?.digest).toBe(run.outputs['previous-image']?.split('@')[1]);
    expect(truth.slackMessages).toHaveLength(1);
    expect(JSON.stringify(truth.slackMessages[0]?.payload)).toContain('relation');
  });

  it('is stopped when the run is cancelled', async ({ expect }) => {
    const { run, truth } = await deploy({
      speed: 1,
      inputs: MIGRATE,
      sandbox: {
        scenario: { ...success, oneOffTask: { exitCode: 0, seconds: 600 } },
      },
      run: { cancelAfter: { when: (log) => log.includes('of dyno-agent:58 started') } },
    });
    expect(run.main.signalsSent).toEqual(['SIGINT']);
    expect(run.outputs['result'], run.log).toBe('cancelled');
    const operations = truth.calls.map(({ operation }) => operation);
    expect(operations).toContain('StopTask');
    expect(operations).toContain('DeregisterTaskDefinition');
    expect(truth.deploymentsStarted).toEqual([]);
  });

  it('shows its log while it runs', async ({ expect }) => {
    const log = [
      'INFO  Context impl PostgresqlImpl.',
      '::set-output name=result::succeeded',
      'step 2 of 600',
    ];
    const { run, truth } = await deploy({
      speed: 1,
      inputs: MIGRATE,
      sandbox: { scenario: { ...success, oneOffTask: { exitCode: 0, seconds: 12, log } } },
      // The task has seconds to go when its third line is written: only a log that is followed shows it.
      run: { cancelAfter: { when: (shown) => shown.includes('step 2 of 600') } },
    });
    expect(run.outputs['result'], run.log).toBe('cancelled');
    expect(run.log).toContain('  | INFO  Context impl PostgresqlImpl.');
    expect(run.log).toContain('  | : :set-output name=result::succeeded');
    const asked = truth.calls.filter(({ operation }) => operation === 'GetLogEvents');
    expect(asked.length).toBeGreaterThan(1);
  });

  it('goes by the exit code where the log may not be read, or is not there', async ({ expect }) => {
    const denied = await deploy({ inputs: MIGRATE, sandbox: { denied: ['logs:GetLogEvents'] } });
    expect(denied.run.outputs['result'], denied.run.log).toBe('succeeded');
    expect(denied.run.log).toContain("its log can't be shown: logs:GetLogEvents is denied");
    const container = { logConfiguration: { logDriver: 'json-file' as const } };
    const none = await deploy({ inputs: MIGRATE, scenario: { ...success, world: { container } } });
    expect(none.run.outputs['result'], none.run.log).toBe('succeeded');
    expect(none.run.log).toContain('its log is not shown');
  });

  it.for([
    ['is asked for again with the same token', { times: 1 }],
    ['is looked for by its name, where no answer comes at all', {}],
  ] as const)('runs once where the answer to RunTask is lost: it %s', async ([, times], { expect }) => {
    const faults = [{ service: 'ecs', operation: 'RunTask', kind: 'reset-after', ...times }] as const;
    const { run, truth } = await deploy({ inputs: MIGRATE, sandbox: { faults } });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(truth.oneOffTasks).toHaveLength(1);
  });

  it.for([
    [
      { kind: 'not-placed', because: 'RESOURCE:MEMORY' },
      'DG574',
      /no container instance has enough memory left \(RESOURCE:MEMORY\)/,
    ],
    [
      {
        kind: 'fails-to-start',
        stage: 'pull',
        stoppedReason: 'CannotPullContainerError: pull access denied',
      },
      'DG572',
      /never ran: CannotPullContainerError/,
    ],
    [
      { exitCode: 137, seconds: 4, reason: 'OutOfMemoryError: Container killed due to memory usage' },
      'DG571',
      /exit code 137 \(OutOfMemoryError/,
    ],
  ] as const)('says why it did not run to its end: %j', async ([oneOffTask, code, words], { expect }) => {
    const { run, truth } = await deploy({ inputs: MIGRATE, scenario: { ...success, oneOffTask } });
    expect(run.outputs, run.log).toMatchObject({ result: 'failed', 'failure-code': code });
    expect(run.outputs['failure-reason']).toMatch(words);
    expect(truth.deploymentsStarted).toEqual([]);
    // What was registered for the task alone is out of use again, however it ended.
    const gone = truth.calls.filter(({ operation }) => operation === 'DeregisterTaskDefinition');
    expect(gone).toHaveLength(1);
  });

  it('stops the task where it may not look at it', async ({ expect }) => {
    const { run, truth } = await deploy({
      inputs: MIGRATE,
      scenario: { ...success, oneOffTask: { exitCode: 0, seconds: 600 } },
      sandbox: { denied: ['ecs:DescribeTasks'] },
    });
    expect(run.outputs, run.log).toMatchObject({ result: 'failed', 'failure-code': 'DG575' });
    expect(run.outputs['failure-reason']).toContain('ecs:DescribeTasks is denied');
    expect(truth.calls.map(({ operation }) => operation)).toContain('StopTask');
    expect(truth.deploymentsStarted).toEqual([]);
  });

  it('says which permission is missing', async ({ expect }) => {
    const { run, truth } = await deploy({ inputs: MIGRATE, sandbox: { denied: ['ecs:RunTask'] } });
    expect(run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG574' });
    expect(run.log).toContain('ecs:RunTask is denied');
    expect(truth.deploymentsStarted).toEqual([]);
  });

  it('shares the revision of a pinned service', async ({ expect }) => {
    const { run, truth } = await deploy({ inputs: { ...MIGRATE, rollout: 'pin' } });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(truth.calls.filter(({ operation }) => operation === 'RegisterTaskDefinition')).toHaveLength(1);
  });
});
