import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, type ExpectStatic, expect, it } from 'vitest';
import type { CancelAfter } from '../../sandbox/runner/run-action.ts';
import { changes, type Deployed, type DeployOptions, deploy } from './deploy.ts';

/** dockers that never end what they are doing, and start a child as real ones do. */
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function dockerThatHangs(at: 'build' | 'push'): string {
  const folder = mkdtempSync(join(tmpdir(), 'slow-docker-'));
  folders.push(folder);
  const script = `#!/bin/sh
case "$1" in
  version) echo '{"Client":{"Version":"28.0.0"},"Server":{"Version":"28.0.0"}}' ;;
  buildx) echo "docker: unknown command: docker buildx" >&2; exit 1 ;;
  login) cat >/dev/null; echo "Login Succeeded" ;;
  build) echo "Step 1/2 : FROM scratch"; ${at === 'build' ? 'sleep 600 & sleep 600' : ':'} ;;
  push) echo "The push refers to repository"; sleep 600 & sleep 600 ;;
esac
`;
  writeFileSync(join(folder, 'docker'), script, { mode: 0o755 });
  return folder;
}

interface Cancel extends DeployOptions {
  readonly name: string;
  readonly cancelAfter: CancelAfter;
  /** What Slack has to say. */
  readonly says: RegExp;
  /** The same where main is killed, and post tells. */
  readonly saysPost: RegExp;
  readonly deployments: number;
}

const once = (text: string): CancelAfter => ({ when: (log) => log.includes(text) });
const hanging = { faults: [{ service: 'sts', operation: 'GetCallerIdentity', kind: 'hang' }] } as const;
const untouched = { says: /before any service was changed/, saysPost: /No service was changed/ };

const cancels: readonly Cancel[] = [
  {
    name: 'the preflight',
    cancelAfter: once('deploy-guard 0.'),
    sandbox: hanging,
    ...untouched,
    deployments: 0,
  },
  {
    name: 'the build',
    cancelAfter: once('Step 1/2'),
    run: { path: [dockerThatHangs('build')] },
    ...untouched,
    deployments: 0,
  },
  {
    name: 'the push',
    cancelAfter: once('The push refers to'),
    run: { path: [dockerThatHangs('push')] },
    ...untouched,
    deployments: 0,
  },
  {
    name: 'UpdateService',
    // The tag's line is the last one before the call, which never answers.
    cancelAfter: once('✓ tag '),
    sandbox: { faults: [{ service: 'ecs', operation: 'UpdateService', kind: 'hang' }] },
    says: /before any service was changed|whether a deployment was started is not known/,
    saysPost: /latest points at it|whether a deployment was started is not known/,
    deployments: 0,
  },
  {
    name: 'the rollout',
    cancelAfter: once('started: 2 tasks wanted'),
    speed: 1,
    says: /the rollout goes on in ECS/,
    saysPost: /the rollout goes on in ECS/,
    deployments: 1,
  },
  {
    name: 'the health checks',
    scenario: 'unhealthy-url',
    inputs: { 'health-check-timeout-seconds': '60' },
    cancelAfter: once('✓ rollout'),
    says: /after the rollout had finished/,
    saysPost: /after the rollout had finished/,
    deployments: 1,
  },
];

/** One message, all deployments named in it, none stopped, and nothing left behind. */
function expectToldOnce({ run, truth }: Deployed, says: RegExp, expect: ExpectStatic): void {
  const said = JSON.stringify(truth.slackMessages[0]?.payload);
  expect(truth.slackRequests, run.log).toBe(1);
  expect(said).toMatch(says);
  for (const { deploymentId } of truth.deploymentsStarted) expect(said).toContain(deploymentId);
  expect(truth.calls.map(({ operation }) => operation)).not.toContain('StopServiceDeployment');
  expect(run.orphans).toEqual([]);
  expect(run.filesLeft()).toEqual([]);
  expect(run.summary.match(/^## /gm)).toHaveLength(1);
}

describe.concurrent.each(cancels)(
  'cancelled in $name',
  ({ name: _, cancelAfter, says, saysPost: __, deployments, ...options }) => {
    it.each(['github', 'SIGTERM'] as const)('by %s, is over in time and told once', async (signals) => {
      const deployed = await deploy({
        ...options,
        run: { ...options.run, cancelAfter: { ...cancelAfter, signals } },
      });
      const { run, truth } = deployed;
      expect(run.main.signalsSent).toEqual([signals === 'github' ? 'SIGINT' : signals]);
      expect(run.outputs['result'], run.log).toBe('cancelled');
      expect(truth.deploymentsStarted).toHaveLength(deployments);
      expectToldOnce(deployed, says, expect);
    });
  },
);

describe.concurrent.each(cancels)(
  'killed in $name',
  ({ name: _, cancelAfter, says: __, saysPost, deployments, ...options }) => {
    it('is told once, by post, with what is known', async () => {
      const deployed = await deploy({
        ...options,
        run: { ...options.run, cancelAfter: { ...cancelAfter, signals: 'SIGKILL' } },
      });
      expect(deployed.run.main.signal).toBe('SIGKILL');
      expect(deployed.run.post?.exitCode).toBe(0);
      expect(deployed.truth.deploymentsStarted).toHaveLength(deployments);
      expectToldOnce(deployed, saysPost, expect);
    });
  },
);

describe('a Slack that does not answer', () => {
  it('is asked once, by main and post together, and the deploy stays green', async () => {
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

  it('and one that cuts the line after taking the message is not asked again', async () => {
    const { run, truth } = await deploy({ sandbox: { slack: { behaviour: 'reset-after-receipt' } } });
    expect(truth.slackRequests).toBe(1);
    expect(truth.slackMessages).toHaveLength(1);
    expect(run.main.exitCode).toBe(0);
  });

  it('and one that limits us is asked again, and gets one message', async () => {
    const slack = { behaviour: ['rate_limited', 'server_error', 'ok'], retryAfterSeconds: 1 } as const;
    const { run, truth } = await deploy({ sandbox: { slack } });
    expect(truth.slackMessages).toHaveLength(1);
    expect(run.log).toContain('Slack told.');
  });

  it('and one that is gone makes no deploy red', async () => {
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
  it('changes nothing when cancelled in the preflight', async () => {
    const deployed = await deploy({ sandbox: hanging, run: { cancelAfter: once('deploy-guard 0.') } });
    expect(changes(deployed)).toEqual([]);
  });
});
