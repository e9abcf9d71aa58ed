import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBuildx, isBuildxForAll } from '../sandbox/engine/buildx.ts';
import { findEngine } from '../sandbox/engine/engine.ts';
import type { Scenario } from '../sandbox/sandbox.ts';
import { deployAsWeDo, deployByChain, peersOfChain } from './deploy-chain.ts';
import { type Deploy, type DeployRound, type DeploySetting, measureDeploy } from './deploy-run.ts';
import { bytesCovered } from './first-request.ts';
import { findPeers, type Peer } from './peers.ts';
import { median, table, verdict } from './table.ts';

/** Of the chain's overhead. */
const MOST_OVERHEAD = 1 / 8;
const MOST_LAG_S = 3;
const MOST_LOADED_MB = 2.5;
const ACTION = join(import.meta.dirname, '..');

/** Seconds of the short rollouts: about four, and spread, so that nobody's time between two looks happens to fit. */
const SHORT_S = [3.5, 3.75, 4, 4.25, 4.5] as const;
/** Two tasks that start at once take ten seconds of ECS's: its clock is ahead of life's. */
const short = (seconds: number) => ({ scenario: rollout(1), speed: 10 / seconds });
/** A minute and forty. */
const long: Pick<DeploySetting, 'scenario' | 'speed'> = { scenario: rollout(91), speed: 1 };

function rollout(healthy: number): Scenario {
  const timings = { provision: 1, pull: 1, activate: 0, healthy, drain: 1, stagger: 0 };
  return {
    name: 'bench',
    description: 'Two tasks that start, and are healthy after a while.',
    tasks: { timings, outcomes: [{ kind: 'runs' }] },
    expect: { result: 'succeeded' },
  };
}

interface Compared {
  readonly ours: readonly DeployRound[];
  /** Empty where a peer can't be had. */
  readonly chain: readonly DeployRound[];
}

/**
 * A whole deploy by us and by the chain of peers, in turns, each on a sandbox of its own. What docker takes to build
 * and push and ECS to roll out is the same for both and taken off: the overhead is left.
 */
export async function benchDeploy(options: { readonly long: boolean }): Promise<string> {
  const engine = await findEngine({ refuseStandIn: false });
  const buildx = engine.kind === 'docker' ? findBuildx()?.makeConfig('docker') : undefined;
  const config = buildx?.folder ?? mkdtempSync(join(tmpdir(), 'docker-config-'));
  const common = { engine, env: { DOCKER_CONFIG: config } };
  const peers = await findPeers();
  const chain = chainOf(peers, buildx !== undefined || (engine.kind === 'docker' && isBuildxForAll()));
  try {
    const sections = [await compareShort(common, chain)];
    if (options.long) sections.push(await compareLong(common, chain));
    sections.push(await compareCosts(common, chain));
    return sections.join('\n\n');
  } finally {
    engine.remove();
    rmSync(config, { recursive: true, force: true });
  }
}

/** The chain of peers, or why there is none here. */
interface Chain {
  readonly deploy: Deploy | undefined;
  readonly folders: readonly string[];
  readonly about: string;
}

type With = Pick<DeploySetting, 'engine' | 'env'>;

function chainOf(peers: readonly Peer[], hasBuildx: boolean): Chain {
  const used = peers.filter(({ pin }) => peersOfChain(hasBuildx).includes(pin.repository));
  const missing = used.flatMap((peer) =>
    'missing' in peer ? [`${peer.pin.repository}: ${peer.missing}`] : [],
  );
  if (missing.length > 0) {
    return { deploy: undefined, folders: [], about: `The chain is not available: ${missing.join('; ')}.` };
  }
  const names = used.map(({ pin }) => `${pin.repository} ${pin.version}`);
  const shell = hasBuildx ? '' : ' There is no buildx here: `docker build` and `docker push` from a shell.';
  return {
    deploy: deployByChain(peers, hasBuildx),
    folders: used.flatMap((peer) => ('folder' in peer ? [peer.folder] : [])),
    about: `The chain: ${names.join(', ')}.${shell}`,
  };
}

/** In turns: the machine's moods meet both. The first round warms the file cache, and docker's. */
async function compareShort(common: With, chain: Chain): Promise<string> {
  const compared: { ours: DeployRound[]; chain: DeployRound[] } = { ours: [], chain: [] };
  for (const [round, length] of [4, ...SHORT_S].entries()) {
    const ours = await measureDeploy({ ...common, ...short(length) }, deployAsWeDo);
    const theirs = chain.deploy && (await measureDeploy({ ...common, ...short(length) }, chain.deploy));
    if (round === 0) continue;
    compared.ours.push(ours);
    if (theirs) compared.chain.push(theirs);
  }
  return `${chain.about} Rollouts of ${SHORT_S.join(', ')} s: the median, and the least in brackets.\n\n${comparison(compared)}`;
}

/** At the same time, for nearly all of it is waiting. */
async function compareLong(common: With, chain: Chain): Promise<string> {
  const [ours, theirs] = await Promise.all([
    measureDeploy({ ...common, ...long }, deployAsWeDo),
    chain.deploy && measureDeploy({ ...common, ...long }, chain.deploy),
  ]);
  return `A long rollout, once:\n\n${comparison({ ours: [ours], chain: theirs ? [theirs] : [] })}`;
}

/** The table of a rollout; the chain's columns stay empty where a peer can't be had. */
function comparison({ ours, chain }: Compared): string {
  const row = (name: string, value: (round: DeployRound) => number, most?: number): string[] => {
    const [mine, theirs] = [ours.map(value), chain.map(value)];
    const target = most === undefined ? '' : verdict(median(mine), most, 's');
    return [name, seconds(mine), seconds(theirs), share(mine, theirs), target];
  };
  const overhead = row('overhead: the total without these two', (round) => round.overhead);
  const ratio = median(ours.map((round) => round.overhead)) / median(chain.map((round) => round.overhead));
  return table(
    ['', 'deploy-guard', 'the chain', 'ours of theirs', 'target'],
    [
      row('the whole deploy', (round) => round.total),
      row('docker builds and pushes', (round) => round.engine),
      row('ECS rolls out', (round) => round.rollout),
      [...overhead.slice(0, 4), chain.length > 0 ? verdict(ratio, MOST_OVERHEAD, "of the chain's") : ''],
      row('from the end of the rollout to the message in Slack', (round) => round.told, MOST_LAG_S),
    ],
  );
}

function seconds(values: readonly number[]): string {
  if (values.length === 0) return 'not available';
  const best = values.length > 1 ? ` (${Math.min(...values).toFixed(1)})` : '';
  return `${median(values).toFixed(1)} s${best}`;
}

function share(ours: readonly number[], theirs: readonly number[]): string {
  return theirs.length === 0 ? '' : (median(ours) / median(theirs)).toFixed(2);
}

/** Calls, memory, and how much JavaScript is loaded: of one more deploy each, which is not timed. */
async function compareCosts(common: With, chain: Chain): Promise<string> {
  const ours = await cost(common, deployAsWeDo, [ACTION]);
  const theirs = chain.deploy && (await cost(common, chain.deploy, chain.folders));
  const row = (name: string, value: (one: Cost) => string, target = '') => [
    name,
    value(ours),
    theirs ? value(theirs) : 'not available',
    target,
  ];
  return table(
    ['', 'deploy-guard', 'the chain', 'target'],
    [
      row('calls of AWS', ({ calls }) => String(calls)),
      row('peak memory of the largest process', ({ memory }) => `${(memory / 1e6).toFixed(0)} MB`),
      row(
        'JavaScript loaded in all',
        ({ loaded }) => `${loaded.toFixed(2)} MB`,
        verdict(ours.loaded, MOST_LOADED_MB, 'MB'),
      ),
    ],
  );
}

interface Cost {
  readonly calls: number;
  readonly memory: number;
  /** In megabytes. */
  readonly loaded: number;
}

/** Coverage takes memory of its own: hence a run each. */
async function cost(common: With, deploy: Deploy, folders: readonly string[]): Promise<Cost> {
  const { calls, peakMemory } = await measureDeploy({ ...common, ...short(4) }, deploy);
  const coverage = mkdtempSync(join(tmpdir(), 'deploy-guard-loaded-'));
  try {
    const env = { ...common.env, NODE_V8_COVERAGE: coverage };
    await measureDeploy({ ...common, ...short(4), env }, deploy);
    const bytes = folders.map((folder) => bytesCovered(coverage, folder));
    return { calls, memory: peakMemory, loaded: bytes.reduce((sum, each) => sum + each, 0) / 1e6 };
  } finally {
    rmSync(coverage, { recursive: true });
  }
}
