import { type OnLines, runCommand } from '../runner/command.ts';
import type { RunContext } from './run-context.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What git prints in the workspace (of a long text its last part); undefined where it fails or isn't there. */
export async function git(
  run: Pick<RunContext, 'workspace'>,
  environment: Environment,
  args: readonly string[],
): Promise<string | undefined> {
  return await runGit(run.workspace, environment, args, {});
}

/** Longer lists are cut: nobody wrote that many files. */
export const MOST_PATHS = 300_000;

/** The paths that git prints with `-z`, at most 300,000; undefined where it fails or isn't there. */
export async function gitPaths(
  run: Pick<RunContext, 'workspace'>,
  environment: Environment,
  args: readonly string[],
): Promise<readonly string[] | undefined> {
  const paths: string[] = [];
  const onLines: OnLines = (lines) => {
    for (const line of lines) if (paths.length < MOST_PATHS) paths.push(line);
  };
  const said = await runGit(run.workspace, environment, args, { onLines, lineEnd: 'NUL' });
  return said === undefined ? undefined : paths;
}

async function runGit(
  workspace: string,
  environment: Environment,
  args: readonly string[],
  output: { readonly onLines?: OnLines; readonly lineEnd?: 'NUL' },
): Promise<string | undefined> {
  // The workspace may belong to another user than this one (container jobs): git refuses to read it unless told.
  const inWorkspace = ['-c', `safe.directory=${workspace}`, '-c', 'core.fsmonitor=false', '-C', workspace];
  // A work tree on a network drive may hang: then there is no answer.
  const options = { ...output, environment, signal: AbortSignal.timeout(10_000) };
  const ended = await runCommand('git', [...inWorkspace, ...args], options).catch(() => undefined);
  return ended?.exitCode === 0 ? ended.stdout : undefined;
}
