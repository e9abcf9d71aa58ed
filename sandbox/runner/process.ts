import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

/** How a step's process is ended before its time: as GitHub cancels a job, or by one signal. */
export type CancelSignals = 'github' | 'SIGTERM' | 'SIGKILL';

export interface ProcessOptions {
  readonly nodePath: string;
  readonly script: string;
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Called for each line of either stream, without its line break. */
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Resolves when the process is to be ended. */
  readonly cancel?: { readonly requested: Promise<void>; readonly signals: CancelSignals };
  /** Real milliseconds until the process is killed for good. */
  readonly timeoutMs: number;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Real milliseconds from start to exit. */
  readonly ms: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** The signals that were sent, in order. */
  readonly signalsSent: readonly NodeJS.Signals[];
}

// What the runner waits for after each signal, and for streams that a child keeps open.
const afterSigintMs = 7500;
const afterSigtermMs = 2500;
const openStreamsMs = 5000;
const outputMaxCharacters = 64 * 1024 * 1024;

/**
 * Starts a step's process as the runner does: standard input closed, signals to the node process alone
 * and not to its children, and at most five seconds for streams that outlive it.
 *
 * Source: actions/runner, src/Runner.Sdk/ProcessInvoker.cs
 */
export async function runProcess(options: ProcessOptions): Promise<ProcessEnd> {
  const startedAt = performance.now();
  const child = spawn(options.nodePath, [options.script], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = collect(child.stdout, (line) => options.onLine(line, 'stdout'));
  const stderr = collect(child.stderr, (line) => options.onLine(line, 'stderr'));
  const signalsSent: NodeJS.Signals[] = [];
  const exited = exitOf(child);
  let isOver = false;
  const send = (signal: NodeJS.Signals) => {
    if (isOver) return;
    signalsSent.push(signal);
    child.kill(signal);
  };
  options.cancel?.requested.then(
    () => cancel(options.cancel?.signals ?? 'github', send, exited),
    () => undefined,
  );
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, options.timeoutMs);
  const end = await exited;
  isOver = true;
  clearTimeout(timer);
  const ms = performance.now() - startedAt;
  await Promise.race([Promise.all([stdout.ended, stderr.ended]), unreferencedDelay(openStreamsMs)]);
  child.stdout.destroy();
  child.stderr.destroy();
  return { ...end, ms, stdout: stdout.text(), stderr: stderr.text(), timedOut, signalsSent };
}

async function cancel(
  signals: CancelSignals,
  send: (signal: NodeJS.Signals) => void,
  exited: Promise<unknown>,
): Promise<void> {
  if (signals !== 'github') return send(signals);
  send('SIGINT');
  await Promise.race([exited, unreferencedDelay(afterSigintMs)]);
  send('SIGTERM');
  await Promise.race([exited, unreferencedDelay(afterSigtermMs)]);
  send('SIGKILL');
}

function exitOf(child: ChildProcess): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

/** Splits a stream into lines at CR, LF or both, as .NET's StreamReader does, the last one unfinished or not. */
function collect(
  stream: NodeJS.ReadableStream,
  onLine: (line: string) => void,
): { readonly ended: Promise<void>; readonly text: () => string } {
  const decoder = new StringDecoder('utf8');
  let isStart = true;
  const parts: string[] = [];
  let length = 0;
  let pending = '';
  const take = (decoded: string, isLast: boolean) => {
    const text = isStart ? decoded.replace(/^\uFEFF/, '') : decoded;
    isStart = isStart && decoded === '';
    if (length < outputMaxCharacters) parts.push(text);
    length += text.length;
    // A CR at the end may be the first half of a CRLF: it waits for what follows.
    const lines = (pending + text).split(isLast ? /\r\n|\r|\n/ : /\r\n|\r(?!$)|\n/);
    pending = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (isLast && pending !== '') onLine(pending);
  };
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk), false));
  const ended = new Promise<void>((resolve) => {
    stream.once('close', () => {
      take(decoder.end(), true);
      resolve();
    });
  });
  return { ended, text: () => parts.join('') };
}

function unreferencedDelay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
