import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Sandbox, type Scenario, startSandbox } from '../../sandbox/sandbox.ts';
import { twoServices } from '../../sandbox/scenarios/two-services.ts';
import { handedOver, type PastedWorkflow, pastedWorkflows } from '../docs/workflows.ts';
import { changes } from '../e2e/deploy.ts';
import { findTool } from '../second-opinion/tool.ts';
import { runWorkflow } from './act.ts';
import { startOidcTokens } from './oidc-tokens.ts';

// What a reader pastes from the pages, run as it stands in an account whose roles let in whom the pages say, and nobody
// else. Without act these tests are skipped, and fail where stand-ins are refused (CI).
const act = findTool('act');
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
});

const REPOSITORY = 'repo:acme/dyno-agent';
const role = (name: string, subject: string) => ({
  name,
  subjects: [`${REPOSITORY}:${subject}`],
  audiences: ['sts.amazonaws.com'],
  principals: [],
  maxSessionSeconds: 3600,
});
/** The account of docs/getting-started.md and docs/iam.md, with the second service that some pages name. */
const account: Scenario = {
  ...twoServices,
  world: {
    ...twoServices.world,
    roles: [role('deploy', 'environment:production'), role('deploy-check', 'pull_request')],
  },
};

interface Workflow {
  readonly on: string | Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<
    Record<string, { readonly environment?: string; readonly with?: { readonly environment?: string } }>
  >;
}

/** What GitHub's token says of the workflow's job. */
function subjectOf({ on, jobs }: Workflow): string {
  const environment = Object.values(jobs).map((job) => job.environment ?? job.with?.environment)[0];
  if (environment) return `${REPOSITORY}:environment:${environment}`;
  return `${REPOSITORY}:${on === 'pull_request' ? 'pull_request' : 'ref:refs/heads/main'}`;
}

/** What starts it, in the repository that it is pasted into. */
function eventOf({ on }: Workflow) {
  const ref = 'refs/heads/main';
  if (on === 'pull_request') {
    const payload = { pull_request: { head: { repo: { full_name: 'acme/dyno-agent' } } } };
    return { name: 'pull_request', payload };
  }
  const isPush = typeof on === 'object' && 'push' in on;
  return isPush
    ? { name: 'push', payload: { ref } }
    : { name: 'workflow_dispatch', payload: { ref, inputs: {} } };
}

async function newSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox({ scenario: account, speed: 100 });
  closing.push(sandbox.close);
  return sandbox;
}

async function paste({ text }: PastedWorkflow, sandbox: Sandbox) {
  const workflow = parse(text) as Workflow;
  const tokens = await startOidcTokens(subjectOf(workflow));
  closing.push(tokens.close);
  // What is the reader's: the address of the service, and programs that the runner has not.
  const mine = text
    .replaceAll('https://dyno.example.com', sandbox.url)
    .replaceAll(
      /^( *)(setup|lint|test)-command: (?:\|(?:\n\1 .*)+|.*)/gm,
      '$1$2-command: test -f Dockerfile',
    );
  const byKey = /aws-access-key-id:/.test(text);
  const isCheck = workflow.on === 'pull_request';
  const run = await runWorkflow({
    act: act ?? '',
    sandbox,
    secrets: {
      SLACK_WEBHOOK: sandbox.slackUrl,
      ...(byKey ? {} : { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }),
    },
    environment: tokens.env,
    event: eventOf(workflow),
    files: { '.github/workflows/start.yml': mine },
  });
  return { run, truth: sandbox.truth(), isCheck };
}

const ofOurs = pastedWorkflows().filter(({ place, text }) => {
  const { toAction, toWorkflow } = handedOver(text);
  return (
    !place.startsWith('docs/hygiene.md') && /^on:/m.test(text) && toAction.length + toWorkflow.length > 0
  );
});
const rollback = ofOurs.filter(({ text }) => text.includes('mode: rollback'));

describe.skipIf(act === undefined)('a workflow as it is pasted, run by act', () => {
  it.each(ofOurs.filter((workflow) => !rollback.includes(workflow)))('$place', async (workflow) => {
    const { run, truth, isCheck } = await paste(workflow, await newSandbox());
    expect(run.exitCode, run.log).toBe(0);
    expect(run.outputs['result']).toBe(isCheck ? 'checked' : 'succeeded');
    if (isCheck) expect(changes({ truth })).toEqual([]);
    else expect(truth.runningDigests['dyno-agent-service']).toEqual([run.outputs['image-digest']]);
  });

  it('goes back to what ran before', async () => {
    const sandbox = await newSandbox();
    const before = sandbox.truth().runningDigests['dyno-agent-service'];
    const [deploy] = ofOurs;
    const [back] = rollback;
    if (!deploy || !back) throw new Error('the pages have no such workflows');
    const deployed = await paste(deploy, sandbox);
    expect(deployed.truth.runningDigests['dyno-agent-service']).not.toEqual(before);
    const { run, truth } = await paste(back, sandbox);
    expect(run.exitCode, run.log).toBe(0);
    expect(run.outputs['result']).toBe('succeeded');
    expect(truth.runningDigests['dyno-agent-service']).toEqual(before);
  });

  it('is what the pages have more than a few of', () => {
    expect(ofOurs.length).toBeGreaterThan(6);
    expect(rollback).toHaveLength(1);
  });
});
