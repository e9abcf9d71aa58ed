import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandResult, type OnLines, runCommand } from '../runner/command.ts';
import type { BuildSettings, EngineName } from '../stages/inputs/config.ts';
import type { EngineSettings } from './engine.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How one command of an engine is run. */
export interface CommandWishes {
  readonly input?: string;
  readonly onLines?: OnLines;
  readonly timeoutMs?: number;
  /** On top of the engine's own. */
  readonly environment?: Environment;
}

/** How long a login may take, in milliseconds. */
export const LOGIN_MS = 60_000;

/** How long a push may take, in milliseconds: docker itself waits without end for a registry that hangs. */
export const PUSH_MS = 30 * 60_000;

/** Runs an engine's program in the workspace. Throws CommandNotStarted. */
export async function runEngine(
  program: EngineName,
  args: readonly string[],
  settings: EngineSettings,
  wishes: CommandWishes = {},
): Promise<CommandResult> {
  const { workspace, signal, environment } = settings;
  const { timeoutMs, environment: more, ...rest } = wishes;
  const options = { cwd: workspace, environment: { ...environment, ...more }, ...rest };
  if (timeoutMs === undefined) return await runCommand(program, args, { ...options, signal });
  const timeout = AbortSignal.timeout(timeoutMs);
  const result = await runCommand(program, args, { ...options, signal: AbortSignal.any([signal, timeout]) });
  const isEnded = timeout.aborted && !signal.aborted && result.exitCode !== 0;
  return isEnded ? { ...result, endedAfterMs: timeoutMs } : result;
}

/** Puts each of `secrets` into a file that nobody else can read; gives where one is, by its id. */
export async function writeBuildSecrets(
  build: BuildSettings,
  privateFolder: string,
): Promise<(id: string) => string> {
  const folder = join(privateFolder, 'build-secrets');
  await mkdir(folder, { mode: 0o700, recursive: true });
  const fileOf = (id: string) => join(folder, `id-${encodeURIComponent(id)}`);
  for (const line of build.secrets) {
    const at = line.indexOf('=');
    await writeFile(fileOf(line.slice(0, at)), line.slice(at + 1), { mode: 0o600 });
  }
  return fileOf;
}
