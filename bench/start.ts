import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  bytesLoaded,
  mainThreadMs,
  type Starter,
  type StartTime,
  untilFirstRequest,
} from './first-request.ts';
import { starts } from './peer-starts.ts';
import { findPeers, type Peer } from './peers.ts';
import { median, table, verdict } from './table.ts';

const ROUNDS = 15;
/** A node that has not run for so long has nothing more to do. */
const IDLE_MS = 150;
/** Of an empty node's start. */
const MOST_RATIO = 4;
const ACTION = join(import.meta.dirname, '..');

interface Measured {
  readonly name: string;
  readonly first: string;
  readonly starter: Starter;
  readonly rounds: StartTime[];
}

/**
 * From the start of the process to its first question, ours and each peer's, against a node that does nothing: all in
 * turns. And how much JavaScript each has loaded until it ends because everything is refused.
 */
export async function benchStart(): Promise<string> {
  const peers = await findPeers();
  const subjects = [subject('deploy-guard', ACTION), ...peers.flatMap(peerSubject)];
  const empty: StartTime[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const nothing = { ms: await untilExit(), cpuMs: await untilIdle() };
    // The first round warms the file cache.
    if (round > 0) empty.push(nothing);
    for (const { starter, rounds } of subjects) {
      const time = await untilFirstRequest(starter);
      if (round > 0) rounds.push(time);
    }
  }
  const rows = [['an empty node, start to end', '', ...cells(empty, empty), '', '']];
  for (const one of subjects) rows.push(await row(one, empty));
  for (const peer of peers) if ('missing' in peer) rows.push(missingRow(peer));
  const all = rows.length === peers.length + 2 ? [...rows, togetherRow(subjects.slice(1), empty)] : rows;
  const times = ['median', 'best', 'of an empty node', 'CPU', 'of an empty node'];
  return table(['', 'asks first', ...times, 'JavaScript', 'target'], all);
}

function subject(name: string, folder: string, label = name): Measured {
  const start = starts[name];
  if (start === undefined) throw new Error(`bench/peer-starts.ts says nothing of ${name}`);
  return { name: label, first: start.first, starter: { ...start, folder }, rounds: [] };
}

function peerSubject(peer: Peer): readonly Measured[] {
  const { repository, version } = peer.pin;
  return 'missing' in peer ? [] : [subject(repository, peer.folder, `${repository} ${version}`)];
}

function missingRow({ pin, missing }: Extract<Peer, { missing: string }>): string[] {
  return [`${pin.repository} ${pin.version}`, '', `not available: ${missing}`, '', '', '', '', '', ''];
}

async function row(
  { name, first, starter, rounds }: Measured,
  empty: readonly StartTime[],
): Promise<string[]> {
  const loaded = `${((await bytesLoaded(starter)) / 1e6).toFixed(2)} MB`;
  const ratio = median(rounds.map(({ ms }, round) => ms / (empty[round]?.ms ?? Number.NaN)));
  const target = name === 'deploy-guard' ? verdict(ratio, MOST_RATIO, 'times an empty node') : '';
  return [name, first, ...cells(rounds, empty), loaded, target];
}

/** What a job with all of them pays, one after the other. */
function togetherRow(peers: readonly Measured[], empty: readonly StartTime[]): string[] {
  const sums = empty.map((_, round) => ({
    ms: peers.reduce((sum, { rounds }) => sum + (rounds[round]?.ms ?? 0), 0),
    cpuMs: peers.reduce((sum, { rounds }) => sum + (rounds[round]?.cpuMs ?? Number.NaN), 0),
  }));
  return ['the six peers, one after the other', '', ...cells(sums, empty), '', ''];
}

/** Median, best and ratio of the wall clock, median and ratio of the CPU. Ratios are of each round, and then the median. */
function cells(rounds: readonly StartTime[], empty: readonly StartTime[]): readonly string[] {
  const wall = rounds.map(({ ms }) => ms);
  const cpu = rounds.map(({ cpuMs }) => cpuMs ?? Number.NaN);
  const ratio = (values: readonly number[], of: (time: StartTime) => number | undefined) =>
    median(values.map((value, round) => value / ((empty[round] && of(empty[round])) ?? Number.NaN))).toFixed(
      1,
    );
  const told = [
    `${median(wall).toFixed(0)} ms`,
    `${Math.min(...wall).toFixed(0)} ms`,
    ratio(wall, ({ ms }) => ms),
  ];
  if (cpu.some(Number.isNaN)) return [...told, 'not known', ''];
  return [...told, `${median(cpu).toFixed(0)} ms`, ratio(cpu, ({ cpuMs }) => cpuMs)];
}

async function untilExit(): Promise<number> {
  const startedAt = performance.now();
  await new Promise((resolve) =>
    spawn(process.execPath, ['-e', ''], { stdio: 'ignore' }).once('exit', resolve),
  );
  return performance.now() - startedAt;
}

/** What an empty node's main thread takes of the CPU until it has nothing more to do, in milliseconds. */
async function untilIdle(): Promise<number | undefined> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1e9)'], { stdio: 'ignore' });
  let [before, now] = [-1, mainThreadMs(child.pid)];
  while (now !== undefined && now !== before) {
    await sleep(IDLE_MS);
    [before, now] = [now, mainThreadMs(child.pid)];
  }
  child.kill('SIGKILL');
  return now;
}
