import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type ActionRun, runAction } from '../sandbox/runner/run-action.ts';
import type { Deploy, DeployPlace } from './deploy-run.ts';
import type { Peer } from './peers.ts';

const ACTION = join(import.meta.dirname, '..');
const PATIENCE_MS = 10 * 60_000;

/** Our own action, with its post step. */
export const deployAsWeDo: Deploy = async ({ sandbox, workspace, env, path }) => {
  const run = await runAction({
    actionDir: ACTION,
    workspace: workspace.path,
    inputs: sandbox.inputs(),
    env,
    path,
    github: { sha: workspace.commit.sha, apiUrl: sandbox.githubApiUrl },
    timeoutMs: PATIENCE_MS,
  });
  if (run.outputs['result'] !== 'succeeded') throw new Error(`the deploy ended otherwise:\n${run.log}`);
  return { totalMs: run.main.ms + (run.post?.ms ?? 0) };
};

interface ChainStep {
  readonly repository: string;
  readonly inputs: Readonly<Record<string, string>>;
}

const BUILD = 'docker/build-push-action';

/** The peers of the chain, in order. Without buildx docker itself builds and pushes, from a shell. */
export function peersOfChain(hasBuildx: boolean): readonly string[] {
  const all = [
    'aws-actions/configure-aws-credentials',
    'aws-actions/amazon-ecr-login',
    BUILD,
    'aws-actions/amazon-ecs-deploy-task-definition',
    'slackapi/slack-github-action',
  ];
  return all.filter((name) => hasBuildx || name !== BUILD);
}

/**
 * The same deploy by the peers, a step each: credentials, login, build and push, register and deploy with a wait,
 * message. In their favour: without their post steps, without what the runner does between two steps, and with a
 * task definition that names `latest`, so that nothing has to be rendered.
 */
export function deployByChain(peers: readonly Peer[], hasBuildx: boolean): Deploy {
  return async (place) => {
    const carried: Record<string, string> = {};
    let totalMs = 0;
    for (const step of chainSteps(place)) {
      if (step.repository === BUILD && !hasBuildx) {
        totalMs += await buildByShell(place);
        continue;
      }
      const run = await runStep(step, peers, place, carried);
      Object.assign(carried, run.env);
      totalMs += run.main.ms;
    }
    return { totalMs };
  };
}

/** Milliseconds of a `run:` step with docker's own commands. */
async function buildByShell({ sandbox, workspace, env, path }: DeployPlace): Promise<number> {
  const image = `${sandbox.registryHost}/dyno-agent`;
  const [sha, latest] = [`${image}:${workspace.commit.sha}`, `${image}:latest`];
  const script = `docker build -t ${sha} -t ${latest} . && docker push ${sha} && docker push ${latest}`;
  const PATH = [...path, process.env['PATH'] ?? ''].join(delimiter);
  const startedAt = performance.now();
  const child = spawn('bash', ['-e', '-c', script], {
    cwd: workspace.path,
    env: { ...env, PATH },
    stdio: 'ignore',
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`\`${script}\` ended with ${code}`);
  return performance.now() - startedAt;
}

async function runStep(
  { repository, inputs }: ChainStep,
  peers: readonly Peer[],
  { sandbox, workspace, env, path }: DeployPlace,
  carried: Readonly<Record<string, string>>,
): Promise<ActionRun> {
  const peer = peers.find(({ pin }) => pin.repository === repository);
  if (peer === undefined || 'missing' in peer) throw new Error(`${repository} is not available`);
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...given } = env;
  const run = await runAction({
    actionDir: peer.folder,
    workspace: workspace.path,
    inputs,
    env: { ...given, ...carried },
    path,
    github: { sha: workspace.commit.sha, apiUrl: sandbox.githubApiUrl },
    runPost: false,
    timeoutMs: PATIENCE_MS,
  });
  if (run.conclusion !== 'success') throw new Error(`${repository} failed:\n${run.log}`);
  return run;
}

function chainSteps({ sandbox, workspace }: DeployPlace): readonly ChainStep[] {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = sandbox.env();
  const image = `${sandbox.registryHost}/dyno-agent`;
  const inputs = sandbox.inputs();
  writeFileSync(join(workspace.path, 'task-definition.json'), taskDefinition(`${image}:latest`));
  return [
    {
      repository: 'aws-actions/configure-aws-credentials',
      inputs: {
        'aws-region': 'us-east-1',
        'aws-access-key-id': AWS_ACCESS_KEY_ID,
        'aws-secret-access-key': AWS_SECRET_ACCESS_KEY,
      },
    },
    { repository: 'aws-actions/amazon-ecr-login', inputs: {} },
    {
      repository: BUILD,
      inputs: { context: '.', push: 'true', tags: `${image}:${workspace.commit.sha}\n${image}:latest` },
    },
    {
      repository: 'aws-actions/amazon-ecs-deploy-task-definition',
      inputs: {
        'task-definition': 'task-definition.json',
        cluster: inputs['cluster'] ?? '',
        service: inputs['service'] ?? '',
        'wait-for-service-stability': 'true',
      },
    },
    {
      repository: 'slackapi/slack-github-action',
      inputs: {
        webhook: sandbox.slackUrl,
        'webhook-type': 'incoming-webhook',
        payload: JSON.stringify({ text: `acme/dyno-agent deployed: ${workspace.commit.sha}` }),
      },
    },
  ];
}

function taskDefinition(image: string): string {
  return JSON.stringify({
    family: 'dyno-agent',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '512',
    memory: '1024',
    executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
    taskRoleArn: 'arn:aws:iam::123456789012:role/dyno-agent-task',
    containerDefinitions: [
      { name: 'app', image, essential: true, portMappings: [{ containerPort: 8000, protocol: 'tcp' }] },
    ],
  });
}
