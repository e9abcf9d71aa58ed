import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, type ExpectStatic, expect, it } from 'vitest';
import type { CancelAfter } from '../../sandbox/runner/run-action.ts';
import { success } from '../../sandbox/scenarios/success.ts';
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

/** One whose build heeds no signal, and has a child that left its group, and no parent. */
function dockerThatStays(): string {
  const folder = mkdtempSync(join(tmpdir(), 'staying-docker-'));
  folders.push(folder);
  const script = `#!/bin/bash
case "$1" in
  version) echo '{"Client":{"Version":"28.0.0"},"Server":{"Version":"28.0.0"}}' ;;
  buildx) exit 1 ;;
  login) cat >/dev/null ;;
  build) trap '' TERM INT
    (setsid sleep 600 >/dev/null 2>&1 &)
    sleep 0.3; echo "Step 1/2"; while :; do sleep 1; done ;;
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
  /** What else it has to say, such as the code of what made an undoing necessary. */
  readonly alsoSays?: string | undefined;
  /** The run itself had asked ECS to roll back before. */
  readonly undone?: boolean | undefined;
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
    name: 'a build that heeds no signal',
    cancelAfter: once('Step 1/2'),
    run: { path: [dockerThatStays()] },
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
  {
    name: 'the pre-deploy command',
    speed: 1,
    inputs: { 'pre-deploy-command': 'alembic upgrade head' },
    sandbox: { scenario: { ...success, oneOffTask: { exitCode: 0, seconds: 600 } } },
    cancelAfter: once('of dyno-agent:58 started'),
    says: /while `alembic upgrade head` ran: its task [0-9a-f]{32} was told to stop\. No service was changed/,
    saysPost:
      /while `alembic upgrade head` ran: its task [0-9a-f]{32} may still run in ECS\. No service was changed/,
    deployments: 0,
  },
  {
    name: 'RunTask',
    // Nothing is said between the line and the call, which never answers.
    cancelAfter: { afterMs: 6_000 },
    inputs: { 'pre-deploy-command': 'alembic upgrade head' },
    sandbox: { faults: [{ service: 'ecs', operation: 'RunTask', kind: 'hang' }] },
    says: /while it asked ECS to run `alembic upgrade head`: whether its task was started is not known\. No service was changed.*--started-by deploy-guard-|before any service was changed/,
    saysPost:
      /while it asked ECS to run `alembic upgrade head`: whether its task was started is not known\. No service was changed|No service was changed/,
    deployments: 0,
  },
  {
    name: 'the undoing, while ECS rolls back',
    scenario: 'crash-loop',
    speed: 10,
    inputs: { 'on-failure': 'rollback' },
    cancelAfter: once('Rollback of dyno-agent-service'),
    says: /while it put the previous image back; ECS goes on with that: dyno-agent-service/,
    saysPost: /while it put the previous image back; ECS goes on with that: dyno-agent-service/,
    alsoSays: 'DG612',
    undone: true,
    // ECS makes one of its own for the roll back.
    deployments: 2,
  },
  {
    name: 'the undoing, before ECS has accepted it',
    scenario: 'crash-loop',
    speed: 10,
    inputs: { 'on-failure': 'rollback' },
    sandbox: { faults: [{ service: 'ecs', operation: 'StopServiceDeployment', kind: 'hang' }] },
    cancelAfter: once('✓ tag        latest: put back'),
    says: /while it put the previous image back; whether ECS began with that on dyno-agent-service is not known/,
    saysPost:
      /while it put the previous image back; (whether ECS began with that on dyno-agent-service is not known|no service had been told yet); to be undone: deployment/,
    alsoSays: 'DG612',
    undone: true,
    deployments: 1,
  },
];

/** One message, all deployments named in it, none stopped, and nothing left behind. */
function expectToldOnce(
  { run, truth }: Deployed,
  says: RegExp,
  { alsoSays = '', undone }: Partial<Cancel>,
  expect: ExpectStatic,
): void {
  const said = JSON.stringify(truth.slackMessages[0]?.payload);
  expect(truth.slackRequests, run.log).toBe(1);
  expect(said).toMatch(says);
  expect(said).toContain(alsoSays);
  const ours = undone ? truth.deploymentsStarted.slice(0, 1) : truth.deploymentsStarted;
  for (const { deploymentId } of ours) expect(said).toContain(deploymentId);
  if (!undone) expect(truth.calls.map(({ operation }) => operation)).not.toContain('StopServiceDeployment');
  expect(run.orphans).toEqual([]);
  expect(run.filesLeft()).toEqual([]);
  expect(run.summary.match(/^## /gm)).toHaveLength(1);
  const errors = run.annotations.filter(({ message }) => /^DG(643|902) /.test(message));
  expect(errors, run.log).toHaveLength(1);
}

describe.concurrent.each(cancels)(
  'cancelled in $name',
  ({ name: _, cancelAfter, says, saysPost: __, deployments, alsoSays, undone, ...options }) => {
    it.each(['github', 'SIGTERM'] as const)('by %s, is over in time and told once', async (signals) => {
      const deployed = await deploy({
        ...options,
        run: { ...options.run, cancelAfter: { ...cancelAfter, signals } },
      });
      const { run, truth } = deployed;
      expect(run.main.signalsSent).toEqual([signals === 'github' ? 'SIGINT' : signals]);
      expect(run.outputs['result'], run.log).toBe('cancelled');
      expect(truth.deploymentsStarted).toHaveLength(deployments);
      expectToldOnce(deployed, says, { alsoSays, undone }, expect);
    });
  },
);

describe.concurrent.each(cancels)(
  'killed in $name',
  ({ name: _, cancelAfter, says: __, saysPost, deployments, alsoSays, undone, ...options }) => {
    it('is told once, by post, with what is known', async () => {
      const deployed = await deploy({
        ...options,
        run: { ...options.run, cancelAfter: { ...cancelAfter, signals: 'SIGKILL' } },
      });
      expect(deployed.run.main.signal).toBe('SIGKILL');
      expect(deployed.run.post?.exitCode).toBe(0);
      expect(deployed.truth.deploymentsStarted).toHaveLength(deployments);
      expectToldOnce(deployed, saysPost, { alsoSays, undone }, expect);
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
    expect(run.annotations.map(({ message }) => message.slice(0, 5))).toContain('DG801');
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

describe('a cancel while others are told', () => {
  it.each([
    ['Slack', { slack: { behaviour: 'hang' } }],
    // The preflight asks once, and the deploy's beginning is recorded once.
    ['GitHub', { faults: [{ service: 'github', operation: 'CreateStatus', kind: 'hang', after: 2 }] }],
  ] as const)('does not wait for %s until the runner kills: nobody is told twice', async (_, sandbox) => {
    const { run, truth } = await deploy({
      sandbox,
      inputs: { environment: 'production' },
      run: { cancelAfter: once('✓ Deployed') },
    });
    expect(run.main.signalsSent, run.log).toEqual(['SIGINT']);
    expect(run.outputs['result']).toBe('succeeded');
    expect(truth.slackRequests).toBe(1);
    expect(run.orphans).toEqual([]);
    expect(run.filesLeft()).toEqual([]);
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
