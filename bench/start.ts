import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bytesLoaded, type Starter, untilFirstRequest } from './first-request.ts';
import { starts } from './peer-starts.ts';
import { findPeers, type Peer } from './peers.ts';
import { median, table, verdict } from './table.ts';

const ROUNDS = 15;
/** Of an empty node's start. */
const MOST_RATIO = 4;
const ACTION = join(import.meta.dirname, '..');

interface Measured {
  readonly name: string;
  readonly first: string;
  readonly starter: Starter;
  readonly rounds: number[];
}

/**
 * From the start of the process to its first question, ours and each peer's, against a node that does nothing: all in
 * turns. And how much JavaScript each has loaded until it ends because everything is refused.
 */
export async function benchStart(): Promise<string> {
  const peers = await findPeers();
  const subjects = [subject('deploy-guard', ACTION), ...peers.flatMap(peerSubject)];
  const empty: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const nothing = await untilExit();
    // The first round warms the file cache.
    if (round > 0) empty.push(nothing);
    for (const { starter, rounds } of subjects) {
      const ms = await untilFirstRequest(starter);
      if (round > 0) rounds.push(ms);
    }
  }
  const rows = [['an empty node, start to end', '', ...times(empty), '1.0', '1.0', '', '']];
  for (const one of subjects) rows.push(await row(one, empty));
  for (const peer of peers) if ('missing' in peer) rows.push(missingRow(peer));
  const all = rows.length === peers.length + 2 ? [...rows, togetherRow(subjects.slice(1), empty)] : rows;
  const head = [
    '',
    'asks first',
    'median',
    'best',
    'of an empty node',
    'best of best',
    'JavaScript',
    'target',
  ];
  return table(head, all);
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
  return [`${pin.repository} ${pin.version}`, '', `not available: ${missing}`, '', '', '', '', ''];
}

async function row({ name, first, starter, rounds }: Measured, empty: readonly number[]): Promise<string[]> {
  const ratio = median(rounds.map((ms, round) => ms / (empty[round] ?? Number.NaN)));
  const best = Math.min(...rounds) / Math.min(...empty);
  const loaded = `${((await bytesLoaded(starter)) / 1e6).toFixed(2)} MB`;
  const target = name === 'deploy-guard' ? verdict(ratio, MOST_RATIO, 'times an empty node') : '';
  return [name, first, ...times(rounds), ratio.toFixed(1), best.toFixed(1), loaded, target];
}

/** What a job with all of them pays, one after the other. */
function togetherRow(peers: readonly Measured[], empty: readonly number[]): string[] {
  const sums = empty.map((_, round) => peers.reduce((sum, { rounds }) => sum + (rounds[round] ?? 0), 0));
  const ratio = median(sums.map((ms, round) => ms / (empty[round] ?? Number.NaN)));
  const best = Math.min(...sums) / Math.min(...empty);
  return [
    'the six peers, one after the other',
    '',
    ...times(sums),
    ratio.toFixed(1),
    best.toFixed(1),
    '',
    '',
  ];
}

function times(rounds: readonly number[]): readonly [string, string] {
  return [`${median(rounds).toFixed(0)} ms`, `${Math.min(...rounds).toFixed(0)} ms`];
}

async function untilExit(): Promise<number> {
  const startedAt = performance.now();
  await new Promise((resolve) =>
    spawn(process.execPath, ['-e', ''], { stdio: 'ignore' }).once('exit', resolve),
  );
  return performance.now() - startedAt;
}
