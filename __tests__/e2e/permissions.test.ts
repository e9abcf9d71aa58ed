import { describe, it } from 'vitest';
import { success } from '../../sandbox/scenarios/success.ts';
import { documentedActions } from '../docs/policies.ts';
import { changes, type DeployOptions, deploy } from './deploy.ts';

const SIMULATES = [...documentedActions('deploy', 'all'), ...documentedActions('pin', 'all')];
const TAGGED = { ...success, world: { ...success.world, taskDefinitionTags: { CostCenter: '41' } } };
const TASK_FILE = {
  family: 'dyno-agent',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '512',
  memory: '1024',
  executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
  containerDefinitions: [{ name: 'app', image: 'to be filled in', essential: true }],
  tags: [{ key: 'CostCenter', value: '41' }],
};
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

  it.for<[string, Partial<DeployOptions>]>([
    ['the service has', { scenario: TAGGED, inputs: { rollout: 'pin' } }],
    [
      'a pre-deploy-command runs',
      { scenario: TAGGED, inputs: { 'pre-deploy-command': 'alembic upgrade head' } },
    ],
    [
      'a file has',
      {
        files: { 'task.json': JSON.stringify(TASK_FILE) },
        inputs: { 'task-definition': 'task.json', 'container-name': 'app' },
      },
    ],
  ])(
    'warn where the task definition that %s has tags, and tagging is denied',
    async ([, options], { expect }) => {
      const allowedOnly = [...SIMULATES, ...documentedActions('pre-deploy-command', 'all')];
      const inputs = { hygiene: 'off', ...options.inputs };
      const denied = await deploy({ ...options, inputs, sandbox: { allowedOnly } });
      expect(denied.run.log).toContain(
        "! service    DG566 IAM's simulator says that these credentials may not deploy: ecs:TagResource on dyno-agent:",
      );
      expect(denied.run.log).toContain(
        '{"Effect":"Allow","Action":"ecs:TagResource","Resource":"arn:aws:ecs:us-east-1:123456789012:task-definition/dyno-agent:*","Condition":{"StringEquals":{"ecs:CreateAction":"RegisterTaskDefinition"}}}',
      );
      expect(denied.run.outputs['failure-reason']).toContain('ecs:TagResource');
      expect(denied.truth.deploymentsStarted).toEqual([]);
      const allowed = await deploy({
        ...options,
        inputs: { ...inputs, mode: 'check' },
        sandbox: { allowedOnly: [...allowedOnly, ...documentedActions('tags', 'all')] },
      });
      expect(allowed.run.log).toMatch(/Allowed by IAM's simulation.*: .*ecs:TagResource/);
    },
  );

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
