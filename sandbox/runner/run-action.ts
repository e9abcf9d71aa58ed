import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import {
  type ActionMetadata,
  evaluateDefault,
  evaluatePostIf,
  type JobStatus,
  readActionMetadata,
} from './action-metadata.ts';
import { CommandFiles } from './command-files.ts';
import {
  type GitHubContext,
  githubContext,
  githubExpressionValues,
  hostedEnvironment,
  type JobFolders,
} from './environment.ts';
import { stepHeader } from './header.ts';
import { listFiles } from './left-files.ts';
import { SecretMasks } from './masks.ts';
import { findOrphans, killOrphans } from './orphans.ts';
import { type CancelSignals, runProcess } from './process.ts';
import { type ActionRun, actionRun, type StageRun } from './result.ts';
import { type JobState, StepLog } from './step.ts';

export type { ActionRun, StageRun } from './result.ts';

/** When and how main is ended before its time. */
export interface CancelAfter {
  /** On the log so far (masked, as a person sees it), asked after each line. */
  readonly when?: (logSoFar: string) => boolean;
  /** Real milliseconds after main has started. */
  readonly afterMs?: number;
  /** `github` (the default): SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL, and the job counts as cancelled. */
  readonly signals?: CancelSignals;
}

export interface RunActionOptions {
  /** The folder with action.yml. */
  readonly actionDir: string;
  /** What a workflow has under `with:`. An empty value is given, and no default replaces it. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What a workflow has under `env:`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Repository secrets: masked from the start. */
  readonly secrets?: readonly string[];
  readonly workspace: string;
  readonly event?: { readonly name: string; readonly payload: unknown };
  readonly github?: Partial<GitHubContext>;
  /** The node that runs the action; this process's own by default. */
  readonly nodePath?: string;
  /** Folders in front of PATH. */
  readonly path?: readonly string[];
  readonly cancelAfter?: CancelAfter;
  /** false: the runner itself went down, and no post step runs. */
  readonly runPost?: boolean;
  /** Real milliseconds for each of main and post; 120,000 by default. */
  readonly timeoutMs?: number;
  /** Each line of the log as it comes. */
  readonly onLogLine?: (line: string) => void;
}

interface Job {
  readonly options: RunActionOptions;
  readonly metadata: ActionMetadata;
  readonly github: GitHubContext;
  readonly folders: JobFolders;
  readonly inputs: ReadonlyMap<string, string>;
  readonly masks: SecretMasks;
  readonly state: JobState;
  readonly trackingId: string;
}

/**
 * Runs an action as GitHub's runner does: main, then post, with their inputs, files, commands, masks and
 * signals, in a clean environment with a home and a temporary folder of their own, gone afterwards.
 * @throws Error where action.yml can't be read, or a step outlasts `timeoutMs`.
 *
 * Source: actions/runner, src/Runner.Worker/ActionRunner.cs, Handlers/NodeScriptActionHandler.cs
 */
export async function runAction(options: RunActionOptions): Promise<ActionRun> {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'runner-'));
  const trackingId = `github_${randomUUID()}`;
  try {
    const job = prepareJob(options, root, trackingId);
    const main = await runStage(job, 'main', 'success');
    const post = await runPost(job, main.conclusion);
    return actionRun({
      header: stepHeader(job.metadata.name, job.inputs, options.env ?? {}, job.masks),
      main,
      post,
      masks: job.masks,
      state: job.state,
      orphans: findOrphans(trackingId),
      left: listFiles(root, ['temp/_runner_file_commands', 'temp/_github_workflow']),
    });
  } finally {
    killOrphans(findOrphans(trackingId));
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

function prepareJob(options: RunActionOptions, root: string, trackingId: string): Job {
  const workspace = realpathSync(options.workspace);
  const github = githubContext(options.github ?? {}, workspace);
  const metadata = readActionMetadata(options.actionDir);
  const folders = {
    home: join(root, 'home'),
    temp: join(root, 'temp'),
    workspace,
    eventPath: join(root, 'temp', '_github_workflow', 'event.json'),
  };
  mkdirSync(folders.home);
  mkdirSync(join(folders.temp, '_github_workflow'), { recursive: true });
  writeFileSync(folders.eventPath, JSON.stringify(options.event?.payload ?? {}));
  const masks = new SecretMasks();
  for (const secret of [...(options.secrets ?? []), github.token]) masks.add(secret);
  return {
    options,
    metadata,
    github,
    folders,
    inputs: mergeInputs(metadata, options.inputs, github),
    masks,
    state: { env: new Map(), paths: [], outputs: new Map(), state: new Map() },
    trackingId,
  };
}

/** Names in upper case, as they stand in the variables: spaces become `_`, hyphens stay. */
function mergeInputs(
  metadata: ActionMetadata,
  given: Readonly<Record<string, string>>,
  github: GitHubContext,
): ReadonlyMap<string, string> {
  const key = (name: string) => name.replaceAll(' ', '_').toUpperCase();
  const values = githubExpressionValues(github);
  const defaults = metadata.inputs.map(
    (input) => [key(input.name), evaluateDefault(input.default, values)] as const,
  );
  return new Map([...defaults, ...Object.entries(given).map(([name, value]) => [key(name), value] as const)]);
}

async function runPost(job: Job, status: JobStatus): Promise<StageRun | undefined> {
  if (job.metadata.post === undefined || job.options.runPost === false) return undefined;
  return evaluatePostIf(job.metadata.postIf, status) ? runStage(job, 'post', status) : undefined;
}

async function runStage(job: Job, stage: 'main' | 'post', before: JobStatus): Promise<StageRun> {
  const { options, metadata, masks, state } = job;
  const log = new StepLog(masks, state, options.onLogLine);
  const files = new CommandFiles(job.folders.temp);
  if (stage === 'main') warnOfInputs(log, metadata, options.inputs);
  else log.write('Post job cleanup.');
  const cancel = stage === 'main' ? cancellation(options.cancelAfter, log) : undefined;
  const end = await runProcess({
    nodePath: options.nodePath ?? process.execPath,
    script: resolve(options.actionDir, (stage === 'main' ? metadata.main : metadata.post) ?? ''),
    cwd: job.folders.workspace,
    env: stageEnvironment(job, files),
    timeoutMs: options.timeoutMs ?? 120_000,
    onLine: (line) => {
      log.take(line);
      cancel?.check();
    },
    ...(cancel === undefined ? {} : { cancel }),
  });
  cancel?.stop();
  log.readFiles(files);
  files.remove();
  if (end.timedOut) throw new Error(`${stage} did not end in time. Its log so far:\n${log.lines.join('\n')}`);
  const wasCancelled = end.signalsSent.length > 0 && (options.cancelAfter?.signals ?? 'github') === 'github';
  if (wasCancelled) log.annotate({ ...noPlace, level: 'error', message: 'The operation was canceled.' });
  const hasFailed = end.exitCode !== 0 || log.hasFailedCommand;
  return { ...end, log, before, conclusion: wasCancelled ? 'cancelled' : hasFailed ? 'failure' : 'success' };
}

const noPlace = { title: undefined, file: undefined, line: undefined };

function warnOfInputs(log: StepLog, metadata: ActionMetadata, given: Readonly<Record<string, string>>): void {
  const valid = new Set(metadata.inputs.map((input) => input.name.toLowerCase()));
  const unexpected = Object.keys(given).filter((name) => !valid.has(name.toLowerCase()));
  if (unexpected.length === 0) return;
  const names = metadata.inputs.map((input) => input.name).join("', '");
  const message = `Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${names}']`;
  log.annotate({ ...noPlace, level: 'warning', message });
}

function stageEnvironment(job: Job, files: CommandFiles): Readonly<Record<string, string>> {
  const { options, state } = job;
  const hosted = hostedEnvironment(job.github, options.event?.name ?? 'push', job.folders, job.trackingId);
  const env: Record<string, string> = {
    ...hosted,
    ...options.env,
    ...Object.fromEntries(state.env),
    ...files.env(),
  };
  const inFront = [...[...state.paths].reverse(), ...(options.path ?? [])];
  const { PATH = '' } = env;
  const path = [...inFront, PATH].join(delimiter);
  const inputs = [...job.inputs].map(([name, value]) => [`INPUT_${name}`, value]);
  const saved = [...state.state].map(([name, value]) => [`STATE_${name}`, value]);
  return { ...env, PATH: path, ...Object.fromEntries(inputs), ...Object.fromEntries(saved) };
}

function cancellation(cancelAfter: CancelAfter | undefined, log: StepLog) {
  if (cancelAfter === undefined) return undefined;
  let request: () => void = () => undefined;
  const requested = new Promise<void>((fulfil) => {
    request = fulfil;
  });
  const timer =
    cancelAfter.afterMs === undefined ? undefined : setTimeout(() => request(), cancelAfter.afterMs);
  return {
    requested,
    signals: cancelAfter.signals ?? ('github' as const),
    check: () => {
      if (cancelAfter.when?.(log.lines.join('\n')) === true) request();
    },
    stop: () => clearTimeout(timer),
  };
}
