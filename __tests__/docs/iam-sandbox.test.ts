import { describe, expect, it } from 'vitest';
import type { AllowStatement } from '../../sandbox/aws/access-policy.ts';
import { success } from '../../sandbox/scenarios/success.ts';
import { changes, type Deployed, type DeployOptions, deploy } from '../e2e/deploy.ts';
import { documentedActions, documentedStatements } from './policies.ts';

const SPEED = 60;
const TAGGED = { ...success, world: { ...success.world, taskDefinitionTags: { CostCenter: '41' } } };

/** Calls that were refused for want of a permission. */
function deniedCalls({ truth }: Deployed): readonly string[] {
  return truth.calls
    .filter(({ errorCode }) => errorCode?.startsWith('AccessDenied'))
    .map(({ service, operation }) => `${service}:${operation}`);
}

describe('the policies of docs/iam.md, in the sandbox', () => {
  it('suffice for a deploy, without one refused call', async () => {
    const deployed = await deploy({
      speed: SPEED,
      sandbox: { allowedOnly: documentedStatements('deploy', 'all') },
    });
    expect(deployed.run.outputs['result']).toBe('succeeded');
    expect(deniedCalls(deployed)).toEqual([]);
    expect(deployed.run.log).not.toMatch(/DG527|DG63\d/);
  });

  it('suffice for the whole diagnosis of a failure', async () => {
    const deployed = await deploy({
      scenario: 'crash-loop',
      speed: 20,
      sandbox: { allowedOnly: documentedStatements('deploy', 'all') },
    });
    expect(deployed.run.outputs['failure-code']).toBe('DG612');
    expect(deniedCalls(deployed)).toEqual([]);
    expect(deployed.run.log).toContain('RuntimeError: DATABASE_URL is not set');
  });

  it('suffice for a green deploy without what is optional, and the run says what it lacked', async () => {
    const deployed = await deploy({
      speed: SPEED,
      sandbox: { allowedOnly: documentedStatements('deploy', 'required') },
    });
    expect(deployed.run.outputs['result']).toBe('succeeded');
    expect(deniedCalls(deployed)).not.toEqual([]);
    expect(deployed.run.log).toMatch(/DG63[23]/);
  });

  it.each(['all', 'required'] as const)('suffice for a check (%s)', async (which) => {
    const deployed = await deploy({
      inputs: { mode: 'check' },
      sandbox: { allowedOnly: documentedStatements('check', which) },
    });
    expect(deployed.run.outputs['result']).toBe('checked');
    expect(changes(deployed)).toEqual([]);
    // Whoever only checks may begin a push, and is denied the rest of it.
    const rest = ['ecr:CompleteLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'];
    if (which === 'all') expect(deniedCalls(deployed).toSorted()).toEqual(rest);
    expect(deployed.run.log).toContain('DG334');
  });

  it('suffice for a check to see what the task definition lacks', async () => {
    const secrets = [
      {
        name: 'PASSWORD',
        valueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:dyno-agent/database-AbCdEf',
      },
      { name: 'JWT_SECRET', valueFrom: '/dyno-agent/jwt-secret' },
    ];
    const deployed = await deploy({
      scenario: { ...success, world: { ...success.world, container: { secrets } } },
      inputs: { mode: 'check' },
      sandbox: { allowedOnly: documentedStatements('check', 'all') },
    });
    expect(deployed.run.log.match(/DG547/g)?.length, deployed.run.log).toBeGreaterThan(1);
    expect(deniedCalls(deployed).filter((call) => !call.startsWith('ecr:'))).toEqual([]);
  });

  it('suffice for a roll back to an image that is named, or to the one before', async () => {
    const allowedOnly = documentedStatements('rollback', 'all');
    const inputs = { mode: 'rollback', 'image-tag': 'c41d7e0a962f5b38d1e4a7c09b83f6250d7ea814' };
    for (const given of [inputs, { mode: 'rollback' }]) {
      const deployed = await deploy({ speed: SPEED, inputs: given, sandbox: { allowedOnly } });
      expect(deployed.run.outputs['result'], deployed.run.log).toBe('succeeded');
      expect(deniedCalls(deployed)).toEqual([]);
    }
  });

  it.each<readonly [string, DeployOptions, string, string]>([
    ['pin', { inputs: { rollout: 'pin' } }, 'succeeded', ''],
    ['tags', { scenario: TAGGED, inputs: { rollout: 'pin' } }, 'succeeded', 'pin'],
    [
      'tags',
      { scenario: TAGGED, inputs: { 'pre-deploy-command': 'alembic upgrade head' } },
      'succeeded',
      'pre-deploy-command',
    ],
    ['pre-deploy-command', { inputs: { 'pre-deploy-command': 'alembic upgrade head' } }, 'succeeded', ''],
    ['on-failure-rollback', { scenario: 'crash-loop-undone', speed: 20 }, 'rolled-back', ''],
  ])(
    'suffice, with the extra for %s, for a deploy that needs it',
    async (extra, options, result, besides) => {
      const base = [
        ...documentedStatements('deploy', 'all'),
        ...(besides ? documentedStatements(besides, 'all') : []),
      ];
      const run = (allowedOnly: readonly AllowStatement[]) =>
        deploy({ speed: SPEED, ...options, sandbox: { allowedOnly } });
      const deployed = await run([...base, ...documentedStatements(extra, 'all')]);
      expect(deployed.run.outputs['result'], deployed.run.log).toBe(result);
      expect(deniedCalls(deployed)).toEqual([]);
      const without = await run(base);
      expect(deniedCalls(without)).not.toEqual([]);
    },
  );

  it.each(lacking())(
    'have no action too many: a $mode without $action is red, and names it',
    async (lack) => {
      const deployed = await deploy({
        speed: SPEED,
        inputs: lack.inputs,
        sandbox: { allowedOnly: lack.allowed },
      });
      expect(deployed.run.main.exitCode).toBe(1);
      expect(deployed.run.outputs['failure-reason']).toContain(lack.action);
      expect(deployed.truth.updateServiceCalls.filter(({ errorCode }) => errorCode === undefined)).toEqual(
        [],
      );
    },
  );

  it.each(documentedActions('check', 'required'))('tell a check of %s, where it lacks', async (action) => {
    const deployed = await deploy({
      inputs: { mode: 'check' },
      sandbox: { allowedOnly: documentedActions('check', 'all').filter((each) => each !== action) },
    });
    expect(deployed.run.log).toContain(action);
    expect(changes(deployed)).toEqual([]);
  });
});

interface Lacking {
  readonly mode: string;
  readonly action: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly allowed: readonly string[];
}

/** Each policy with one action less of those that its runs can't do without. */
function lacking(): readonly Lacking[] {
  const of = (mode: string, inputs: Readonly<Record<string, string>>, extra?: string) => {
    const own = documentedActions(extra ?? mode, 'required');
    const allowed = [...documentedActions(mode, 'all'), ...(extra ? own : [])];
    return own.map((action) => ({
      mode: extra ?? mode,
      action,
      inputs,
      allowed: allowed.filter((each) => each !== action),
    }));
  };
  return [
    ...of('deploy', { mode: 'deploy' }),
    ...of('rollback', { mode: 'rollback' }),
    ...of('deploy', { rollout: 'pin' }, 'pin'),
  ];
}
