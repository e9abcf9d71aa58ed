import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import type { CancelAfter } from '../../sandbox/runner/run-action.ts';
import { changes, type DeployOptions, deploy } from './deploy.ts';

/** A docker whose build never ends, and starts a child as a real one does. */
const folder = mkdtempSync(join(tmpdir(), 'slow-docker-'));
afterAll(() => rmSync(folder, { recursive: true }));
const SLOW_DOCKER = `#!/bin/sh
case "$1" in
  version) echo '{"Client":{"Version":"28.0.0"},"Server":{"Version":"28.0.0"}}' ;;
  buildx) echo "docker: unknown command: docker buildx" >&2; exit 1 ;;
  login) cat >/dev/null; echo "Login Succeeded" ;;
  build) echo "Step 1/2 : FROM scratch"; sleep 600 & sleep 600 ;;
esac
`;
writeFileSync(join(folder, 'docker'), SLOW_DOCKER, { mode: 0o755 });

interface Cancel extends DeployOptions {
  readonly name: string;
  readonly cancelAfter: CancelAfter;
  /** What Slack has to say. */
  readonly says: string;
  readonly deployments: number;
}

const inPreflight: CancelAfter = { when: (log) => log.includes('deploy-guard 0.') };
const inBuild: CancelAfter = { when: (log) => log.includes('Step 1/2') };
const inRollout: CancelAfter = { when: (log) => log.includes('started: 2 tasks wanted') };
const hanging = { faults: [{ service: 'sts', operation: 'GetCallerIdentity', kind: 'hang' }] } as const;

const cancels: readonly Cancel[] = [
  {
    name: 'the preflight',
    cancelAfter: inPreflight,
    sandbox: hanging,
    says: 'before any service was changed',
    deployments: 0,
  },
  {
    name: 'the build',
    cancelAfter: inBuild,
    run: { path: [folder] },
    says: 'before any service was changed',
    deployments: 0,
  },
  {
    name: 'the rollout',
    cancelAfter: inRollout,
    speed: 1,
    says: 'the rollout goes on in ECS',
    deployments: 1,
  },
];

describe.concurrent.each(cancels)('cancelled in $name', ({ cancelAfter, says, deployments, ...options }) => {
  it('is over in time, with one message that says what is true, and nothing left behind', async ({
    expect,
  }) => {
    const { run, truth } = await deploy({ ...options, run: { ...options.run, cancelAfter } });
    expect(run.main.signalsSent).toEqual(['SIGINT']);
    expect(run.outputs['result'], run.log).toBe('cancelled');
    expect(truth.slackRequests).toBe(1);
    expect(JSON.stringify(truth.slackMessages[0]?.payload)).toContain(says);
    expect(truth.deploymentsStarted).toHaveLength(deployments);
    const id = truth.deploymentsStarted[0]?.deploymentId;
    if (id) expect(JSON.stringify(truth.slackMessages[0]?.payload)).toContain(id);
    expect(run.orphans).toEqual([]);
    expect(run.filesLeft()).toEqual([]);
  });
});

describe.concurrent.each(cancels)('killed in $name', ({ cancelAfter, says, deployments, ...options }) => {
  it('lets post tell, once, what is known', async ({ expect }) => {
    const { run, truth } = await deploy({
      ...options,
      run: { ...options.run, cancelAfter: { ...cancelAfter, signals: 'SIGKILL' } },
    });
    expect(run.main.signal).toBe('SIGKILL');
    expect(run.post?.exitCode).toBe(0);
    expect(truth.slackRequests).toBe(1);
    const said = JSON.stringify(truth.slackMessages[0]?.payload);
    expect(said).toContain(deployments > 0 ? 'the rollout goes on in ECS' : 'No service was changed');
    for (const { deploymentId } of truth.deploymentsStarted) expect(said).toContain(deploymentId);
    expect(run.filesLeft()).toEqual([]);
  });
});

describe('a Slack that does not answer', () => {
  it('is asked once, by main and post together, and the deploy stays green', async ({ expect }) => {
    const { run, truth } = await deploy({
      sandbox: { slack: { behaviour: 'hang' } },
      run: { timeoutMs: 60_000 },
    });
    expect(truth.slackRequests).toBe(1);
    expect(run.outputs['result']).toBe('succeeded');
    expect(run.main.exitCode).toBe(0);
    expect(run.annotations.map(({ message }) => message.slice(0, 5))).toEqual(['DG801']);
    expect(run.summary).toContain('could not be delivered');
  });

  it('and one that cuts the line after taking the message is not asked again', async ({ expect }) => {
    const { run, truth } = await deploy({ sandbox: { slack: { behaviour: 'reset-after-receipt' } } });
    expect(truth.slackRequests).toBe(1);
    expect(truth.slackMessages).toHaveLength(1);
    expect(run.main.exitCode).toBe(0);
  });

  it('and one that limits us is asked again, and gets one message', async ({ expect }) => {
    const slack = { behaviour: ['rate_limited', 'server_error', 'ok'], retryAfterSeconds: 1 } as const;
    const { run, truth } = await deploy({ sandbox: { slack } });
    expect(truth.slackMessages).toHaveLength(1);
    expect(run.log).toContain('Slack told.');
  });

  it('and one that is gone makes no deploy red', async ({ expect }) => {
    const { run, truth } = await deploy({ sandbox: { slack: { behaviour: 'no_service' } } });
    expect(truth.slackMessages).toHaveLength(0);
    expect(run.main.exitCode).toBe(0);
    expect(run.log).toContain('the webhook was removed or disabled');
  });
});

describe('slack-notify', () => {
  it.each([
    ['failure', {}, 0],
    ['success', {}, 1],
    ['never', {}, 0],
    ['success', { JWT_SECRET: undefined }, 0],
    ['failure', { JWT_SECRET: undefined }, 1],
  ] as const)('%s with %o sends %i', async (notify, env, messages) => {
    const { truth } = await deploy({ inputs: { 'slack-notify': notify }, env });
    if (truth.slackMessages.length !== messages)
      throw new Error(`sent ${truth.slackMessages.length}, not ${messages}`);
  });
});

describe('a run that changes nothing', () => {
  it('changes nothing when cancelled in the preflight', async ({ expect }) => {
    const deployed = await deploy({ sandbox: hanging, run: { cancelAfter: inPreflight } });
    expect(changes(deployed)).toEqual([]);
  });
});
