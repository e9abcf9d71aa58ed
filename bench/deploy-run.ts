import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoWorkspace, makeWorkspace } from '../sandbox/demo/workspace.ts';
import type { Engine } from '../sandbox/engine/engine.ts';
import { forgetImages } from '../sandbox/engine/forget-images.ts';
import { type Sandbox, type Scenario, startSandbox } from '../sandbox/sandbox.ts';
import { engineSeconds, setUpDockerClock } from './docker-clock.ts';

/** Where a deploy is measured: a sandbox of its own, a checkout, an engine whose calls are timed. */
export interface DeployPlace {
  readonly sandbox: Sandbox;
  readonly workspace: DemoWorkspace;
  /** What an action gets under `env:`: the sandbox's, the engine's, and the bench's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders to put first on PATH. */
  readonly path: readonly string[];
}

/** A way of deploying: gives the milliseconds of its processes, one after the other. */
export type Deploy = (place: DeployPlace) => Promise<{ readonly totalMs: number }>;

/** What one deploy took, in seconds, and cost. */
export interface DeployRound {
  readonly total: number;
  /** docker's own time for build and push. */
  readonly engine: number;
  /** From the first UpdateService until the last service's deployment was completed. */
  readonly rollout: number;
  /** The longest that one service's rollout took. */
  readonly slowest: number;
  /** What is left: neither the engine's nor ECS's. */
  readonly overhead: number;
  /** From the end of the rollout until Slack has the message. */
  readonly told: number;
  readonly calls: number;
  /** Bytes of the process that needed most. */
  readonly peakMemory: number;
}

const LOOK_MS = 25;

/** What is deployed, and with what. */
export interface DeploySetting {
  readonly scenario: Scenario;
  /** By how much ECS's clock is ahead of life; what waits for it has life's. */
  readonly speed: number;
  readonly engine: Engine;
  readonly env: Readonly<Record<string, string>>;
}

/** One deploy on a sandbox of its own, in seconds of life. Throws where it doesn't end green, or Slack isn't told. */
export async function measureDeploy(setting: DeploySetting, deploy: Deploy): Promise<DeployRound> {
  const { scenario, speed, engine, env } = setting;
  const sandbox = await startSandbox({ scenario, speed });
  const [bornAt, virtualBirth] = [Date.now(), sandbox.clock.now()];
  const inLife = (at: number) => bornAt + (at - virtualBirth) / speed;
  const workspace = makeWorkspace(scenario.files);
  const clock = setUpDockerClock(engine.path);
  const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-bench-'));
  const memoryFile = join(folder, 'memory');
  const ends = watchEnds(sandbox);
  try {
    const memory = {
      NODE_OPTIONS: `--require=${import.meta.dirname}/peak-memory.cjs`,
      BENCH_MEMORY_FILE: memoryFile,
    };
    const place = {
      sandbox,
      workspace,
      env: { ...engine.env, ...sandbox.env(), ...memory, ...env },
      path: [clock.path],
    };
    const { totalMs } = await deploy(place);
    const truth = sandbox.truth();
    const updates = truth.updateServiceCalls.map(({ at }) => inLife(at));
    const [first, last] = [Math.min(...updates), Math.max(...ends.values())];
    const told = truth.slackMessages[0]?.receivedAt;
    if (ends.size < truth.deploymentsStarted.length || told === undefined)
      throw new Error('not all is deployed and told');
    const [total, engineTime, rollout] = [
      totalMs / 1000,
      engineSeconds(clock.calls()),
      (last - first) / 1000,
    ];
    return {
      total,
      engine: engineTime,
      rollout,
      slowest:
        Math.max(
          ...truth.deploymentsStarted.map((one) => (ends.get(one.deploymentId) ?? 0) - inLife(one.startedAt)),
        ) / 1000,
      overhead: total - engineTime - rollout,
      told: (told - last) / 1000,
      calls: truth.calls.length,
      peakMemory: peakOf(readFileSync(memoryFile, 'utf8')),
    };
  } finally {
    ends.stop();
    await sandbox.close();
    if (engine.kind === 'docker') forgetImages(sandbox.registryHost);
    workspace.remove();
    clock.remove();
    rmSync(folder, { recursive: true });
  }
}

/** When each deployment was completed, by its id, in milliseconds since the epoch. */
function watchEnds(sandbox: Sandbox): ReadonlyMap<string, number> & { stop(): void } {
  const ends = new Map<string, number>();
  const timer = setInterval(() => {
    for (const { deploymentId, rolloutState } of sandbox.truth().deploymentsStarted) {
      if (rolloutState === 'COMPLETED' && !ends.has(deploymentId)) ends.set(deploymentId, Date.now());
    }
  }, LOOK_MS);
  return Object.assign(ends, { stop: () => clearInterval(timer) });
}

/** The largest number of kilobytes among `<kilobytes> <script>` lines of an action's processes, in bytes. */
export function peakOf(text: string): number {
  const lines = text.split('\n').filter((line) => /\/dist\/\S*index\.c?js$/.test(line));
  return Math.max(...lines.map((line) => Number(line.split(' ', 1)[0]) * 1024));
}
