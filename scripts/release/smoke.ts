// The world in which a workflow's step tries the action out, as a step of GitHub's runner and not of our own harness.
// `smoke.ts start` leaves a sandbox behind and tells the job where it is; `smoke.ts judge` asks it what happened, and ends
// it. The outputs of the step that deployed come in RESULT and DIGEST.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Truth } from '../../sandbox/sandbox.ts';
import { ReleaseProblem, stopAtProblem } from './problem.ts';

const SERVICE = 'dyno-agent-service';
const PATIENCE_MS = 60_000;
// A job that is cancelled judges nothing: the sandbox ends itself.
const LIFETIME_MS = 20 * 60_000;

/** What of the truth a deploy is judged by. */
export type Judged = Pick<Truth, 'runningDigests' | 'deploymentsStarted' | 'slackMessages'>;

/** What is otherwise than a green deploy promises; empty where it is all true. */
export function broken(truth: Judged, result: string, digest: string): readonly string[] {
  const running = truth.runningDigests[SERVICE] ?? [];
  return [
    result === 'succeeded' ? '' : `its result is "${result}"`,
    /^sha256:/.test(digest) && running.join() === digest
      ? ''
      : `${running.join(', ') || 'nothing'} runs, and not "${digest}"`,
    truth.deploymentsStarted.length === 1 ? '' : `it started ${truth.deploymentsStarted.length} deployments`,
    truth.slackMessages.length === 1 ? '' : `it sent ${truth.slackMessages.length} messages`,
  ].filter((line) => line !== '');
}

/** Where the parts of this script meet, in a folder of the job's own. */
const folder = join(process.env['RUNNER_TEMP'] ?? tmpdir(), 'deploy-guard-smoke');
const ready = join(folder, 'ready.json');
const truthFile = join(folder, 'truth.json');

interface Ready {
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
  readonly slackUrl: string;
}

async function serve(): Promise<void> {
  const sandbox = await startSandbox({ speed: 40 });
  const end = (): void => {
    const { runningDigests, deploymentsStarted, slackMessages } = sandbox.truth();
    writeWhole(truthFile, { runningDigests, deploymentsStarted, slackMessages });
    process.exit(0);
  };
  process.on('SIGTERM', end);
  setTimeout(end, LIFETIME_MS);
  writeWhole(ready, { pid: process.pid, env: sandbox.env(), slackUrl: sandbox.slackUrl });
}

/** A file that whoever waits for it never reads half. */
function writeWhole(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(value));
  renameSync(`${path}.new`, path);
}

async function waitFor<T>(path: string): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  while (!existsSync(path)) {
    if (Date.now() > until) throw new ReleaseProblem(`The sandbox did not write ${path}.`);
    await sleep(100);
  }
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

async function start(): Promise<void> {
  const { GITHUB_ENV = '', GITHUB_OUTPUT = '' } = process.env;
  mkdirSync(join(folder, 'app'), { recursive: true });
  writeFileSync(join(folder, 'app', 'Dockerfile'), 'FROM scratch\nCOPY app.txt /app.txt\nCMD ["/app.txt"]\n');
  writeFileSync(join(folder, 'app', 'app.txt'), `${randomUUID()}\n`);
  spawn(process.execPath, [import.meta.filename, 'serve'], { detached: true, stdio: 'ignore' }).unref();
  const { env, slackUrl } = await waitFor<Ready>(ready);
  appendFileSync(
    GITHUB_ENV,
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  appendFileSync(GITHUB_OUTPUT, `slack-webhook-url=${slackUrl}\ncontext=${join(folder, 'app')}\n`);
}

async function judge(): Promise<void> {
  process.kill((await waitFor<Ready>(ready)).pid, 'SIGTERM');
  const truth = await waitFor<Judged>(truthFile);
  const { RESULT = '', DIGEST = '' } = process.env;
  const problems = broken(truth, RESULT, DIGEST);
  if (problems.length > 0)
    throw new ReleaseProblem(`The action does not keep its promise: ${problems.join('; ')}.`);
  process.stdout.write(`${DIGEST} runs in ${SERVICE}, by one deployment, and one message says so.\n`);
}

if (import.meta.main) {
  const parts: Readonly<Record<string, () => Promise<void>>> = { serve, start, judge };
  const part = parts[process.argv[2] ?? ''];
  if (!part) throw new Error('say which part: smoke.ts start or smoke.ts judge');
  await stopAtProblem(part);
}
