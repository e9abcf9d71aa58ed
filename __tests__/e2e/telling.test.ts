import { join } from 'node:path';
import { describe, it } from 'vitest';
import { changes, type Deployed, type DeployOptions, deploy } from './deploy.ts';

type End =
  | 'lose the state'
  | 'throw'
  | 'reject'
  | 'exit'
  | 'wait for nothing'
  | 'out of memory'
  | 'SIGKILL'
  | 'SIGABRT';

/** The environment that makes main end so, once its log has this text. */
function breaking(how: End, at: string, afterMs = 0): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--max-old-space-size=150 --require ${join(import.meta.dirname, 'break-main.cjs')}`,
    BREAK_AT: at,
    BREAK_HOW: how,
    BREAK_AFTER_MS: String(afterMs),
  };
}

const IN_ROLLOUT = 'started: 2 tasks wanted';
const TELLING = '✓ Deployed';

function said({ truth }: Deployed): string {
  return truth.slackMessages.map(({ payload }) => JSON.stringify(payload)).join('\n');
}

describe.concurrent.each<End>(['throw', 'reject', 'exit', 'out of memory', 'SIGABRT'])(
  'a main process that ends by %s during the rollout',
  (how) => {
    it('is told once, by post: the deployment that goes on, and how to stop it', async ({ expect }) => {
      const deployed = await deploy({ speed: 1, env: breaking(how, IN_ROLLOUT) });
      const { run, truth } = deployed;
      expect(run.main.exitCode === 0, run.log).toBe(false);
      expect(truth.slackRequests).toBe(1);
      expect(truth.slackMessages).toHaveLength(1);
      for (const { deploymentId } of truth.deploymentsStarted) expect(said(deployed)).toContain(deploymentId);
      expect(said(deployed)).toContain('stop-service-deployment --stop-type ROLLBACK');
      expect(said(deployed)).toContain('cut short');
      expect(run.summary).toContain('DG902');
      expect(run.annotations.map(({ message }) => message.slice(0, 5))).toContain('DG902');
      expect(truth.deploymentsStarted).toHaveLength(1);
      expect(changes(deployed)).not.toContain('StopServiceDeployment');
      expect([run.orphans, run.filesLeft()]).toEqual([[], []]);
    });
  },
);

describe.concurrent('a main process with nothing left to wait for', () => {
  it('is red, and says that this is a bug', async ({ expect }) => {
    const { run, truth } = await deploy({
      sandbox: { faults: [{ service: 'sts', kind: 'hang', times: 99 }] },
      env: breaking('wait for nothing', 'deploy-guard '),
    });
    expect(run.main.exitCode, run.log).toBe(1);
    expect(run.outputs['failure-code']).toBe('DG901');
    expect(run.log).toContain('waited for what nothing could bring');
    expect(truth.slackRequests).toBe(1);
  });
});

describe.concurrent('a main process that ends while it tells Slack', () => {
  const hanging: DeployOptions = { sandbox: { slack: { behaviour: 'hang' } } };
  const limited: DeployOptions = {
    sandbox: { slack: { behaviour: ['rate_limited', 'ok'], retryAfterSeconds: 30 } },
  };

  it('leaves a message that is on its way alone', async ({ expect }) => {
    const { run, truth } = await deploy({ ...hanging, env: breaking('SIGKILL', TELLING, 1_500) });
    expect(run.main.signal).toBe('SIGKILL');
    expect(truth.slackRequests).toBe(1);
    expect(run.log).toContain('it is not sent again');
    // The run's page was complete before.
    expect(run.outputs['result']).toBe('succeeded');
    expect(run.summary.match(/^## /gm)).toHaveLength(1);
  });

  it('has one that was refused for now sent by post', async ({ expect }) => {
    const deployed = await deploy({ ...limited, env: breaking('SIGKILL', TELLING, 1_500) });
    expect(deployed.run.main.signal).toBe('SIGKILL');
    expect(deployed.truth.slackMessages).toHaveLength(1);
    expect(said(deployed)).toContain('✅');
    expect(deployed.run.log).not.toContain('ended before it could tell');
  });

  it('has it sent by post when the job is cancelled meanwhile', async ({ expect }) => {
    const deployed = await deploy({
      ...limited,
      run: { cancelAfter: { when: (log) => log.includes(TELLING) } },
    });
    expect(deployed.run.main.signalsSent).toEqual(['SIGINT']);
    expect(deployed.truth.slackMessages).toHaveLength(1);
  });

  it('has post say nothing once it is told', async ({ expect }) => {
    const { run, truth } = await deploy({ env: breaking('SIGKILL', 'Slack told.') });
    expect(truth.slackRequests).toBe(1);
    expect(run.post?.log.lines.filter((line) => line !== 'Post job cleanup.')).toEqual([]);
    expect(run.filesLeft()).toEqual([]);
  });
});

describe.concurrent('a runner whose disk is full', () => {
  it('has people told once, and post knows how the run ended', async ({ expect }) => {
    const { run, truth } = await deploy({ env: breaking('lose the state', '✓ image') });
    expect(run.main.exitCode, run.log).toBe(0);
    expect(run.log).toContain('DG805');
    expect(truth.slackRequests).toBe(1);
    expect(run.post?.log.lines.filter((line) => line !== 'Post job cleanup.')).toEqual([]);
    expect(run.filesLeft()).toEqual([]);
  });
});

describe.concurrent('a Slack that is down', () => {
  it('is tried by main and again by post, in bounded time, and the deploy stays green', async ({
    expect,
  }) => {
    const { run, truth } = await deploy({
      sandbox: { slack: { behaviour: 'server_error' } },
      run: { timeoutMs: 60_000 },
    });
    expect(run.main.exitCode).toBe(0);
    expect(run.conclusion).toBe('success');
    expect(truth.slackRequests).toBeGreaterThan(4);
    expect(truth.slackRequests).toBeLessThanOrEqual(8);
    expect(truth.slackMessages).toEqual([]);
    expect(run.annotations.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^DG801 .*500/),
    );
  });

  it('and a webhook that is gone is not tried again by post', async ({ expect }) => {
    const { truth } = await deploy({ sandbox: { slack: { behaviour: 'no_service' } } });
    expect(truth.slackRequests).toBe(1);
  });
});
