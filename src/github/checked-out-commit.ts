import { runCommand } from '../runner/command.ts';
import type { RunContext } from './run-context.ts';

/** The commit that the image is built from. */
export interface CheckedOutCommit {
  /** 40 hexadecimal digits. */
  readonly sha: string;
  /** First line of its message; undefined where it can't be read. */
  readonly subject?: string | undefined;
}

/** The commit at HEAD; where that can't be read (no git, a checkout without its history), the one that GitHub names. */
export async function commitToBuild(
  run: RunContext,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<CheckedOutCommit | undefined> {
  const head = await checkedOutCommit(run, environment);
  if (head) return head;
  return /^[0-9a-f]{40}$/.test(run.sha) ? { sha: run.sha, subject: run.headline } : undefined;
}

/** The commit at HEAD of the workspace; undefined where there is no checkout or no git. */
export async function checkedOutCommit(
  run: RunContext,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<CheckedOutCommit | undefined> {
  // The workspace may belong to another user than this one (container jobs): git refuses to read it unless told.
  const args = ['-c', `safe.directory=${run.workspace}`, '-C', run.workspace, 'log', '-1', '--format=%H%n%s'];
  const git = await runCommand('git', [...args, '--no-show-signature'], { environment }).catch(
    () => undefined,
  );
  if (git?.exitCode !== 0) return undefined;
  const [sha = '', subject] = git.stdout.split('\n');
  return /^[0-9a-f]{40}$/.test(sha) ? { sha, subject } : undefined;
}
