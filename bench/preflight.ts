import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEngine } from '../sandbox/engine/engine.ts';
import { runAction } from '../sandbox/runner/run-action.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { median, table } from './table.ts';

const ROUNDS = 9;
/** Held against each other: what each AWS call takes, in milliseconds. */
const LATENCY_MS = 60;
const ACTION = join(import.meta.dirname, '..');

interface Preflight {
  /** From the first AWS call's arrival to the last one's answer, in milliseconds. */
  readonly ms: number;
  readonly calls: number;
}

/**
 * A whole preflight (`mode: check`) of dist/ with every AWS call at 60 ms: wall clock once credentials are at hand,
 * against the sum of its round trips, as they would be one after the other. Credentials are at hand when the first call
 * leaves; our own work between the calls counts, and so does the machine that it runs on: hence the best round too.
 */
export async function benchPreflight(): Promise<string> {
  const workspace = makeWorkspace();
  const engine = await findEngine({ refuseStandIn: false });
  const rounds: Preflight[] = [];
  const bare: Preflight[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const slow = await preflight(workspace, engine, LATENCY_MS);
    const fast = await preflight(workspace, engine, 0);
    // The first round warms the file cache.
    if (round === 0) continue;
    rounds.push(slow);
    bare.push(fast);
  }
  rmSync(workspace, { recursive: true });
  const ms = median(rounds.map((each) => each.ms));
  const own = median(bare.map((each) => each.ms));
  const calls = median(rounds.map((each) => each.calls));
  const best = Math.min(...rounds.map((each) => each.ms));
  const trips = (span: number) => (span / LATENCY_MS).toFixed(1);
  return table(
    ['', `of ${ROUNDS} rounds`, `round trips of ${LATENCY_MS} ms`],
    [
      [`${calls} AWS calls, one after the other`, `${calls * LATENCY_MS} ms`, String(calls)],
      ['the preflight, from its first call to its last answer: median', `${ms.toFixed(0)} ms`, trips(ms)],
      ['the same: best', `${best.toFixed(0)} ms`, trips(best)],
      ['with calls that take no time, our own work: median', `${own.toFixed(0)} ms`, ''],
      ['so much of the median is waiting for AWS', `${(ms - own).toFixed(0)} ms`, trips(ms - own)],
    ],
  );
}

type Engine = Awaited<ReturnType<typeof findEngine>>;

async function preflight(workspace: string, engine: Engine, latencyMs: number): Promise<Preflight> {
  const sandbox = await startSandbox({ latencyMs });
  try {
    const run = await runAction({
      actionDir: ACTION,
      inputs: { ...sandbox.inputs(), mode: 'check' },
      env: { ...sandbox.env(), ...engine.env },
      path: engine.path === '' ? [] : [engine.path],
      workspace,
    });
    if (run.outputs['result'] !== 'checked') throw new Error(`the check ended otherwise:\n${run.log}`);
    const { calls } = sandbox.truth();
    // A call is noted when its answer is sent: the first one arrived `latencyMs` before that.
    const answered = calls.map(({ at }) => at);
    return { ms: Math.max(...answered) - Math.min(...answered) + latencyMs, calls: calls.length };
  } finally {
    await sandbox.close();
  }
}

function makeWorkspace(): string {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-bench-'));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY app.txt /\n');
  writeFileSync(join(folder, 'app.txt'), 'bench\n');
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=octo', '-c', 'user.email=octo@example.com', ...args]);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '-m', 'Bench');
  return folder;
}
