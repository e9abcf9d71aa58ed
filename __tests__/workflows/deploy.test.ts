import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { changes } from '../e2e/deploy.ts';
import { findTool } from '../second-opinion/tool.ts';
import { runWorkflow, type WorkflowRun, workflowText } from './act.ts';

// act runs the workflows as GitHub's runner would. Without it these tests are skipped, and fail where stand-ins are
// refused (CI).
const act = findTool('act');
const open: Sandbox[] = [];
afterAll(async () => {
  await Promise.all(open.map((sandbox) => sandbox.close()));
});

async function newSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox({ speed: 100 });
  open.push(sandbox);
  return sandbox;
}

// No `%0A`, which act, unlike the runner, takes for a line break after it has taken `%25` for a percent sign.
const SECRETS = {
  JWT_SECRET: 'q7Rz2mV9%25xKp4Ls8TnWc3Y%bHd6FgJe1Ua5',
  DATABASE_PASSWORD: 'Torque=Curve_9c41fd7a',
};

/** The reusable workflow as another repository calls it, and a job that reads its outputs. */
const caller = (inputs: Readonly<Record<string, string>>) => `on: push
jobs:
  call:
    uses: ./.github/workflows/deploy.yml
    with:
      aws-region: us-east-1
      ecr-repository: dyno-agent
      cluster: dyno-agent-cluster
      service: dyno-agent-service
${Object.entries(inputs)
  .map(([name, value]) => `      ${name}: ${JSON.stringify(value)}\n`)
  .join('')}    secrets:
      AWS_ACCESS_KEY_ID: \${{ secrets.AWS_ACCESS_KEY_ID }}
      AWS_SECRET_ACCESS_KEY: \${{ secrets.AWS_SECRET_ACCESS_KEY }}
      AWS_SESSION_TOKEN: \${{ secrets.AWS_SESSION_TOKEN }}
      SLACK_WEBHOOK_URL: \${{ secrets.SLACK_WEBHOOK_URL }}
      ENVIRONMENT: \${{ secrets.ENVIRONMENT }}
  after:
    needs: call
    runs-on: ubuntu-24.04
    steps:
      - run: printf '%s' "$OUTPUTS" > "$RESULTS"
        env:
          OUTPUTS: \${{ toJSON(needs.call.outputs) }}
`;

const call = async (
  sandbox: Sandbox,
  inputs: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
  start: string = caller(inputs),
): Promise<WorkflowRun> =>
  await runWorkflow({
    act: act ?? '',
    sandbox,
    secrets,
    files: {
      '.github/workflows/deploy.yml': workflowText('deploy.yml'),
      '.github/workflows/start.yml': start,
    },
  });

/** Keys that last an hour, as a step before the deploy may have got them. */
async function temporaryKeys(sandbox: Sandbox): Promise<Readonly<Record<string, string>>> {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = sandbox.env();
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const sts = new STSClient({ endpoint: sandbox.url, region: 'us-east-1', credentials });
  const RoleArn = 'arn:aws:iam::123456789012:role/deploy';
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'by-hand' }));
  return {
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: Credentials?.SessionToken ?? '',
  };
}

/** The endings of the jobs, by the last part of their names. */
const endings = ({ jobs }: WorkflowRun) =>
  Object.fromEntries(Object.entries(jobs).map(([name, ending]) => [name.split('/').at(-1), ending]));

describe.skipIf(act === undefined)('the reusable workflow, run by act', () => {
  it('lints, tests, deploys this commit, and hands the outputs to its caller', async () => {
    const sandbox = await newSandbox();
    const before = sandbox.truth().runningDigests['dyno-agent-service'];
    const lines = ['# what the service needs', '', ...Object.entries(SECRETS).map((pair) => pair.join('='))];
    const run = await call(
      sandbox,
      {
        'setup-command':
          'touch set-up\nmkdir "$RUNNER_TEMP/own"\nln -s /bin/true "$RUNNER_TEMP/own/own-linter"\necho "$RUNNER_TEMP/own" >> "$GITHUB_PATH"',
        'lint-command': 'own-linter && test -f set-up && test -f Dockerfile',
        'test-command': 'test -f app.txt',
        'required-secrets': 'JWT_SECRET min=32 unique\nDATABASE_PASSWORD strong',
      },
      { ENVIRONMENT: lines.join('\n') },
    );
    expect(run.exitCode, run.log).toBe(0);
    expect(endings(run)).toEqual({
      'Lint and tests': 'success',
      'deploy dyno-agent-service': 'success',
      after: 'success',
    });
    const truth = sandbox.truth();
    const running = truth.runningDigests['dyno-agent-service'] ?? [];
    expect(running).toHaveLength(1);
    expect(running).not.toEqual(before);
    expect(truth.deploymentsStarted).toHaveLength(1);
    expect(truth.slackMessages).toHaveLength(1);
    expect(run.results).toMatchObject({
      result: 'succeeded',
      'failure-code': '',
      'aws-account-id': '123456789012',
      'image-digest': running[0],
      'image-tags': JSON.stringify([run.sha, 'latest']),
    });
    const image = truth.images['dyno-agent']?.find(({ digest }) => digest === running[0]);
    expect(image?.tags).toContain(run.sha);
    // Each reached the action whole (its rules hold), and none is in what a person can read.
    expect(run.log).toContain('2 of 2 set');
    for (const value of Object.values(SECRETS)) expect(run.log).not.toContain(value);
    expect(run.log).not.toContain(sandbox.env()['AWS_SECRET_ACCESS_KEY']);
  });

  it('checks without changing anything', async () => {
    const sandbox = await newSandbox();
    const run = await call(sandbox, { mode: 'check' });
    expect(run.exitCode, run.log).toBe(0);
    expect(endings(run)).toEqual({ 'check dyno-agent-service': 'success', after: 'success' });
    expect(run.results).toMatchObject({ result: 'checked' });
    const truth = sandbox.truth();
    expect(truth.calls.map(({ operation }) => operation)).toContain('DescribeServices');
    expect(changes({ truth })).toEqual([]);
    expect(truth.slackMessages).toEqual([]);
  });

  it('takes temporary keys with their session token', async () => {
    const sandbox = await newSandbox();
    const keys = await temporaryKeys(sandbox);
    const run = await call(sandbox, { mode: 'check' }, keys);
    expect(run.exitCode, run.log).toBe(0);
    expect(run.log).toContain('identity   role/deploy by access keys');
    expect(run.log).not.toContain(keys['AWS_SESSION_TOKEN']);
  });

  it('takes the secrets under its own names from a caller that lets it inherit them', async () => {
    const sandbox = await newSandbox();
    const inputs = { 'required-secrets': 'JWT_SECRET min=32' };
    const start = caller(inputs).replace(/secrets:\n[\s\S]*?(?= {2}after:)/, 'secrets: inherit\n');
    const run = await call(sandbox, inputs, { ENVIRONMENT: `JWT_SECRET=${SECRETS.JWT_SECRET}` }, start);
    expect(run.exitCode, run.log).toBe(0);
    expect(run.log).toContain('1 of 1 set');
    expect(sandbox.truth().slackMessages).toHaveLength(1);
  });

  it('rolls back without lint or tests, to what ran before', async () => {
    const sandbox = await newSandbox();
    const before = sandbox.truth().runningDigests['dyno-agent-service'] ?? [];
    const deployed = await call(sandbox, {});
    expect(deployed.exitCode, deployed.log).toBe(0);
    expect(sandbox.truth().runningDigests['dyno-agent-service']).not.toEqual(before);
    const run = await call(sandbox, { mode: 'rollback', 'lint-command': 'false', 'test-command': 'false' });
    expect(run.exitCode, run.log).toBe(0);
    expect(endings(run)).toEqual({ 'rollback dyno-agent-service': 'success', after: 'success' });
    expect(run.results).toMatchObject({ result: 'succeeded', 'image-digest': before[0] });
    const truth = sandbox.truth();
    expect(truth.runningDigests['dyno-agent-service']).toEqual(before);
    expect(truth.deploymentsStarted).toHaveLength(2);
    expect(truth.tagMoves.at(-1)).toMatchObject({ tag: 'latest', digest: before[0] });
  });

  it('deploys by hand, with what the form asks for', async () => {
    const sandbox = await newSandbox();
    const inputs = {
      ...{
        mode: 'deploy',
        environment: '',
        'image-tag': '',
        'role-to-assume': '',
        'aws-region': 'us-east-1',
      },
      ...{ 'ecr-repository': 'dyno-agent', cluster: 'dyno-agent-cluster', service: 'dyno-agent-service' },
    };
    const run = await runWorkflow({
      act: act ?? '',
      sandbox,
      workflow: '.github/workflows/deploy.yml',
      event: { name: 'workflow_dispatch', payload: { ref: 'refs/heads/main', inputs } },
      files: { '.github/workflows/deploy.yml': workflowText('deploy.yml') },
    });
    expect(run.exitCode, run.log).toBe(0);
    expect(endings(run)).toEqual({ 'deploy dyno-agent-service': 'success' });
    expect(run.outputs['result']).toBe('succeeded');
    const truth = sandbox.truth();
    expect(truth.runningDigests['dyno-agent-service']).toEqual([run.outputs['image-digest']]);
    expect(truth.slackMessages).toHaveLength(1);
  });

  it.each([
    ['lint-command', 'true; false; true'],
    ['test-command', 'false | cat'],
    ['setup-command', 'echo "$NOT_SET_ANYWHERE"'],
  ])('asks AWS nothing where its %s fails (`%s`)', async (name, command) => {
    const sandbox = await newSandbox();
    const run = await call(sandbox, { 'lint-command': 'true', [name]: command });
    expect(run.exitCode).not.toBe(0);
    expect(endings(run)['Lint and tests'], run.log).toBe('failure');
    expect(Object.keys(endings(run)).filter((job) => job.startsWith('deploy '))).toEqual([]);
    const truth = sandbox.truth();
    expect(truth.calls).toEqual([]);
    expect(changes({ truth })).toEqual([]);
    expect(truth.slackMessages).toEqual([]);
  });

  it('stops at a line of ENVIRONMENT that it can not read, without printing it', async () => {
    const sandbox = await newSandbox();
    const run = await call(sandbox, {}, { ENVIRONMENT: 'JWT_SECRET: q7Rz2mV9xKp4Ls8TnWc3Y' });
    expect(run.exitCode).not.toBe(0);
    expect(run.log).toContain('A line of the secret ENVIRONMENT is not NAME=value.');
    expect(run.log).not.toContain('q7Rz2mV9xKp4Ls8TnWc3Y');
    expect(sandbox.truth().calls).toEqual([]);
  });

  it('fails with the code where a secret is missing, and changes nothing', async () => {
    const sandbox = await newSandbox();
    const run = await call(sandbox, { 'required-secrets': 'JWT_SECRET' });
    expect(run.exitCode).not.toBe(0);
    expect(endings(run)).toEqual({ 'deploy dyno-agent-service': 'failure' });
    expect(run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG112' });
    const truth = sandbox.truth();
    expect(changes({ truth })).toEqual([]);
    expect(truth.slackMessages).toHaveLength(1);
  });
});

it('is in the environment that a check names, without a deployment for it', () => {
  const { jobs } = parse(workflowText('deploy.yml')) as {
    readonly jobs: { readonly deploy: { readonly environment: unknown } };
  };
  expect(jobs.deploy.environment).toEqual({
    name: '${{ inputs.environment }}',
    deployment: "${{ inputs.mode != 'check' }}",
  });
});

it('takes lines of ENVIRONMENT that end as on Windows', () => {
  const { jobs } = parse(workflowText('deploy.yml')) as {
    readonly jobs: { readonly deploy: { readonly steps: readonly { readonly run?: string }[] } };
  };
  const script = jobs.deploy.steps.find(({ run }) => run?.includes('LINES'))?.run ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-lines-'));
  try {
    const file = join(folder, 'env');
    const lines = ['# what the service needs', '', ...Object.entries(SECRETS).map((pair) => pair.join('='))];
    const env = { PATH: process.env['PATH'], LINES: lines.join('\r\n'), GITHUB_ENV: file };
    const { status, stdout } = spawnSync('bash', ['-e', '-c', script], { env, encoding: 'utf8' });
    expect(status, stdout).toBe(0);
    const values = [...readFileSync(file, 'utf8').matchAll(/^(\w+)<<(\w+)\n([\s\S]*?)\n\2$/gm)];
    expect(Object.fromEntries(values.map(([, name, , value]) => [name, value]))).toEqual(SECRETS);
    expect(stdout).not.toContain('\r');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** In whose queue a job of the reusable workflow stands. */
function groupOf(job: 'ready' | 'deploy', given: Readonly<Record<string, string>>, run = '1'): string {
  const { jobs } = parse(workflowText('deploy.yml')) as {
    readonly jobs: Readonly<Record<string, { readonly concurrency: { readonly group: string } }>>;
  };
  const inputs = new Proxy(given, { get: (all, name) => Reflect.get(all, name) ?? '' });
  const format = (text: string, value: string) => text.replace('{0}', value);
  return (jobs[job]?.concurrency.group ?? '').replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) =>
    String(
      runInNewContext(expression.replaceAll(/inputs\.([\w-]+)/g, "inputs['$1']"), {
        inputs,
        format,
        github: { run_id: run },
      }),
    ),
  );
}

describe('the queues of the reusable workflow', () => {
  const call = { environment: 'production', 'aws-region': 'us-east-1', cluster: 'one', service: 'api' };
  // GitHub keeps one waiting in a group, and cancels what waited before it.
  const others = [
    { ...call, environment: 'staging' },
    { ...call, 'aws-region': 'eu-west-1' },
    { ...call, cluster: 'two' },
    { ...call, service: 'worker' },
  ];

  it.each(['deploy', 'check', 'rollback'])('are many where one run calls it for many (%s)', (mode) => {
    for (const job of ['ready', 'deploy'] as const) {
      const groups = [call, ...others].map((each) => groupOf(job, { ...each, mode }));
      expect(new Set(groups).size, groups.join('\n')).toBe(5);
    }
  });

  it('are one for whatever changes a service, and each its own for checks', () => {
    const of = (mode: string, run: string) => groupOf('deploy', { ...call, mode }, run);
    expect(of('deploy', '1')).toBe(of('rollback', '2'));
    expect(of('', '1')).toBe(of('deploy', '2'));
    expect(of('check', '1')).not.toBe(of('check', '2'));
    expect(of('check', '1')).not.toBe(of('deploy', '1'));
  });
});

/** The README's way: checkout, then the action as a step. */
const steps = `on: push
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - uses: org/deploy-guard@v1
        id: deploy
        with:
          aws-region: us-east-1
          aws-access-key-id: \${{ secrets.AWS_ACCESS_KEY_ID }}
          aws-secret-access-key: \${{ secrets.AWS_SECRET_ACCESS_KEY }}
          ecr-repository: dyno-agent
          cluster: dyno-agent-cluster
          service: dyno-agent-service
          required-secrets: JWT_SECRET min=32
          slack-webhook-url: \${{ secrets.SLACK_WEBHOOK_URL }}
        env:
          JWT_SECRET: \${{ secrets.JWT_SECRET }}
      - run: printf '%s' "$OUTPUTS" > "$RESULTS"
        env:
          OUTPUTS: \${{ toJSON(steps.deploy.outputs) }}
`;

describe.skipIf(act === undefined)('the action as a step, run by act', () => {
  it.each([
    ['org/deploy-guard@v1', false],
    ['./', true],
  ])(
    'deploys, gives its outputs to the next step, and runs its post step (uses: %s)',
    async (uses, withAction) => {
      const sandbox = await newSandbox();
      const run = await runWorkflow({
        act: act ?? '',
        sandbox,
        withAction,
        files: { '.github/workflows/start.yml': steps.replace('org/deploy-guard@v1', uses) },
      });
      expect(run.exitCode, run.log).toBe(0);
      const truth = sandbox.truth();
      const running = truth.runningDigests['dyno-agent-service'] ?? [];
      expect(run.results).toMatchObject({ result: 'succeeded', 'image-digest': running[0] });
      expect(truth.images['dyno-agent']?.find(({ digest }) => digest === running[0])?.tags).toContain(
        run.sha,
      );
      expect(truth.deploymentsStarted).toHaveLength(1);
      expect(truth.slackMessages).toHaveLength(1);
      expect(run.log).toContain(`Success - Post ${uses}`);
      expect(run.log).not.toContain(sandbox.env()['JWT_SECRET']);
    },
  );
});
