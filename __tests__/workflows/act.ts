import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ACTION, engineAccess, makeWorkspace, removeImage } from '../e2e/deploy.ts';

/** What act says of a run on this machine in place of a container. */
export interface ActRun {
  /** act's own: 0 where every job succeeded. */
  readonly exitCode: number;
  /** What a person reads: act's messages, without the fields in which its JSON repeats what they mask. */
  readonly log: string;
  /** Names of the jobs that ran, each with how it ended. */
  readonly jobs: Readonly<Record<string, string>>;
  /** What steps gave as outputs, the last of each name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** A workflow of a repository of its own, run by act. */
export interface WorkflowRun extends ActRun {
  /** What the workflow's last job wrote to the file that RESULTS names, read as JSON; undefined if it wrote none. */
  readonly results: unknown;
  readonly sha: string;
}

interface WorkflowRunOptions {
  readonly act: string;
  readonly sandbox: Sandbox;
  /** Path in the repository → text. */
  readonly files: Readonly<Record<string, string>>;
  /** What is started; `.github/workflows/start.yml` if left out. */
  readonly workflow?: string;
  /** The one job that is run; all if left out. */
  readonly job?: string;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** What happened; a push to main if left out. */
  readonly event?: ActOptions['event'];
  /** The repository is this action's own as well: a step may say `uses: ./`. */
  readonly withAction?: boolean;
}

/** How act is started in a repository's folder. */
export interface ActOptions {
  readonly act: string;
  readonly folder: string;
  /** Where act keeps what is its own. */
  readonly home: string;
  /** Path in the repository. */
  readonly workflow: string;
  readonly job?: string;
  readonly event: { readonly name: string; readonly payload: unknown };
  /** Actions that are on this machine: `owner/name@ref` → folder. */
  readonly local: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly patienceMs?: number;
}

const root = join(import.meta.dirname, '..', '..');
const usualPatienceMs = 100_000;

/** The text of a workflow of this repository. */
export const workflowText = (name: string): string =>
  readFileSync(join(root, '.github', 'workflows', name), 'utf8');

/**
 * Pushes to a repository with those files, as far as act is concerned, and waits for the workflow's end. GitHub is out
 * of reach: actions/checkout is one that copies the repository, and `org/deploy-guard@v1` is the build under test.
 */
export async function runWorkflow(options: WorkflowRunOptions): Promise<WorkflowRun> {
  const home = mkdtempSync(join(tmpdir(), 'deploy-guard-act-'));
  const files = Object.entries(options.files).map(([path, text]) => [path, asActKnows(text)] as const);
  const workspace = makeWorkspace(Object.fromEntries(files));
  try {
    spawnSync('git', [
      '-C',
      workspace.folder,
      'remote',
      'add',
      'origin',
      'https://github.com/acme/dyno-agent',
    ]);
    if (options.withAction) copyAction(workspace.folder);
    const results = join(home, 'results.json');
    const { sandbox, act } = options;
    const { AWS_ENDPOINT_URL = '', ...keys } = sandbox.env();
    const run = await runAct({
      act,
      folder: workspace.folder,
      home,
      workflow: options.workflow ?? '.github/workflows/start.yml',
      ...(options.job === undefined ? {} : { job: options.job }),
      event: options.event ?? { name: 'push', payload: { ref: 'refs/heads/main' } },
      local: {
        ...checkouts({ ...options.files, called: workflowText('deploy.yml') }, home),
        'org/deploy-guard@v1': builtAction(home),
      },
      environment: {
        AWS_ENDPOINT_URL,
        GITHUB_API_URL: sandbox.githubApiUrl,
        CHECKOUT_FROM: workspace.folder,
        RESULTS: results,
        ...options.environment,
      },
      secrets: { ...keys, SLACK_WEBHOOK_URL: sandbox.slackUrl, ...options.secrets },
    });
    return {
      ...run,
      results: existsSync(results) ? (JSON.parse(readFileSync(results, 'utf8')) as unknown) : undefined,
      sha: workspace.sha,
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
    rmSync(workspace.folder, { recursive: true, force: true });
    removeImage(`${options.sandbox.registryHost}/dyno-agent:${workspace.sha}`);
  }
}

/** Runs a workflow to its end. Whatever it calls by `uses:` has to be in the repository, or in `local`. */
export async function runAct(options: ActOptions): Promise<ActRun> {
  const { home, event } = options;
  writeFileSync(join(home, 'event.json'), JSON.stringify(event.payload));
  // act 0.2.89 drops what a step says last where the step fails: it does not read its terminal to the end.
  const lastWords = join(home, 'last-words.sh');
  writeFileSync(lastWords, 'trap \'code=$?; if [ "$code" != 0 ]; then sleep 1; fi; exit "$code"\' EXIT\n');
  // Values with line breaks don't fit a line of act's files; on the command line they do.
  const args = [
    ...[event.name, '--workflows', options.workflow, '--eventpath', join(home, 'event.json')],
    ...[
      '--platform',
      'ubuntu-24.04=-self-hosted',
      '--action-offline-mode',
      '--no-skip-checkout',
      '--json',
      '--verbose=false',
    ],
    ...(options.job === undefined ? [] : ['--job', options.job]),
    ...Object.entries(options.local).flatMap(([name, path]) => ['--local-repository', `${name}=${path}`]),
    ...Object.entries({ BASH_ENV: lastWords, ...options.environment }).flatMap(([name, value]) => [
      '--env',
      `${name}=${value}`,
    ]),
    ...Object.entries(options.secrets).flatMap(([name, value]) => ['--secret', `${name}=${value}`]),
  ];
  mkdirSync(join(home, '.config', 'act'), { recursive: true });
  // Without a file of its own act asks which image to use.
  writeFileSync(join(home, '.config', 'act', 'actrc'), '-P ubuntu-latest=-self-hosted\n');
  // The action's own Node first: where the engine is, there may be an older one.
  const path = [dirname(process.execPath), ...engineAccess.path, process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(options.act, args, {
    cwd: options.folder,
    env: { HOME: home, PATH: path, TMPDIR: tmpdir(), ...engineAccess.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.patienceMs ?? usualPatienceMs,
    killSignal: 'SIGKILL',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  return { exitCode, ...readLog(text) };
}

/** Every version of actions/checkout that the files name, as an action that copies the repository. */
function checkouts(files: Readonly<Record<string, string>>, home: string): Readonly<Record<string, string>> {
  const folder = join(home, 'checkout');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'action.yml'),
    'name: checkout\ndescription: Copies the repository.\ninputs:\n  ref: { description: Unused. }\n  persist-credentials: { description: Unused. }\nruns: { using: node24, main: index.js }\n',
  );
  const copy = 'cpSync(process.env.CHECKOUT_FROM, process.env.GITHUB_WORKSPACE, { recursive: true })';
  writeFileSync(join(folder, 'index.js'), `require('node:fs').${copy};\n`);
  const names = Object.values(files).flatMap((text) => text.match(/actions\/checkout@[\w.]+/g) ?? []);
  return Object.fromEntries(names.map((name) => [name, folder]));
}

/** What of this repository GitHub would run: act reads the whole folder that it is given. */
function builtAction(home: string): string {
  const folder = join(home, 'deploy-guard');
  copyAction(folder);
  return folder;
}

function copyAction(folder: string): void {
  for (const name of ['action.yml', 'dist', '.github/workflows/deploy.yml'])
    cpSync(join(ACTION, name), join(folder, name), { recursive: true });
  const workflow = join(folder, '.github', 'workflows', 'deploy.yml');
  writeFileSync(workflow, asActKnows(readFileSync(workflow, 'utf8')));
}

/** A workflow without what GitHub has had since March 2026 and act 0.2.89 takes for a mistake. It makes no deployments anyhow. */
function asActKnows(workflow: string): string {
  return workflow.replaceAll(/^ {6}deployment: .*\n/gm, '');
}

interface LogLine {
  readonly job?: string;
  readonly jobResult?: string;
  readonly msg: string;
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
}

/** Each line of act's log is JSON, but for the last words of a run that failed. */
function readLog(text: string): Omit<ActRun, 'exitCode'> {
  const lines = text.split('\n').map((line): LogLine => {
    try {
      return JSON.parse(line) as LogLine;
    } catch {
      return { msg: line };
    }
  });
  return {
    log: lines.map(({ msg }) => msg.trimEnd()).join('\n'),
    jobs: Object.fromEntries(
      lines.flatMap(({ job, jobResult }) =>
        job === undefined || jobResult === undefined ? [] : [[job, jobResult]],
      ),
    ),
    outputs: Object.fromEntries(
      lines.flatMap(({ command, name, arg = '' }) =>
        command === 'set-output' && name !== undefined ? [[name, arg]] : [],
      ),
    ),
  };
}
