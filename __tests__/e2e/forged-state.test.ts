import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createSlackHandler } from '../../sandbox/slack/webhook.ts';
import { ACTION } from './deploy.ts';

const home = mkdtempSync(join(tmpdir(), 'forged-state-'));
const temp = join(home, '_temp');
mkdirSync(temp);
const slack = createSlackHandler();
const server = createServer((request, response) => void slack.handle(request, response));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/services/T000/B000/XXXX`;
const victims: ChildProcess[] = [];

afterEach(() => {
  for (const victim of victims.splice(0)) victim.kill('SIGKILL');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(home, { recursive: true });
});

const TRACKING = 'github_00000000-1111-2222-3333-444444444444';

/** Runs post alone with this state, and gives how it ended, what it printed and what reached Slack. */
async function post(
  state: string | undefined,
  environment: Readonly<Record<string, string>> = {},
  onStart: (child: ChildProcess) => void = () => undefined,
) {
  const before = slack.messages().length;
  const summary = join(home, 'summary.md');
  writeFileSync(summary, '');
  const child = spawn(process.execPath, [join(ACTION, 'dist', 'post', 'index.js')], {
    env: {
      PATH: process.env['PATH'],
      RUNNER_TEMP: temp,
      RUNNER_TRACKING_ID: TRACKING,
      GITHUB_REPOSITORY: 'acme/dyno-agent',
      GITHUB_RUN_ID: '42',
      GITHUB_SHA: 'a'.repeat(40),
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_WORKSPACE: home,
      'INPUT_AWS-REGION': 'us-east-1',
      'INPUT_ECR-REPOSITORY': 'dyno-agent',
      INPUT_CLUSTER: 'c',
      INPUT_SERVICE: 'web',
      'INPUT_SLACK-WEBHOOK-URL': webhook,
      ...(state === undefined ? {} : { STATE_run: state }),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onStart(child);
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, log, messages: slack.messages().slice(before) };
}

const good = {
  version: 1,
  told: 'no',
  stage: 'rollout',
  startedAtMs: 1,
  changed: true,
  unanswered: [],
  deployments: [{ service: 'web', deploymentId: 'ecs-svc/1' }],
};

describe('post, with a state that main did not write so', () => {
  it.each<readonly [string, string | undefined]>([
    ['none', undefined],
    ['an empty one', ''],
    ['another version', JSON.stringify({ ...good, version: 2 })],
    ['no JSON', '{"version":1'],
    ['null', 'null'],
    ['a list', '[1]'],
    ['wrong types', JSON.stringify({ ...good, deployments: 'web', startedAtMs: 'now' })],
    ['no number for a time', '{"version":1,"told":"no","stage":"x","startedAtMs":1e999}'],
    ['a huge one', JSON.stringify({ ...good, stage: 'x'.repeat(2_000_000).slice(0, 100_001) })],
    ['a deep one', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['a prototype', '{"__proto__":{"told":"yes"},"constructor":{"prototype":{"told":"yes"}}}'],
  ])('tells once, without believing a word of it: %s', async (_, state) => {
    const { exitCode, log, messages } = await post(state);
    expect(exitCode, log).toBe(0);
    expect(messages).toHaveLength(1);
    expect(JSON.stringify(messages[0]?.payload)).toContain('DG902');
  });

  it('lets nothing in it act, in Slack, in the summary or on the runner', async () => {
    const text =
      '<!channel> ::error::forged\n##[error]forged </details><img src=x> [a](https://evil.example)';
    const { exitCode, log, messages } = await post(
      JSON.stringify({
        ...good,
        stage: text.slice(0, 40),
        deployments: [{ service: text, deploymentId: text }],
        undo: { asked: [text], begun: [{ service: text, deploymentId: text }], over: false },
        oneOffTask: { task: text, startedBy: text.slice(0, 40), command: text, isStopped: false },
        movedTags: [text],
      }),
    );
    expect(exitCode, log).toBe(0);
    const said = JSON.stringify(messages.map(({ payload }) => payload));
    expect(said).not.toMatch(/<!channel>|<https:\/\/evil/);
    const errors = log.split('\n').filter((line) => /^\s*::error|##\[/.test(line));
    expect(errors.every((line) => line.startsWith('::error title=DG902'))).toBe(true);
  });
});

describe('post, with a folder in its state that is not the run’s', () => {
  /** A process that carries this job's tracking id, and names the folder in its environment. */
  function processNaming(folder: string, tracking: string): ChildProcess {
    const victim = spawn('sleep', ['60'], {
      env: { PATH: process.env['PATH'], RUNNER_TRACKING_ID: tracking, DEPLOY_GUARD_FOLDER: folder },
      stdio: 'ignore',
    });
    victims.push(victim);
    return victim;
  }

  const folders = (): readonly (readonly [string, (folder: string) => string])[] => [
    ['another folder', (folder) => folder],
    [
      'a way out of the temporary folder',
      (folder) => `${temp}/deploy-guard-abcdef/../../${folder.split('/').at(-1)}`,
    ],
    ['the temporary folder itself', () => temp],
    ['the temporary folder in other words', () => `${temp}/.`],
    ['the root', () => '/'],
    ['nothing', () => ''],
    ['a relative path', () => '.'],
    ['a name with an end in it', () => `${temp}/deploy-guard-abcdef\u0000/x`],
    ['a name of ours elsewhere', (folder) => join(folder, 'deploy-guard-abcdef')],
    [
      'a link with a name of ours',
      (folder) => {
        const link = join(temp, 'deploy-guard-LinkXY');
        rmSync(link, { force: true });
        symlinkSync(folder, link);
        return link;
      },
    ],
    [
      "a link from elsewhere to a folder of ours, by which a process of the job's is known",
      (folder) => {
        const own = join(temp, 'deploy-guard-OwnOne');
        mkdirSync(own, { recursive: true });
        const link = join(folder, 'link');
        symlinkSync(own, link);
        return link;
      },
    ],
  ];

  it.each(folders())('removes nothing and ends nobody: %s', async (_, make) => {
    const folder = mkdtempSync(join(home, 'victim-'));
    mkdirSync(join(folder, 'deploy-guard-abcdef'));
    writeFileSync(join(folder, 'deploy-guard-abcdef', 'kept'), 'kept');
    const named = make(folder);
    const victim = processNaming(named.replaceAll('\u0000', ''), TRACKING);
    const { exitCode, log } = await post(JSON.stringify({ ...good, privateFolder: named }));
    expect(exitCode, log).toBe(0);
    expect(existsSync(join(folder, 'deploy-guard-abcdef', 'kept'))).toBe(true);
    expect(existsSync(temp)).toBe(true);
    expect(victim.exitCode ?? victim.signalCode).toBeNull();
  });

  it("ends what the run left behind in its own, and no other job's process", async () => {
    const own = join(temp, 'deploy-guard-Ab12Cd');
    mkdirSync(own);
    const ours = processNaming(own, TRACKING);
    const theirs = processNaming(own, 'github_of-another-job');
    const { log } = await post(JSON.stringify({ ...good, privateFolder: own }));
    expect(log).toContain('left behind: 1.');
    expect(existsSync(own)).toBe(false);
    expect(ours.signalCode).toBe('SIGTERM');
    expect(theirs.exitCode ?? theirs.signalCode).toBeNull();
  });
});

describe('post, in a bad place', () => {
  it.each([
    ['an event that is no JSON', { GITHUB_EVENT_PATH: '/dev/null' }],
    ['a summary that can not be written', { GITHUB_STEP_SUMMARY: '/proc/none/summary' }],
    ['no temporary folder', { RUNNER_TEMP: '/nowhere/at/all' }],
    ['an input that is not valid', { INPUT_MODE: 'nonsense', 'INPUT_WAIT-FOR-MINUTES': 'x' }],
    ['no repository', { GITHUB_REPOSITORY: '', GITHUB_RUN_ID: '' }],
  ])('tells once all the same, and is never red: %s', async (_, environment) => {
    const { exitCode, log, messages } = await post(JSON.stringify(good), environment);
    expect(exitCode, log).toBe(0);
    expect(messages).toHaveLength(1);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('finishes what it is about when it gets %s', async (signal) => {
    const own = join(temp, 'deploy-guard-Sig123');
    mkdirSync(own, { recursive: true });
    // It waits for this one to end, so that the signal comes in the midst of its work.
    const stubborn = spawn('sh', ['-c', 'trap "echo told" TERM; echo ready; while :; do sleep 1; done'], {
      env: { PATH: process.env['PATH'], RUNNER_TRACKING_ID: TRACKING, DEPLOY_GUARD_FOLDER: own },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    victims.push(stubborn);
    await once(stubborn.stdout, 'data');
    const { exitCode, messages } = await post(
      JSON.stringify({ ...good, privateFolder: own }),
      {},
      (child) => {
        stubborn.stdout.once('data', () => child.kill(signal));
      },
    );
    expect(exitCode).toBe(0);
    expect(messages).toHaveLength(1);
  });
});
