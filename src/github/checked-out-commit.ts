import { git } from './git.ts';
import type { RunContext } from './run-context.ts';

const SHA = /^[0-9a-f]{40}$/;

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
  return SHA.test(run.sha) ? { sha: run.sha, subject: run.headline } : undefined;
}

/** The commit at HEAD of the workspace; undefined where there is no checkout or no git. */
export async function checkedOutCommit(
  run: RunContext,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<CheckedOutCommit | undefined> {
  const said = await git(run, environment, ['log', '-1', '--format=%H%n%s', '--no-show-signature']);
  const [sha = '', subject] = said?.split('\n') ?? [];
  return SHA.test(sha) ? { sha, subject } : undefined;
}

/** How many commits are in `head` and not in `base`; undefined where the checkout lacks them (`fetch-depth: 1`). */
export async function commitsBetween(
  base: string,
  head: string,
  run: RunContext,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number | undefined> {
  if (!SHA.test(base) || !SHA.test(head)) return undefined;
  const said = await git(run, environment, ['rev-list', '--count', `${base}..${head}`]);
  return said !== undefined && /^\d{1,9}\s*$/.test(said) ? Number(said) : undefined;
}
