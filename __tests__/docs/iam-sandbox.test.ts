import { describe, expect, it } from 'vitest';
import { changes, type Deployed, type DeployOptions, deploy } from '../e2e/deploy.ts';
import { documentedActions } from './policies.ts';

const SPEED = 60;

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
      sandbox: { allowedOnly: documentedActions('deploy', 'all') },
    });
    expect(deployed.run.outputs['result']).toBe('succeeded');
    expect(deniedCalls(deployed)).toEqual([]);
    expect(deployed.run.log).not.toMatch(/DG527|DG63\d/);
  });

  it('suffice for the whole diagnosis of a failure', async () => {
    const deployed = await deploy({
      scenario: 'crash-loop',
      speed: 20,
      sandbox: { allowedOnly: documentedActions('deploy', 'all') },
    });
    expect(deployed.run.outputs['failure-code']).toBe('DG612');
    expect(deniedCalls(deployed)).toEqual([]);
    expect(deployed.run.log).toContain('RuntimeError: DATABASE_URL is not set');
  });

  it('suffice for a green deploy without what is optional, and the run says what it lacked', async () => {
    const deployed = await deploy({
      speed: SPEED,
      sandbox: { allowedOnly: documentedActions('deploy', 'required') },
    });
    expect(deployed.run.outputs['result']).toBe('succeeded');
    expect(deniedCalls(deployed)).not.toEqual([]);
    expect(deployed.run.log).toMatch(/DG63[23]/);
  });

  it.each(['all', 'required'] as const)('suffice for a check (%s)', async (which) => {
    const deployed = await deploy({
      inputs: { mode: 'check' },
      sandbox: { allowedOnly: documentedActions('check', which) },
    });
    expect(deployed.run.outputs['result']).toBe('checked');
    expect(changes(deployed)).toEqual([]);
    // Whoever only checks may begin a push, and is denied the rest of it.
    const rest = ['ecr:CompleteLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'];
    if (which === 'all') expect(deniedCalls(deployed).toSorted()).toEqual(rest);
    expect(deployed.run.log).toContain('DG334');
  });

  it('suffice for a roll back to an image that is named, or to the one before', async () => {
    const allowedOnly = documentedActions('rollback', 'all');
    const inputs = { mode: 'rollback', 'image-tag': 'c41d7e0a962f5b38d1e4a7c09b83f6250d7ea814' };
    for (const given of [inputs, { mode: 'rollback' }]) {
      const deployed = await deploy({ speed: SPEED, inputs: given, sandbox: { allowedOnly } });
      expect(deployed.run.outputs['result'], deployed.run.log).toBe('succeeded');
      expect(deniedCalls(deployed)).toEqual([]);
    }
  });

  it.each<readonly [string, DeployOptions, string]>([
    ['pin', { inputs: { rollout: 'pin' } }, 'succeeded'],
    ['pre-deploy-command', { inputs: { 'pre-deploy-command': 'alembic upgrade head' } }, 'succeeded'],
    ['on-failure-rollback', { scenario: 'crash-loop-undone', speed: 20 }, 'rolled-back'],
  ])('suffice, with the extra for %s, for a deploy that needs it', async (extra, options, result) => {
    const base = documentedActions('deploy', 'all');
    const run = (allowedOnly: readonly string[]) =>
      deploy({ speed: SPEED, ...options, sandbox: { allowedOnly } });
    const deployed = await run([...base, ...documentedActions(extra, 'all')]);
    expect(deployed.run.outputs['result'], deployed.run.log).toBe(result);
    expect(deniedCalls(deployed)).toEqual([]);
    const without = await run(base);
    expect(deniedCalls(without)).not.toEqual([]);
  });

  it.each(documentedActions('deploy', 'required'))(
    'have no action too many: without %s it is red',
    async (action) => {
      const deployed = await deploy({
        speed: SPEED,
        sandbox: { allowedOnly: documentedActions('deploy', 'all').filter((each) => each !== action) },
      });
      expect(deployed.run.main.exitCode).toBe(1);
      expect(deployed.truth.updateServiceCalls.filter(({ errorCode }) => errorCode === undefined)).toEqual(
        [],
      );
    },
  );
});
