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
