import { describe, it } from 'vitest';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { type Deployed, type DeployOptions, deploy, deployInto } from './deploy.ts';

const ROLLBACK = { 'on-failure': 'rollback' };

/** The digest that `latest` pointed at before the run. */
function previousDigest({ run }: Deployed): string {
  return run.outputs['previous-image']?.split('@')[1] ?? '';
}

function latestDigest({ truth }: Deployed): string | undefined {
  return truth.images['dyno-agent']?.find(({ tags }) => tags.includes('latest'))?.digest;
}

interface Story extends DeployOptions {
  readonly name: string;
  readonly code: string;
}

const stories: readonly Story[] = [
  { name: 'a rollout that is not over: ECS rolls it back', scenario: 'crash-loop', code: 'DG612' },
  {
    name: 'a rollout that may not be stopped: the previous image is deployed',
    scenario: 'crash-loop',
    sandbox: { denied: ['ecs:StopServiceDeployment'] },
    code: 'DG612',
  },
  {
    name: 'a rollout that ECS rolled back by itself: latest follows',
    scenario: 'circuit-breaker-rollback',
    code: 'DG612',
  },
  { name: 'a rollout that ended without a roll back', scenario: 'circuit-breaker-stop', code: 'DG612' },
  { name: 'a rollout that succeeded and does not answer', scenario: 'unhealthy-url', code: 'DG701' },
  { name: 'two services, of which one succeeded', scenario: 'one-of-two-fails', code: 'DG612' },
];

describe.concurrent.each(stories)('on-failure: rollback after $name', ({ code, ...options }) => {
  it('has every service and latest back on the previous image, and gives both reasons', async ({
    expect,
  }) => {
    const deployed = await deploy({ ...options, inputs: ROLLBACK });
    const { run, truth } = deployed;
    expect(run.outputs, run.log).toMatchObject({ result: 'rolled-back', 'failure-code': code });
    expect(run.outputs['failure-reason']).toMatch(/The previous image sha256:\w+… was put back/);
    expect(run.main.exitCode).toBe(1);
    for (const digests of Object.values(truth.runningDigests))
      expect(digests).toEqual([previousDigest(deployed)]);
    expect(latestDigest(deployed)).toBe(previousDigest(deployed));
    expect(truth.slackMessages).toHaveLength(1);
    const deployments = JSON.parse(run.outputs['deployments'] ?? '{}') as Record<string, { result: string }>;
    for (const { result } of Object.values(deployments)) expect(result).toBe('rolled-back');
  });
});

describe.concurrent('on-failure: rollback of a pinned service', () => {
  it('goes back to the revision before, also where no tag is moved', async ({ expect }) => {
    const sandbox = await startSandbox({ speed: 60 });
    try {
      const inputs = { rollout: 'pin', 'latest-tag': 'false', ...ROLLBACK };
      const one = await deployInto(sandbox, { inputs });
      expect(one.run.outputs['result'], one.run.log).toBe('succeeded');
      // Nothing under /v2 answers without a login: the tasks run, and the URL is never well.
      const health = { 'health-check-urls': `${sandbox.url}/v2/ = 200`, 'health-check-timeout-seconds': '1' };
      const two = await deployInto(sandbox, { inputs: { ...inputs, ...health } });
      expect(two.run.outputs, two.run.log).toMatchObject({ result: 'rolled-back', 'failure-code': 'DG701' });
      expect(two.truth.runningDigests).toEqual({ 'dyno-agent-service': [one.run.outputs['image-digest']] });
      expect(
        two.truth.tagMoves.filter(({ tag, at }) => tag === 'latest' && at >= (two.truth.calls[0]?.at ?? 0)),
      ).toEqual([]);
    } finally {
      await sandbox.close();
    }
  });
});

describe.concurrent('an undoing that fails', () => {
  it('is said first and loudest', async ({ expect }) => {
    const { run, truth } = await deploy({
      scenario: 'crash-loop',
      inputs: ROLLBACK,
      sandbox: {
        denied: ['ecs:StopServiceDeployment'],
        faults: [{ service: 'ecs', operation: 'UpdateService', kind: '500', after: 1 }],
      },
    });
    expect(run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG651' });
    expect(
      run.annotations.filter(({ level }) => level === 'error').map(({ message }) => message.slice(0, 5)),
    ).toEqual(['DG651', 'DG612']);
    expect(JSON.stringify(truth.slackMessages[0]?.payload)).toContain('could NOT be put back');
  });

  it('does not touch a latest that somebody else has moved since', async ({ expect }) => {
    const deployed = await deploy({ scenario: 'wrong-digest', inputs: ROLLBACK });
    const { run } = deployed;
    expect(run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG651' });
    expect(run.log).toContain('somebody else has moved it since');
    expect([previousDigest(deployed), run.outputs['image-digest']]).not.toContain(latestDigest(deployed));
  });
});

describe.concurrent('a run that was superseded', () => {
  it('undoes nothing: what runs is the newer deployment', async ({ expect }) => {
    const { run, truth } = await deploy({ scenario: 'superseded', inputs: ROLLBACK });
    expect(run.outputs['result']).toBe('superseded');
    expect(truth.calls.map(({ operation }) => operation)).not.toContain('StopServiceDeployment');
    expect(truth.updateServiceCalls).toHaveLength(1);
    expect(truth.deploymentsStarted).toHaveLength(2);
  });
});
