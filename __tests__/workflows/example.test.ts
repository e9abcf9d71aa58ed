import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Sandbox, type Scenario, startSandbox } from '../../sandbox/sandbox.ts';
import { success } from '../../sandbox/scenarios/success.ts';
import { changes } from '../e2e/deploy.ts';
import { findTool } from '../second-opinion/tool.ts';
import { type ActOptions, runWorkflow, type WorkflowRun } from './act.ts';
import { startOidcTokens } from './oidc-tokens.ts';

// The workflows of examples/fastapi as they stand, run by act. Without it these tests are skipped, and fail where
// stand-ins are refused (CI).
const act = findTool('act');
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
});

const folder = join(import.meta.dirname, '..', '..', 'examples', 'fastapi');
const example = Object.fromEntries(
  execFileSync('git', ['ls-files'], { cwd: folder, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
);
/** No registry of base images is in reach, and its lint and tests have a run of their own. */
const STAND_INS = {
  Dockerfile: 'FROM scratch\nARG GIT_SHA\nCOPY pyproject.toml /\nCMD ["/app"]\n',
  '.dockerignore': '',
  '.github/workflows/ci.yml':
    'on: workflow_call\njobs:\n  ci:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo tested\n',
};

const role = (name: string, subject: string) => ({
  name,
  subjects: [`repo:acme/dyno-agent:${subject}`],
  audiences: ['sts.amazonaws.com'],
  principals: [],
  maxSessionSeconds: 3600,
});
/** The roles of infra/github.tf. */
const account: Scenario = {
  ...success,
  world: {
    ...success.world,
    container: { healthCheck: { command: ['CMD', 'python', '-c', 'import urllib.request'] } },
    roles: [role('dyno-agent-deploy', 'environment:production'), role('dyno-agent-check', 'pull_request')],
  },
};

async function newSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox({ scenario: account, speed: 100 });
  closing.push(sandbox.close);
  return sandbox;
}

async function start(
  sandbox: Sandbox,
  workflow: string,
  subject: string,
  event: ActOptions['event'],
  options: { readonly job?: string; readonly files?: Readonly<Record<string, string>> } = {},
): Promise<WorkflowRun> {
  const tokens = await startOidcTokens(`repo:acme/dyno-agent:${subject}`);
  closing.push(tokens.close);
  const files = Object.entries({ ...example, ...options.files }).map(([path, text]) => [
    path,
    text.replaceAll('https://dyno.example.com', sandbox.url),
  ]);
  return await runWorkflow({
    act: act ?? '',
    sandbox,
    workflow: `.github/workflows/${workflow}`,
    ...(options.job === undefined ? {} : { job: options.job }),
    event,
    environment: tokens.env,
    secrets: {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      GITHUB_TOKEN: 'ghs_example',
      SLACK_WEBHOOK_URL: `${sandbox.slackUrl}${'a1B2'.repeat(6)}`,
    },
    files: Object.fromEntries(files) as Record<string, string>,
  });
}

describe.skipIf(act === undefined)('the workflows of examples/fastapi, run by act', () => {
  it('deploy a push to main after CI, and bring the image before back by a button', async () => {
    const sandbox = await newSandbox();
    const before = sandbox.truth().runningDigests['dyno-agent-service'];
    const push = { name: 'push', payload: { ref: 'refs/heads/main' } };
    const deployed = await start(sandbox, 'deploy.yml', 'environment:production', push, { files: STAND_INS });
    expect(deployed.exitCode, deployed.log).toBe(0);
    expect(Object.values(deployed.jobs)).toEqual(['success', 'success']);
    expect(deployed.outputs['result']).toBe('succeeded');
    const truth = sandbox.truth();
    expect(truth.runningDigests['dyno-agent-service']).toEqual([deployed.outputs['image-digest']]);
    expect(truth.oneOffTasks).toHaveLength(1);
    expect(truth.slackMessages).toHaveLength(1);
    expect(truth.github.deployments.map(({ environment }) => environment)).toEqual(['production']);

    const inputs = { mode: 'rollback', 'image-tag': '' };
    const button = { name: 'workflow_dispatch', payload: { ref: 'refs/heads/main', inputs } };
    const back = await start(sandbox, 'deploy.yml', 'environment:production', button, { files: STAND_INS });
    expect(back.exitCode, back.log).toBe(0);
    expect(Object.keys(back.jobs)).toEqual(['Deploy/Deploy']);
    expect(sandbox.truth().runningDigests['dyno-agent-service']).toEqual(before);
  });

  it('check a pull request, with nothing to say about the example itself', async () => {
    const sandbox = await newSandbox();
    const payload = { pull_request: { head: { repo: { full_name: 'acme/dyno-agent' } } } };
    const event = { name: 'pull_request', payload };
    const run = await start(sandbox, 'check.yml', 'pull_request', event);
    expect(run.exitCode, run.log).toBe(0);
    expect(run.outputs['result']).toBe('checked');
    expect(run.log).toMatch(/✓ hygiene +nothing to mend \(/);
    expect(changes({ truth: sandbox.truth() })).toEqual([]);
  });
});
