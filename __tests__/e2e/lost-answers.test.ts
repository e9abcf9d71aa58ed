import { describe, it } from 'vitest';
import type { Fault } from '../../sandbox/sandbox.ts';
import { type DeployOptions, deploy } from './deploy.ts';

interface Story extends DeployOptions {
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly result: string;
  readonly code?: string;
  /** UpdateService calls that ECS carried out. */
  readonly deployments: number;
}

const updateService = { service: 'ecs', operation: 'UpdateService' } as const;

const stories: readonly Story[] = [
  {
    name: 'UpdateService done, its answer lost',
    faults: [{ ...updateService, kind: 'reset-after', times: 1 }],
    result: 'succeeded',
    deployments: 1,
  },
  {
    name: 'UpdateService done, its answer cut short',
    faults: [{ ...updateService, kind: 'truncated', times: 1 }],
    result: 'succeeded',
    deployments: 1,
  },
  {
    name: 'UpdateService throttled twice',
    faults: [{ ...updateService, kind: 'throttle', times: 2 }],
    result: 'succeeded',
    deployments: 1,
  },
  {
    name: 'UpdateService cut off before it was done',
    faults: [{ ...updateService, kind: 'reset-before', times: 1 }],
    result: 'failed',
    code: 'DG562',
    deployments: 0,
  },
  {
    name: 'DescribeServices failing for a while in the wait',
    faults: [{ service: 'ecs', operation: 'DescribeServices', kind: '500', after: 4, times: 8 }],
    result: 'succeeded',
    deployments: 1,
  },
  {
    name: 'everything throttled now and then',
    faults: [1, 5, 9, 14].map((after) => ({ service: 'ecs', kind: 'throttle', after, times: 1 }) as const),
    result: 'succeeded',
    deployments: 1,
  },
  {
    name: 'a registry that fails once while latest moves',
    faults: [{ service: 'registry', operation: 'PutImage', kind: '500', after: 1, times: 1 }],
    result: 'succeeded',
    deployments: 1,
  },
  {
    name: 'HTML in place of an answer from STS',
    faults: [{ service: 'sts', kind: 'html' }],
    result: 'failed',
    code: 'DG209',
    deployments: 0,
  },
];

describe.concurrent.each(stories)('$name', ({ faults, result, code, deployments, ...options }) => {
  it('makes no second deployment and no false green, and tells once', async ({ expect }) => {
    const { run, truth } = await deploy({ ...options, sandbox: { faults } });
    expect({ result: run.outputs['result'], code: run.outputs['failure-code'] }, run.log).toEqual({
      result,
      code: code ?? '',
    });
    expect(truth.deploymentsStarted).toHaveLength(deployments);
    expect(truth.slackMessages).toHaveLength(1);
    if (result === 'succeeded') {
      expect(truth.runningDigests).toEqual({ 'dyno-agent-service': [run.outputs['image-digest']] });
    }
  });
});

describe('an UpdateService that is denied', () => {
  it('puts latest back, and says which permission is missing', async ({ expect }) => {
    const { run, truth } = await deploy({ sandbox: { denied: ['ecs:UpdateService'] } });
    expect(run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG563' });
    const previous = run.outputs['previous-image']?.split('@')[1];
    const latest = truth.images['dyno-agent']?.find(({ tags }) => tags.includes('latest'));
    expect(latest?.digest).toBe(previous);
    expect(run.log).toContain('latest: put back');
    expect(truth.deploymentsStarted).toEqual([]);
  });
});

describe('permissions that only tell more', () => {
  it('are not needed for a green deploy: the service itself is enough', async ({ expect }) => {
    const denied = [
      'ecs:ListServiceDeployments',
      'ecs:DescribeServiceDeployments',
      'ecs:DescribeServiceRevisions',
    ];
    const { run, truth } = await deploy({ sandbox: { denied } });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(truth.runningDigests).toEqual({ 'dyno-agent-service': [run.outputs['image-digest']] });
  });

  it('are not needed for a red one either', async ({ expect }) => {
    const denied = [
      'ecs:ListServiceDeployments',
      'ecs:DescribeServiceDeployments',
      'logs:GetLogEvents',
      'ecs:ListTasks',
    ];
    const { run } = await deploy({ scenario: 'circuit-breaker-rollback', sandbox: { denied } });
    expect(run.outputs['result'], run.log).toBe('rolled-back');
  });
});

describe('what is said to be unchanged', () => {
  it('is never a service whose deployment may have been started', async ({ expect }) => {
    const faults = [{ ...updateService, kind: 'reset-before', times: 1 }] as const;
    const { run, truth } = await deploy({ sandbox: { faults } });
    expect(run.outputs['failure-code']).toBe('DG562');
    for (const text of [run.log, run.summary, JSON.stringify(truth.slackMessages)]) {
      expect(text).not.toMatch(/No service was changed|Nothing was (changed|pushed)/);
    }
  });

  it('is never the repository once the image may be in it', async ({ expect }) => {
    // The tags are read before the push, and then never again.
    const faults = [{ service: 'registry', operation: 'BatchGetImage', kind: '500', after: 2 }] as const;
    const { run, truth } = await deploy({ sandbox: { faults } });
    expect(run.outputs['failure-code'], run.log).toBe('DG451');
    expect(truth.manifestPuts).toBe(1);
    for (const text of [run.log, run.summary, JSON.stringify(truth.slackMessages)]) {
      expect(text).not.toMatch(/Nothing was (changed|pushed)/);
    }
  });
});
