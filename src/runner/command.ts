import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { containersBelow } from './process-tree.ts';
import { shorten } from './text.ts';

/** How a program ended. */
export interface CommandResult {
  readonly exitCode: number;
  /** The last part of what it printed (at most `TAIL` lines of each stream), for a diagnosis. */
  readonly stdout: string;
  readonly stderr: string;
  /** Its time was over, and it was ended: how long it had. */
  readonly endedAfterMs?: number;
}

/** Takes lines that a program printed; a promise holds the program up until it is kept. */
export type OnLines = (lines: readonly string[]) => Promise<void> | void;

/** What a program is started with. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text for its standard input: the way to hand over a secret. */
  readonly input?: string;
  /** Gets the lines of both streams as they come; nothing more is read until it is done with them. */
  readonly onLines?: OnLines;
  /** A NUL ends a line, as after `-z`, instead of a line break; `onLines` then gets standard output alone. */
  readonly lineEnd?: 'NUL';
  /** Ends the program: SIGTERM, and SIGKILL two seconds later. */
  readonly signal?: AbortSignal;
}

const TAIL = 200;
const LONGEST_LINE = 8_192;
const KILL_AFTER_MS = 2_000;
const CLEAN_UP_MS = 500;

/** The program could not be started at all (`ENOENT`: it isn't there). */
export class CommandNotStarted extends Error {
  readonly code: string;
  constructor(program: string, code: string) {
    super(`${program} could not be started (${code})`);
    this.name = 'CommandNotStarted';
    this.code = code;
  }
}

/**
 * Runs a program with an argument array, never through a shell. Resolves with its end, whatever its exit code
 * (128 + n where signal n ended it). Throws CommandNotStarted.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const child = spawn(program, [...args], {
    cwd: options.cwd,
    env: { ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: a cancelled docker takes its plugins (buildx) with it.
    detached: true,
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(new CommandNotStarted(program, error.code ?? 'unknown')),
    );
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
  const stop = () => stopGroup(child.pid);
  options.signal?.addEventListener('abort', stop, { once: true });
  // A program that ends without reading its input closes the pipe: its exit code tells more than EPIPE.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const stdout = collectTail(child.stdout, options);
  const stderr = collectTail(child.stderr, options.lineEnd === 'NUL' ? {} : options);
  try {
    const exitCode = await ended;
    return { exitCode, stdout: await stdout, stderr: await stderr };
  } finally {
    options.signal?.removeEventListener('abort', stop);
  }
}

/**
 * Ends a program and what it started. A container of its is ended first, which no signal to the group would reach:
 * podman and buildah then take down by themselves what they had mounted for it, and are given a moment for that.
 */
function stopGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  const containers = containersBelow([pid]);
  for (const container of containers) send(container, 'SIGKILL');
  const terminate = () => send(-pid, 'SIGTERM');
  if (containers.length === 0) terminate();
  else setTimeout(terminate, CLEAN_UP_MS).unref();
  const kill = () => {
    process.off('exit', kill);
    for (const container of containersBelow([pid])) send(container, 'SIGKILL');
    send(-pid, 'SIGKILL');
  };
  // A cancelled run may be over before that: what does not heed SIGTERM must not outlive it.
  process.once('exit', kill);
  setTimeout(kill, KILL_AFTER_MS).unref();
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Lines are split here and not by readline, which keeps a line of any length: these are cut as they come. */
async function collectTail(
  stream: NodeJS.ReadableStream,
  { onLines, lineEnd }: Pick<CommandOptions, 'onLines' | 'lineEnd'>,
): Promise<string> {
  // A CR at the end may be the first half of a CRLF.
  const lineBreak = lineEnd === 'NUL' ? /\0/ : /\r\n|\n|\r(?!$)/;
  let tail: readonly string[] = [];
  const keep = async (raw: readonly string[]) => {
    const lines = raw.map((line) => shorten(line, LONGEST_LINE));
    tail = [...tail, ...lines.slice(-TAIL)].slice(-TAIL);
    if (lines.length > 0) await onLines?.(lines);
  };
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const lines = `${rest}${chunk}`.split(lineBreak);
    rest = lines.pop() ?? '';
    await keep(lines);
    if (rest.length > LONGEST_LINE + 1) rest = rest.slice(0, LONGEST_LINE + 1);
  }
  const last = lineEnd === 'NUL' ? rest : rest.replace(/\r$/, '');
  if (last !== '') await keep([last]);
  return tail.join('\n');
}
