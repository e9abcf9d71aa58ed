import { describe, expect, it } from 'vitest';
import type { EcsService } from '../../../src/aws/ecs.ts';
import type { Result } from '../../../src/finding.ts';
import type { RolloutOutcome, StartedDeployment } from '../../../src/stages/rollout/rollout.ts';
import { beginOwnRollback, redeploy, type UndoPorts } from '../../../src/stages/undo/undo.ts';

const started: StartedDeployment = {
  cluster: 'c',
  service: 'web',
  deploymentId: 'ecs-svc/2',
  taskDefinition: 'dyno-agent:57',
  containerNames: ['app'],
  desiredCount: 2,
  baseline: { runningCount: 2 },
};
const each = {
  taskDefinition: 'dyno-agent:57',
  isPinned: false,
  containers: ['app'],
  images: ['host/app:latest'],
};
const expected = { digest: `sha256:${'a'.repeat(64)}`, childDigests: [], repositoryUri: 'r' };
const ARN = 'arn:aws:ecs:us-east-1:123456789012:service-deployment/c/web/abc';

function service(...ids: readonly string[]): EcsService {
  return {
    arn: 'arn',
    name: 'web',
    status: 'ACTIVE',
    taskDefinition: 'dyno-agent:57',
    controller: 'ECS',
    strategy: 'ROLLING',
    desired: 2,
    running: 2,
    circuitBreaker: { enabled: true, rollback: true },
    minimumHealthyPercent: 100,
    currentServiceDeployment: undefined,
    placement: {},
    deployments: ids.map((id, i) => ({
      id,
      status: i === 0 ? 'PRIMARY' : 'ACTIVE',
      rolloutState: undefined,
      taskDefinition: 'dyno-agent:57',
      createdAt: 0,
      running: 1,
    })),
  };
}

async function undone(
  result: Result,
  status: string | undefined,
  refuse: { rollBack?: Error; update?: Error; gone?: boolean; now?: string; cancel?: AbortController } = {},
) {
  const calls: string[] = [];
  const ecs: UndoPorts['ecs'] = {
    services: () => {
      refuse.cancel?.abort(new Error('cancelled by SIGINT'));
      return Promise.resolve(refuse.gone ? [] : [service('ecs-svc/2')]);
    },
    forceNewDeployment: () => {
      calls.push('update');
      return refuse.update
        ? Promise.reject(refuse.update)
        : Promise.resolve(service('ecs-svc/3', 'ecs-svc/2'));
    },
    rollBack: (arn) => {
      calls.push(`roll back ${arn}`);
      return refuse.rollBack ? Promise.reject(refuse.rollBack) : Promise.resolve();
    },
    serviceDeploymentStatus: () => Promise.resolve(refuse.now ?? status),
  };
  const outcome: RolloutOutcome = {
    service: 'web',
    deploymentId: 'ecs-svc/2',
    result,
    notes: [],
    seconds: 1,
    running: 0,
    desired: 2,
    earlierSeconds: [],
    digests: [],
    lastLogLines: [],
    events: [],
    ...(status ? { serviceDeployment: { arn: ARN, status } } : {}),
  };
  const before = { each: { ...each, service: service() }, service: service(), digest: undefined };
  const ports = { cluster: 'c', ecs, signal: (refuse.cancel ?? new AbortController()).signal, rereadMs: 1 };
  const undoing = { before, started, outcome };
  const own = await beginOwnRollback(undoing, ports);
  const run = { taskDefinition: started.taskDefinition, expected };
  const step = own.kind === 'none' ? await redeploy(undoing, run, ports) : own;
  return { step, calls };
}

const refusal = Object.assign(new Error('no'), {
  name: 'InvalidParameterException',
  $metadata: { httpStatusCode: 400 },
});

describe('the undoing of one service', () => {
  it('does nothing where ECS has rolled back by itself', async () => {
    expect(await undone('rolled-back', 'ROLLBACK_SUCCESSFUL')).toEqual({ step: { kind: 'done' }, calls: [] });
  });

  it.each(['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'])(
    'waits for a roll back that is under way (%s)',
    async (status) => {
      expect(await undone('timed-out', status)).toMatchObject({
        step: { kind: 'rolling-back', deployment: started },
        calls: [],
      });
    },
  );

  it.each(['PENDING', 'IN_PROGRESS'])(
    "uses ECS's own roll back for a rollout that is not over (%s)",
    async (status) => {
      expect(await undone('failed', status)).toMatchObject({
        step: { kind: 'rolling-back', deployment: { serviceDeploymentArn: ARN } },
        calls: [`roll back ${ARN}`],
      });
    },
  );

  it.each([['STOPPED'], ['SUCCESSFUL'], ['ROLLBACK_FAILED'], [undefined]])(
    'deploys the previous image again, once, where there is nothing left to roll back (%s)',
    async (status) => {
      expect(await undone('failed', status)).toMatchObject({
        step: { kind: 'redeploying', deployment: { deploymentId: 'ecs-svc/3' } },
        calls: ['update'],
      });
    },
  );

  it('does not take a cancel for the words of AWS, and starts nothing after it', async () => {
    await expect(undone('failed', 'STOPPED', { cancel: new AbortController() })).rejects.toThrow(
      'cancelled by SIGINT',
    );
  });

  it('deploys it again where ECS refuses the roll back', async () => {
    expect(await undone('failed', 'IN_PROGRESS', { rollBack: refusal })).toMatchObject({
      step: { kind: 'redeploying' },
      calls: [`roll back ${ARN}`, 'update'],
    });
  });

  it.each(['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_SUCCESSFUL'])(
    'waits for the roll back that ECS had begun by then (%s), and starts no deployment in its way',
    async (now) => {
      expect(await undone('failed', 'IN_PROGRESS', { rollBack: refusal, now })).toMatchObject({
        step: { kind: 'rolling-back' },
        calls: [`roll back ${ARN}`],
      });
    },
  );

  it.each([
    ['ECS refuses', { update: refusal }],
    ['the service is gone', { gone: true }],
  ])('says that it could not where %s', async (_, refuse) => {
    expect(await undone('failed', 'STOPPED', refuse)).toMatchObject({
      step: { kind: 'failed', finding: { level: 'error', title: expect.stringContaining('web') } },
    });
  });
});
