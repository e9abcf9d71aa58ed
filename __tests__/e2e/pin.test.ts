import { describe, it } from 'vitest';
import { deploy } from './deploy.ts';

/** A task definition as a repository may keep it, with an image to be filled in. */
const FILE = JSON.stringify({
  family: 'dyno-agent',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '1024',
  memory: '2048',
  executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
  containerDefinitions: [
    { name: 'app', image: 'to-be-filled-in', essential: true, portMappings: [{ containerPort: 8000 }] },
  ],
});

describe.concurrent('rollout: pin', () => {
  it('registers a revision that differs in its image alone, and deploys that', async ({ expect }) => {
    const { run, truth } = await deploy({ inputs: { rollout: 'pin' } });
    const image = run.outputs['image'];
    expect(run.outputs['result'], run.log).toBe('succeeded');
    const registered = truth.calls.filter(({ operation }) => operation === 'RegisterTaskDefinition');
    expect(registered).toHaveLength(1);
    expect(registered[0]?.input).toMatchObject({
      family: 'dyno-agent',
      cpu: '512',
      containerDefinitions: [{ name: 'app', image, environment: [{ name: 'DATABASE_HOST' }] }],
    });
    expect(truth.deploymentsStarted).toHaveLength(1);
    expect(truth.deploymentsStarted[0]?.taskDefinition).toMatch(/dyno-agent:58$/);
    expect(truth.runningDigests).toEqual({ 'dyno-agent-service': [run.outputs['image-digest']] });
    expect(JSON.parse(run.outputs['deployments'] ?? '')).toMatchObject({
      'dyno-agent-service': { taskDefinition: 'dyno-agent:58' },
    });
  });

  it('tells which image the service ran before, also where no tag is moved', async ({ expect }) => {
    const before: (readonly string[] | undefined)[] = [];
    const { run } = await deploy({
      inputs: { rollout: 'pin', 'latest-tag': 'false' },
      before: (sandbox) => {
        before.push(sandbox.truth().runningDigests['dyno-agent-service']);
      },
    });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(run.outputs['previous-image']).toBe(`${run.outputs['image']?.split('@')[0]}@${before[0]?.[0]}`);
  });

  it('is not fooled by a latest that somebody else moves meanwhile', async ({ expect }) => {
    const { run, truth } = await deploy({ scenario: 'wrong-digest', inputs: { rollout: 'pin' } });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(truth.runningDigests).toEqual({ 'dyno-agent-service': [run.outputs['image-digest']] });
  });

  it('registers one revision for services that share a task definition', async ({ expect }) => {
    const { run, truth } = await deploy({ scenario: 'two-services', inputs: { rollout: 'pin' } });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    const registered = truth.calls.filter(({ operation }) => operation === 'RegisterTaskDefinition');
    expect(registered).toHaveLength(1);
    for (const digests of Object.values(truth.runningDigests))
      expect(digests).toEqual([run.outputs['image-digest']]);
  });

  it('is undone by going back to the revision before', async ({ expect }) => {
    const inputs = { rollout: 'pin', 'on-failure': 'rollback' };
    const denied = ['ecs:StopServiceDeployment'];
    const { run, truth } = await deploy({ scenario: 'crash-loop', inputs, sandbox: { denied } });
    expect(run.outputs['result'], run.log).toBe('rolled-back');
    expect(truth.deploymentsStarted.at(-1)?.taskDefinition).toMatch(/dyno-agent:57$/);
  });

  it('says which permission is missing, and changes no service', async ({ expect }) => {
    const { run, truth } = await deploy({
      inputs: { rollout: 'pin' },
      sandbox: { denied: ['ecs:RegisterTaskDefinition'] },
    });
    expect(run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG564' });
    expect(truth.deploymentsStarted).toEqual([]);
  });
});

describe.concurrent('task-definition', () => {
  it('deploys a revision that exists', async ({ expect }) => {
    const { run, truth } = await deploy({ inputs: { 'task-definition': 'dyno-agent:57' } });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(truth.updateServiceCalls[0]?.input).toMatchObject({
      taskDefinition: expect.stringMatching(/dyno-agent:57$/),
    });
  });

  it('refuses one that does not, before anything is built', async ({ expect }) => {
    const { run, truth } = await deploy({ inputs: { 'task-definition': 'dyno-agent:4711' } });
    expect(run.outputs, run.log).toMatchObject({ result: 'failed', 'failure-code': 'DG529' });
    expect(truth.manifestPuts).toBe(0);
  });

  it('registers a file with the image filled in', async ({ expect }) => {
    const { run, truth } = await deploy({
      inputs: { 'task-definition': 'task.json', 'container-name': 'app' },
      files: { 'task.json': FILE },
    });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    const [registered] = truth.calls.filter(({ operation }) => operation === 'RegisterTaskDefinition');
    expect(registered?.input).toMatchObject({
      cpu: '1024',
      containerDefinitions: [{ name: 'app', image: run.outputs['image'] }],
    });
    expect(truth.runningDigests).toEqual({ 'dyno-agent-service': [run.outputs['image-digest']] });
  });

  it('does not take the image in a file for the one that ran before', async ({ expect }) => {
    const stale = `sha256:${'a'.repeat(64)}`;
    const { run } = await deploy({
      inputs: { 'task-definition': 'task.json', 'container-name': 'app' },
      files: { 'task.json': FILE.replace('to-be-filled-in', `dyno-agent@${stale}`) },
    });
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(run.outputs['previous-image']).toMatch(/\/dyno-agent@sha256:[0-9a-f]{64}$/);
    expect(run.outputs['previous-image']).not.toContain(stale);
  });

  it.each([
    ['task.json', undefined],
    ['task.json', '{ not json'],
    ['task.json', '{"family":"x"}'],
  ])('refuses a file that is none: %s %s', async (path, text) => {
    const { run, truth } = await deploy({
      inputs: { 'task-definition': path },
      files: { 'task.json': text },
    });
    if (run.outputs['failure-code'] !== 'DG528') throw new Error(run.log);
    if (truth.manifestPuts !== 0) throw new Error('something was pushed');
  });
});
