import { findEngine } from '../sandbox/engine/engine.ts';
import type { Scenario } from '../sandbox/sandbox.ts';
import { deployAsWeDo } from './deploy-chain.ts';
import { type DeployRound, measureDeploy } from './deploy-run.ts';
import { median, table, verdict } from './table.ts';

const ROUNDS = 3;
const COUNTS = [1, 10, 50] as const;
/** Beyond the rollout of the slowest service. */
const MOST_BEYOND_S = 5;
/** ECS's clock is ahead of life's, so that rollouts of 10 to 20 seconds take 4 to 8. */
const SPEED = 2.5;

/**
 * A whole deploy of 1, 10 and 50 services, whose rollouts differ in length: what it takes beyond the slowest of them
 * and docker's own time.
 */
export async function benchServices(): Promise<string> {
  const engine = await findEngine({ refuseStandIn: false });
  try {
    const rounds = new Map<number, DeployRound[]>(COUNTS.map((count) => [count, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [count, measured] of rounds) {
        const setting = { scenario: services(count), speed: SPEED, engine, env: {} };
        measured.push(await measureDeploy(setting, deployAsWeDo));
      }
    }
    const head = [
      'services',
      'the slowest rollout',
      'beyond it',
      'least',
      'calls of AWS',
      'peak memory',
      'target',
    ];
    return table(
      head,
      [...rounds].map(([count, measured]) => row(count, measured)),
    );
  } finally {
    engine.remove();
  }
}

function row(count: number, measured: readonly DeployRound[]): string[] {
  const of = (value: (round: DeployRound) => number) => median(measured.map(value));
  const beyond = measured.map(({ total, engine, slowest }) => total - engine - slowest);
  return [
    String(count),
    `${of(({ slowest }) => slowest).toFixed(1)} s`,
    `${median(beyond).toFixed(1)} s`,
    `${Math.min(...beyond).toFixed(1)} s`,
    of(({ calls }) => calls).toFixed(0),
    `${(of(({ peakMemory }) => peakMemory) / 1e6).toFixed(0)} MB`,
    verdict(median(beyond), MOST_BEYOND_S, 's'),
  ];
}

function services(count: number): Scenario {
  const names = Array.from({ length: count }, (_, at) => `service-${at + 1}`);
  const plan = (healthy: number) => ({
    timings: { provision: 1, pull: 1, activate: 0, healthy, drain: 1, stagger: 0 },
    outcomes: [{ kind: 'runs' }] as const,
  });
  return {
    name: 'bench',
    description: 'Services whose tasks are healthy after 1 to 11 seconds.',
    world: { services: names.map((name) => ({ name })) },
    tasksOfService: Object.fromEntries(names.map((name, at) => [name, plan(1 + (at % 11))])),
    expect: { result: 'succeeded' },
  };
}
