import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, table } from './table.ts';

const ROUNDS = 15;
/** What a killed action leaves behind goes with it. */
const TEMP = mkdtempSync(join(tmpdir(), 'deploy-guard-bench-'));
process.on('exit', () => rmSync(TEMP, { recursive: true, force: true }));
const MAIN = join(import.meta.dirname, '..', 'dist', 'index.js');

/**
 * From the start of the process to its first request at AWS, against a node that does nothing, in turns. And how
 * much JavaScript is loaded by then and by a whole preflight.
 */
export async function benchStart(): Promise<string> {
  const empty: number[] = [];
  const action: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const nothing = await untilExit();
    const first = await untilFirstRequest({});
    // The first round warms the file cache.
    if (round === 0) continue;
    empty.push(nothing);
    action.push(first);
  }
  const ratio = median(action.map((ms, round) => ms / (empty[round] ?? Number.NaN)));
  const loaded = await bytesLoaded();
  return table(
    ['', 'median', 'of an empty node'],
    [
      ['an empty node, start to end', `${median(empty).toFixed(0)} ms`, '1.0'],
      ['start to first AWS request', `${median(action).toFixed(0)} ms`, ratio.toFixed(1)],
      ['JavaScript loaded by a preflight', `${(loaded / 1e6).toFixed(2)} MB`, ''],
    ],
  );
}

async function untilExit(): Promise<number> {
  const startedAt = performance.now();
  await new Promise((resolve) =>
    spawn(process.execPath, ['-e', ''], { stdio: 'ignore' }).once('exit', resolve),
  );
  return performance.now() - startedAt;
}

/** Milliseconds until a server that answers nothing gets a request; the action is killed then. */
async function untilFirstRequest(environment: Readonly<Record<string, string>>): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const startedAt = performance.now();
  const child = startAction(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, environment);
  await new Promise((resolve) => server.once('request', resolve));
  const ms = performance.now() - startedAt;
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  server.closeAllConnections();
  server.close();
  return ms;
}

/** Bytes of dist/ that a preflight loads, as V8's coverage lists the scripts; AWS refuses all it is asked. */
async function bytesLoaded(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-loaded-'));
  const server = createServer((_request, response) =>
    response.writeHead(400).end('{"__type":"AccessDeniedException"}'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const child = startAction(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    NODE_V8_COVERAGE: folder,
  });
  await new Promise((resolve) => child.once('exit', resolve));
  server.close();
  const scripts = readdirSync(folder).flatMap((file) => {
    const coverage = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      result: readonly { url: string }[];
    };
    return coverage.result.map(({ url }) => url);
  });
  rmSync(folder, { recursive: true });
  const ours = [...new Set(scripts)].filter((url) => url.includes('/dist/'));
  return ours.reduce((sum, url) => sum + statSync(fileURLToPath(url)).size, 0);
}

function startAction(endpoint: string, environment: Readonly<Record<string, string>>) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'INPUT_AWS-REGION': 'us-east-1',
    'INPUT_ECR-REPOSITORY': 'dyno-agent',
    INPUT_SERVICE: 'dyno-agent-service',
    INPUT_MODE: 'check',
    RUNNER_TEMP: TEMP,
    ...environment,
  };
  return spawn(process.execPath, [MAIN], { env, cwd: tmpdir(), stdio: 'ignore' });
}
