import { describe, it } from 'vitest';
import { documentedActions } from '../docs/policies.ts';
import { changes, deploy } from './deploy.ts';

const SIMULATES = [...documentedActions('deploy', 'all'), ...documentedActions('pin', 'all')];
const CHECK = { mode: 'check', hygiene: 'off' } as const;

function without(action: string): { readonly allowedOnly: readonly string[] } {
  return { allowedOnly: SIMULATES.filter((each) => each !== action) };
}

describe.concurrent('the permissions of a deploy, simulated', () => {
  it('are seen to be allowed', async ({ expect }) => {
    const deployed = await deploy({
      inputs: { ...CHECK, rollout: 'pin' },
      sandbox: { allowedOnly: SIMULATES },
    });
    const { run, truth } = deployed;
    expect(run.outputs['result'], run.log).toBe('checked');
    expect(run.log).toContain(
      "Allowed by IAM's simulation, which is no promise (ECS has no dry run): ecs:UpdateService, ecs:RegisterTaskDefinition and iam:PassRole.",
    );
    const asked = truth.calls.filter(({ operation }) => operation === 'SimulatePrincipalPolicy');
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.map(({ input }) => input)).toContainEqual(
      expect.objectContaining({
        'ActionNames.member.1': 'iam:PassRole',
        'ContextEntries.member.1.ContextKeyName': 'iam:PassedToService',
        'ContextEntries.member.1.ContextKeyValues.member.1': 'ecs-tasks.amazonaws.com',
      }),
    );
    expect(changes(deployed)).toEqual([]);
  });

  it.for<[string, Readonly<Record<string, string>>, string]>([
    ['ecs:UpdateService', {}, 'dyno-agent-service'],
    ['iam:PassRole', { rollout: 'pin' }, ''],
    ['ecs:RegisterTaskDefinition', { rollout: 'pin' }, 'dyno-agent:57'],
    ['ecs:RunTask', { 'pre-deploy-command': 'alembic upgrade head' }, 'dyno-agent:57'],
  ])('warn where %s is denied, and leave the last word to ECS', async ([action, inputs, on], { expect }) => {
    const allowedOnly = [
      ...new Set([...SIMULATES, ...documentedActions('pre-deploy-command', 'all')]),
    ].filter((each) => each !== action);
    const { run, truth } = await deploy({ inputs: { hygiene: 'off', ...inputs }, sandbox: { allowedOnly } });
    expect(run.log).toContain(
      `! service    DG566 IAM's simulator says that these credentials may not deploy: ${action} on ${on}`,
    );
    expect(run.log).toContain(`{"Effect":"Allow","Action":"${action}","Resource":`);
    expect(run.outputs['result'], run.log).toBe('failed');
    expect(truth.deploymentsStarted.length).toBe(
      truth.updateServiceCalls.filter((call) => !call.errorCode).length,
    );
  });

  it('are only noted where a role checks that may not deploy', async ({ expect }) => {
    const deployed = await deploy({ inputs: CHECK, sandbox: without('ecs:UpdateService') });
    expect(deployed.run.outputs['result'], deployed.run.log).toBe('checked');
    expect(deployed.run.log).toContain(
      "· service    DG566 IAM's simulator says that these credentials may not deploy: ecs:UpdateService",
    );
    expect(changes(deployed)).toEqual([]);
  });

  it('are said to be unknown where nobody may ask', async ({ expect }) => {
    const deployed = await deploy({ inputs: CHECK, sandbox: without('iam:SimulatePrincipalPolicy') });
    expect(deployed.run.outputs['result'], deployed.run.log).toBe('checked');
    expect(deployed.run.log).toContain(
      '· service    DG567 Whether ecs:UpdateService is allowed is not known beforehand: iam:SimulatePrincipalPolicy',
    );
    expect(deployed.run.log).not.toContain('DG566');
    expect(changes(deployed)).toEqual([]);
  });
});
