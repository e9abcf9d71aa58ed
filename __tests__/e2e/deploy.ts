import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findEngine } from '../../sandbox/engine/engine.ts';
import { type ActionRun, type RunActionOptions, runAction } from '../../sandbox/runner/run-action.ts';
import {
  type Sandbox,
  type SandboxOptions,
  type Scenario,
  startSandbox,
  type Truth,
} from '../../sandbox/sandbox.ts';

/** Where action.yml and dist/ are: this repository, or another build of it (a release to be smoke-tested). */
export const ACTION = process.env['DEPLOY_GUARD_ACTION'] ?? join(import.meta.dirname, '..', '..');

const engine = await findEngine({ refuseStandIn: false });

/** The variables and the folder by which a clean environment finds the container engine. */
export const engineAccess = { env: engine.env, path: engine.path === '' ? [] : [engine.path] };

/** How an end-to-end test differs from the plain run of its scenario. */
export interface DeployOptions {
  readonly scenario?: string | Scenario;
  /** Virtual seconds in a real one. */
  readonly speed?: number;
  readonly sandbox?: Partial<SandboxOptions>;
  /** On top of the scenario's own; an undefined one is left out. */
  readonly inputs?: Readonly<Record<string, string | undefined>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly secrets?: readonly string[];
  readonly run?: Partial<RunActionOptions>;
  /** Files of the workspace on top of the default ones; an undefined one is left out. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  /** A workspace that is there already, in place of one with `files`; it is removed afterwards. */
  readonly workspace?: { readonly folder: string; readonly sha: string };
  /** Looks at the workspace after the run, before it is removed. */
  readonly after?: (workspace: string) => void;
  /** Changes or looks at the sandbox before the run. */
  readonly before?: (sandbox: Sandbox) => Promise<void> | void;
}

/** What the action said and what really happened. */
export interface Deployed {
  readonly run: ActionRun;
  readonly truth: Truth;
  readonly sha: string;
  readonly sandbox: Sandbox;
}

/** A repository with one commit and an image that needs no registry to be built. */
export function makeWorkspace(files: Readonly<Record<string, string | undefined>> = {}): {
  folder: string;
  sha: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-workspace-'));
  const all = {
    Dockerfile: 'FROM scratch\nCOPY app.txt /app.txt\nCMD ["/app.txt"]\n',
    // Each workspace has an image of its own: its digest is nobody else's.
    'app.txt': `built for ${folder}\n`,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const git = (...args: readonly string[]) =>
    execFileSync(
      'git',
      ['-C', folder, '-c', 'user.name=octo', '-c', 'user.email=octo@example.com', ...args],
      {
        encoding: 'utf8',
        // The same files make the same commit, so that it can be deployed again.
        env: {
          ...process.env,
          GIT_AUTHOR_DATE: '2026-01-15T10:05:00Z',
          GIT_COMMITTER_DATE: '2026-01-15T10:05:00Z',
        },
      },
    );
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '-m', 'Fix torque curve');
  return { folder, sha: git('rev-parse', 'HEAD').trim() };
}

/** Runs dist/ under the runner harness against a sandbox of its own, and gives both sides of the story. */
export async function deploy(options: DeployOptions = {}): Promise<Deployed> {
  const sandbox = await startSandbox({
    scenario: options.scenario ?? 'success',
    speed: options.speed ?? 40,
    ...options.sandbox,
  });
  try {
    await options.before?.(sandbox);
    return await deployInto(sandbox, options);
  } finally {
    await sandbox.close();
  }
}

/** The same against a sandbox that is there already, for runs that follow one another. */
export async function deployInto(
  sandbox: Sandbox,
  options: DeployOptions = {},
  workspace: { folder: string; sha: string } = options.workspace ??
    makeWorkspace({ ...sandbox.scenario.files, ...options.files }),
): Promise<Deployed> {
  try {
    const run = await runAction({
      actionDir: ACTION,
      inputs: present({ ...sandbox.inputs(), ...options.inputs }),
      env: present({ ...sandbox.env(), ...engineAccess.env, ...options.env }),
      path: engineAccess.path,
      secrets: options.secrets ?? [],
      workspace: workspace.folder,
      github: {
        repository: 'acme/dyno-agent',
        sha: workspace.sha,
        ref: 'refs/heads/main',
        actor: 'octo',
        apiUrl: sandbox.githubApiUrl,
      },
      ...options.run,
    });
    options.after?.(workspace.folder);
    return { run, truth: sandbox.truth(), sha: workspace.sha, sandbox };
  } finally {
    rmSync(workspace.folder, { recursive: true, force: true });
    removeImage(`${sandbox.registryHost}/dyno-agent:${workspace.sha}`);
  }
}

/** Images that pile up make each build slower. One that was never built is none to remove. */
export function removeImage(reference: string): void {
  if (engine.kind !== 'docker') return;
  const env = { ...process.env, ...engine.env };
  execFile('docker', ['image', 'rm', '--force', reference], { env }, () => undefined);
}

function present(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The AWS calls that change something, by name: what a run that refuses must not have made. */
export function changes({ truth }: Pick<Deployed, 'truth'>): readonly string[] {
  const changing =
    /^(UpdateService|RegisterTaskDefinition|RunTask|PutImage|CompleteLayerUpload|StopServiceDeployment|StopTask)$/;
  // An upload's end or a manifest that ECR refused changed nothing: that is how the preflight asks for permission.
  const probe = /^(PutImage|CompleteLayerUpload)$/;
  const calls = truth.calls
    .filter(({ operation, errorCode }) => errorCode === undefined || !probe.test(operation))
    .map(({ operation }) => operation)
    .filter((operation) => changing.test(operation));
  return [
    ...calls,
    ...(truth.uploadsCompleted > 0 ? ['an upload was completed'] : []),
    ...(truth.manifestPuts > 0 ? ['a manifest was put'] : []),
  ];
}
