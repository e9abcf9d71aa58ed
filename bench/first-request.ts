import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evaluateDefault, readActionMetadata } from '../sandbox/runner/action-metadata.ts';
import { githubContext, githubExpressionValues, hostedEnvironment } from '../sandbox/runner/environment.ts';

/** An action as a workflow starts it, and what it asks first. */
export interface Starter {
  /** The folder with action.yml. */
  readonly folder: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Files in the workspace. */
  readonly files?: Readonly<Record<string, string>>;
  /** What it asks first: somebody over HTTP, or docker. `{url}` in inputs and env becomes the address of the former. */
  readonly asks: 'http' | 'docker';
}

const patienceMs = 60_000;

/** How long a start took, in milliseconds. */
export interface StartTime {
  readonly ms: number;
  /** Of the CPU, by the main thread alone: the same on a busy machine. Undefined where the system doesn't tell. */
  readonly cpuMs: number | undefined;
}

/** From the start of the process until it asks for the first time. It gets no answer, and is killed then. */
export async function untilFirstRequest(starter: Starter): Promise<StartTime> {
  let ask: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const place = await makePlace(starter, () => ask());
  const called = watch(place.shimFolder, (_event, file) => {
    if (file === 'called') ask();
  });
  try {
    const startedAt = performance.now();
    const child = start(place);
    const ended = new Promise<never>((_resolve, reject) =>
      child.once('exit', () => reject(new Error(`${starter.folder} ended without asking anything`))),
    );
    await Promise.race([asked, ended]);
    const ms = performance.now() - startedAt;
    const cpuMs = mainThreadMs(child.pid);
    ended.catch(() => undefined);
    const over = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await over;
    return { ms, cpuMs };
  } finally {
    called.close();
    place.remove();
  }
}

/** What a process's main thread has had of the CPU so far, in milliseconds; Linux alone tells. */
export function mainThreadMs(pid: number | undefined): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    return undefined;
  }
}

/** Bytes of the action's own JavaScript that are loaded until it ends because all that it asks is refused. */
export async function bytesLoaded(starter: Starter): Promise<number> {
  const place = await makePlace(starter, (_request, response) =>
    response.writeHead(400).end('{"__type":"AccessDeniedException"}'),
  );
  const coverage = mkdtempSync(join(tmpdir(), 'deploy-guard-loaded-'));
  try {
    const child = start(place, { NODE_V8_COVERAGE: coverage });
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await new Promise((resolve) => child.once('exit', resolve));
    clearTimeout(timer);
    return bytesCovered(coverage, starter.folder);
  } finally {
    place.remove();
    rmSync(coverage, { recursive: true });
  }
}

/** Bytes of the files under `folder` that V8's coverage lists as loaded, each once. */
export function bytesCovered(coverage: string, folder: string): number {
  const urls = readdirSync(coverage).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8')) as {
      readonly result: readonly { readonly url: string }[];
    };
    return result.map(({ url }) => url);
  });
  const inside = realpathSync(folder) + sep;
  const paths = [...new Set(urls)].filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
  const own = paths.filter((path) => path.startsWith(inside) && existsSync(path));
  if (own.length === 0) throw new Error(`nothing of ${folder} was loaded`);
  return own.reduce((sum, path) => sum + statSync(path).size, 0);
}

interface Place {
  readonly script: string;
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  readonly shimFolder: string;
  readonly remove: () => void;
}

/** A job's folders and environment for one start, with a server, and a docker that says only that it was called. */
async function makePlace(starter: Starter, listener: RequestListener): Promise<Place> {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'deploy-guard-start-'));
  const [home, temp, workspace, bin, shimFolder] = ['home', 'temp', 'work', 'bin', 'shim'].map((name) => {
    mkdirSync(join(root, name));
    return join(root, name);
  }) as [string, string, string, string, string];
  writeFileSync(join(temp, 'event.json'), '{}');
  for (const [name, text] of Object.entries(starter.files ?? {})) writeFileSync(join(workspace, name), text);
  if (starter.asks === 'docker') {
    writeFileSync(join(bin, 'docker'), `#!/bin/sh\n: > '${join(shimFolder, 'called')}'\nexit 1\n`);
    chmodSync(join(bin, 'docker'), 0o755);
  }
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const github = githubContext({ sha: '0'.repeat(40), apiUrl: url }, workspace);
  const metadata = readActionMetadata(starter.folder);
  const values = githubExpressionValues(github);
  const defaults = metadata.inputs.map((input) => [input.name, evaluateDefault(input.default, values)]);
  const inputs = Object.entries({ ...Object.fromEntries(defaults), ...starter.inputs });
  const folders = { home, temp, workspace, eventPath: join(temp, 'event.json') };
  const hosted = hostedEnvironment(github, 'push', folders, 'bench');
  const named = inputs.map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]);
  const given: readonly (readonly [string, string])[] = Object.entries({
    ...starter.env,
    ...Object.fromEntries(named),
  });
  const filled = given.map(([name, value]) => [name, value.replaceAll('{url}', url)]);
  return {
    script: join(starter.folder, metadata.main),
    workspace,
    env: { ...hosted, ...Object.fromEntries(filled), PATH: [bin, hosted['PATH']].join(delimiter) },
    shimFolder,
    remove: () => {
      server.closeAllConnections();
      server.close();
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function start({ script, workspace, env }: Place, more: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, [script], { env: { ...env, ...more }, cwd: workspace, stdio: 'ignore' });
}
