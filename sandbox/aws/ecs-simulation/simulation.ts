import type { Scenario } from '../../scenarios/scenario.ts';
import type { Account } from '../account.ts';
import type { Identifiers } from '../identifiers.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { Timeline } from '../timeline.ts';
import type { ImageResolution } from './image-resolution.ts';
import type { EcsState, Service } from './state.ts';
import type { TaskDefinitionStore } from './task-definition-store.ts';

/** What every part of the simulated ECS works on. */
export interface Simulation {
  readonly account: Account;
  readonly timeline: Timeline;
  readonly ids: Identifiers;
  readonly images: ImageResolution;
  readonly logs: LogStore;
  readonly scenario: Scenario;
  readonly state: EcsState;
  readonly taskDefinitions: TaskDefinitionStore;
  /** Digests that are known to work whatever the scenario says: seeded images and those of other people. */
  readonly knownGood: Set<string>;
}

const eventsKept = 100;

/** Puts an event on top of a service's list, of which ECS keeps the latest 100. */
export function addEvent(simulation: Simulation, service: Service, message: string): void {
  const event = { id: simulation.ids.uuid(), createdAt: simulation.timeline.now(), message };
  service.events = [event, ...service.events].slice(0, eventsKept);
}
