import type { Service } from '../../../sandbox/aws/ecs-simulation/state.ts';
import { worldNames } from '../../../sandbox/aws/ecs-simulation/world-seed.ts';
import type { AwsWorld } from '../../../sandbox/aws/operation.ts';
import { buildWorld } from '../../../sandbox/aws/world.ts';
import type { Scenario } from '../../../sandbox/scenarios/scenario.ts';

/** A world without HTTP on a clock that a test moves by hand. */
export interface SimulatedWorld {
  readonly world: AwsWorld;
  /** The digest of the image that was pushed under `latest` before the first deployment. */
  readonly pushed: string;
  /** The digest that ran before. */
  readonly previous: string;
  service(name?: string): Service;
  /** Forces a new deployment of every service of the scenario, as the action does. */
  deploy(): void;
  /** Lets virtual seconds pass in steps of one. */
  pass(seconds: number): void;
}

/** Builds a scenario's world with a new image under `latest`. */
export function simulate(scenario: Scenario): SimulatedWorld {
  let now = Date.UTC(2026, 0, 15, 9, 30);
  const world = buildWorld({ clock: { now: () => now }, scenario, registryHost: '127.0.0.1:5000' });
  const previous = world.store.resolve(worldNames.repository, 'latest')?.digest ?? '';
  const pushed = world.store.seedImage(worldNames.repository, ['latest'], {
    marker: 'the new commit',
  }).digest;
  const service = (name: string = worldNames.service): Service => {
    const found = world.ecs.simulation.state.services.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no service ${name}`);
    return found;
  };
  return {
    world,
    pushed,
    previous,
    service,
    deploy: () => {
      for (const one of world.ecs.simulation.state.services) {
        world.others.updateServiceArrived();
        world.ecs.updateService(one, { force: true });
      }
    },
    pass: (seconds) => {
      for (let second = 0; second < seconds; second += 1) {
        now += 1000;
        world.timeline.advance();
      }
    },
  };
}
