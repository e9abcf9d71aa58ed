import { describe, it } from 'vitest';
import { type Scenario, startSandbox } from '../../sandbox/sandbox.ts';
import { circuitBreakerRollback } from '../../sandbox/scenarios/circuit-breaker-rollback.ts';
import { circuitBreakerStop } from '../../sandbox/scenarios/circuit-breaker-stop.ts';
import { oneOfTwoFails } from '../../sandbox/scenarios/one-of-two-fails.ts';
import { success } from '../../sandbox/scenarios/success.ts';
import { type Deployed, type DeployOptions, deploy, deployInto } from './deploy.ts';

const ROLLBACK = { 'on-failure': 'rollback' };
/** Nothing under /v2 answers without a login: the tasks run, and the URL is never well. */
const unwell = (url: string) => ({
  'health-check-urls': `${url}/v2/ = 200`,
  'health-check-timeout-seconds': '1',
});
/** Somebody else pushes and moves `latest`, so many virtual seconds after our deployment began. */
const latestMoved = (after: number): NonNullable<Scenario['others']>[number] => ({
  when: { after },
  act: { kind: 'move-tag', repository: 'dyno-agent', tag: 'latest', marker: 'somebody else' },
});

/** The digest that `latest` pointed at before the run. */
function previousDigest({ run }: Deployed): string {
  return run.outputs['previous-image']?.split('@')[1] ?? '';
}

/** The lines of a group of the log, without their times. */
function textsIn(log: string, group: string): readonly string[] {
  const lines = log.split('\n');
  const from = lines.findIndex((line) => line.endsWith(`##[group]${group}`));
  if (from < 0) return [];
  const to = lines.findIndex((line, at) => at > from && line.includes('##[endgroup]'));
  return lines.slice(from + 1, to).map((line) => line.replace(/^.*?\d:\d\d {2}/, ''));
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
      const two = await deployInto(sandbox, { inputs: { ...inputs, ...unwell(sandbox.url) } });
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

describe.concurrent.each([
  { name: 'ECS rolled back by itself', scenario: 'circuit-breaker-rollback', deployments: 1 },
  { name: 'the breaker stopped it', scenario: 'circuit-breaker-stop', deployments: 2 },
  { name: 'the URLs do not answer', scenario: 'unhealthy-url', deployments: 2 },
  {
    name: 'the URLs do not answer, and no revision may be read',
    scenario: 'unhealthy-url',
    sandbox: { denied: ['ecs:DescribeServiceRevisions'] },
    deployments: 2,
  },
])(
  'on-failure: rollback of the first pin, with no tag that is moved: $name',
  ({ deployments, ...options }) => {
    it('goes back to the task definition before, and to the image that it ran', async ({ expect }) => {
      const inputs = {
        ...ROLLBACK,
        rollout: 'pin',
        'latest-tag': 'false',
        'health-check-timeout-seconds': '1',
      };
      const deployed = await deploy({ ...options, speed: 60, inputs });
      const { run, truth } = deployed;
      expect(run.outputs['result'], run.log).toBe('rolled-back');
      expect(truth.runningDigests).toEqual({ 'dyno-agent-service': [latestDigest(deployed)] });
      expect(truth.updateServiceCalls).toHaveLength(deployments);
      expect(
        truth.tagMoves.filter(({ tag, at }) => tag === 'latest' && at >= (truth.calls[0]?.at ?? 0)),
      ).toEqual([]);
    });
  },
);

describe.concurrent('what an undoing puts back', () => {
  it('leaves a tag that is new where it is, and undoes the rest', async ({ expect }) => {
    const deployed = await deploy({
      scenario: 'circuit-breaker-stop',
      speed: 60,
      inputs: { ...ROLLBACK, 'extra-tags': 'v9.9' },
    });
    expect(deployed.run.outputs['result'], deployed.run.log).toBe('rolled-back');
    expect(latestDigest(deployed)).toBe(previousDigest(deployed));
    expect(deployed.truth.runningDigests).toEqual({ 'dyno-agent-service': [previousDigest(deployed)] });
  });

  it('is what the services ran, where latest pointed at an image that had failed before', async ({
    expect,
  }) => {
    const sandbox = await startSandbox({ scenario: 'circuit-breaker-stop', speed: 60 });
    try {
      const ran = sandbox.truth().runningDigests['dyno-agent-service'] ?? [];
      const one = await deployInto(sandbox);
      expect(one.run.outputs['result'], one.run.log).toBe('failed');
      expect(latestDigest(one)).toBe(one.run.outputs['image-digest']);
      const two = await deployInto(sandbox, { inputs: ROLLBACK });
      expect(two.run.outputs['result'], two.run.log).toBe('rolled-back');
      expect(two.truth.runningDigests).toEqual({ 'dyno-agent-service': ran });
      expect(latestDigest(two)).toBe(ran[0]);
      expect(two.run.outputs['failure-reason']).toContain(`image ${ran[0]?.slice(0, 13)}… was put back`);
      expect(two.run.log).toContain('DG464');
    } finally {
      await sandbox.close();
    }
  });

  it("is not more than ECS's own roll back, where somebody else has moved latest since", async ({
    expect,
  }) => {
    const scenario = { ...circuitBreakerRollback, others: [latestMoved(15)] };
    const deployed = await deploy({ scenario, inputs: ROLLBACK });
    expect(deployed.run.outputs['result'], deployed.run.log).toBe('rolled-back');
    expect(deployed.truth.runningDigests).toEqual({ 'dyno-agent-service': [previousDigest(deployed)] });
    expect([previousDigest(deployed), deployed.run.outputs['image-digest']]).not.toContain(
      latestDigest(deployed),
    );
  });

  it('is nothing where somebody else had moved latest before ECS resolved it: theirs runs, and stays', async ({
    expect,
  }) => {
    const deployed = await deploy({ scenario: 'wrong-digest', inputs: ROLLBACK });
    const { run, truth } = deployed;
    expect(run.outputs, run.log).toMatchObject({ result: 'superseded', 'failure-code': 'DG462' });
    // It is over for this run once the deployment is known to be of theirs: its tasks may not have started yet.
    expect(truth.deploymentsStarted.map(({ digests }) => digests)).toEqual([[latestDigest(deployed)]]);
    expect(truth.runningDigests['dyno-agent-service']).not.toContain(run.outputs['image-digest']);
    expect(truth.updateServiceCalls).toHaveLength(1);
    expect([previousDigest(deployed), run.outputs['image-digest']]).not.toContain(latestDigest(deployed));
  });

  it('is every service that failed, beside one that somebody else has taken over', async ({ expect }) => {
    const takeOver = {
      when: { after: 6 },
      act: { kind: 'update-service', service: 'dyno-agent-service', force: true },
    } as const;
    const scenario = { ...oneOfTwoFails, others: [latestMoved(5), takeOver] };
    // Slow enough that both services are deployed before the fifth second, also on a busy machine.
    const deployed = await deploy({ scenario, speed: 10, inputs: ROLLBACK });
    const { run, truth } = deployed;
    expect(run.outputs, run.log).toMatchObject({ result: 'rolled-back', 'failure-code': 'DG612' });
    expect(truth.runningDigests).toEqual({
      'dyno-agent-service': [latestDigest(deployed)],
      'dyno-agent-worker': [previousDigest(deployed)],
    });
    expect(run.outputs['failure-reason']).toContain('dyno-agent-service was left to a newer deployment');
  });

  it('is also a service of which it is not known whether it was deployed', async ({ expect }) => {
    const world = { services: [{}, { name: 'worker', loadBalanced: false }] };
    const deployed = await deploy({
      scenario: { ...success, world },
      speed: 60,
      inputs: ROLLBACK,
      sandbox: { faults: [{ service: 'ecs', operation: 'UpdateService', kind: 'reset-before', times: 1 }] },
    });
    const { run, truth } = deployed;
    expect(run.outputs, run.log).toMatchObject({ result: 'rolled-back', 'failure-code': 'DG562' });
    const previous = [previousDigest(deployed)];
    expect(truth.runningDigests).toEqual({ 'dyno-agent-service': previous, worker: previous });
    expect(truth.updateServiceCalls).toHaveLength(3);
  });

  it('is nothing where the same image ran before, which stays a failure and says so', async ({ expect }) => {
    const sandbox = await startSandbox({ speed: 60 });
    try {
      const files = { 'app.txt': 'the same' };
      const one = await deployInto(sandbox, { files });
      expect(one.run.outputs['result'], one.run.log).toBe('succeeded');
      const two = await deployInto(sandbox, { files, inputs: { ...ROLLBACK, ...unwell(sandbox.url) } });
      expect(two.run.outputs, two.run.log).toMatchObject({ result: 'failed', 'failure-code': 'DG701' });
      expect(two.run.outputs['failure-reason']).toContain('ran this very image before');
      expect(two.run.log).toContain('DG552');
      expect(two.truth.updateServiceCalls).toHaveLength(2);
    } finally {
      await sandbox.close();
    }
  });
});

describe.concurrent('the log of ECS rolling back', () => {
  it('tells what came after it was asked to, and nothing once more', async ({ expect }) => {
    const { run } = await deploy({ scenario: 'crash-loop', speed: 30, inputs: ROLLBACK });
    const [rollout, rollback] = ['Rollout', 'Rollback of dyno-agent-service'].map((title) =>
      textsIn(run.log, title),
    );
    expect(rollout?.filter((text) => text.startsWith('has started')).length, run.log).toBeGreaterThan(0);
    expect(rollback?.[0]).toMatch(/^ECS rolls deployment ecs-svc\/\d+ back$/);
    expect(rollback?.at(-1)).toBe('over: rolled back');
    expect(rollback?.join('\n')).not.toMatch(/^has started|^registered|the last five took|crash|DG\d/m);
    // How many tasks run may be as it was last told.
    const again = rollback?.filter((text) => rollout?.includes(text) && !/tasks running/.test(text));
    expect(again).toEqual([]);
  });
});

describe.concurrent('an undoing that is cancelled', () => {
  it('ends as cancelled, says what was under way and why, and goes on in ECS', async ({ expect }) => {
    const { run, truth } = await deploy({
      scenario: circuitBreakerStop,
      speed: 20,
      inputs: ROLLBACK,
      run: { cancelAfter: { when: (log) => log.includes('Rollback of dyno-agent-service') } },
    });
    expect(run.outputs, run.log).toMatchObject({ result: 'cancelled', 'failure-code': 'DG643' });
    expect(run.outputs['failure-reason']).toContain(
      'while it put the previous image back; ECS goes on with that',
    );
    expect(run.log).toContain('DG612');
    // It may well be over by now: it is not stopped.
    expect(truth.deploymentsStarted.at(-1)?.serviceDeploymentStatus).toMatch(
      /IN_PROGRESS|PENDING|SUCCESSFUL/,
    );
    expect(truth.calls.map(({ operation }) => operation)).not.toContain('StopServiceDeployment');
    expect(truth.slackMessages).toHaveLength(1);
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
    const scenario = { ...circuitBreakerStop, others: [latestMoved(15)] };
    const deployed = await deploy({ scenario, inputs: ROLLBACK });
    const { run } = deployed;
    expect(run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG651' });
    expect(run.log).toContain('somebody else has moved it since');
    expect([previousDigest(deployed), run.outputs['image-digest']]).not.toContain(latestDigest(deployed));
  });
});

describe.concurrent('an undoing that goes out of sight', () => {
  /** From ECS's roll back on, the services can't be described. */
  const blinded = {
    service: 'ecs',
    operation: 'DescribeServices',
    onceSeen: 'StopServiceDeployment',
  } as const;

  it('is said to be unknown, not failed, and is not disturbed', async ({ expect }) => {
    const unseen = { ...blinded, operation: 'DescribeServiceDeployments' };
    const { run, truth } = await deploy({
      scenario: 'crash-loop',
      inputs: ROLLBACK,
      sandbox: { faults: [blinded, unseen].map((fault) => ({ ...fault, kind: 'expired' as const })) },
    });
    expect(run.outputs, run.log).toMatchObject({ result: 'failed', 'failure-code': 'DG651' });
    expect(run.outputs['failure-reason']).toContain(
      'whether the previous image is back is NOT known: ECS was told to put it back, then the AWS credentials expired',
    );
    expect(run.log).toContain(`ECS rolls deployment ${truth.deploymentsStarted[0]?.deploymentId} back`);
    expect(truth.updateServiceCalls).toHaveLength(1);
    expect(truth.slackMessages).toHaveLength(1);
  });

  it('is asked of the service deployment itself', async ({ expect }) => {
    // A roll back that is over at once: what looks next can't describe the service.
    const deployed = await deploy({
      scenario: 'crash-loop',
      speed: 600,
      inputs: ROLLBACK,
      sandbox: { faults: [{ ...blinded, kind: 'expired' }] },
    });
    const { run, truth } = deployed;
    expect(run.outputs, run.log).toMatchObject({ result: 'rolled-back', 'failure-code': 'DG612' });
    expect(truth.runningDigests['dyno-agent-service']).toEqual([previousDigest(deployed)]);
    expect(truth.updateServiceCalls).toHaveLength(1);
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
