import type { OneOffPlan, TaskOutcome, TaskTimings } from '../../scenarios/scenario.ts';
import type { Simulation } from './simulation.ts';
import type { Deployment, Revision, Service } from './state.ts';
import { stoppedReason } from './wording.ts';

/** A rollout of two tasks takes about 75 seconds with these. */
export const defaultTimings: TaskTimings = {
  provision: 8,
  pull: 8,
  activate: 4,
  healthy: 22,
  drain: 25,
  stagger: 3,
};

const healthyLog = [
  'INFO:     Started server process [1]',
  'INFO:     Waiting for application startup.',
  'INFO:     Application startup complete.',
  'INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)',
];

/** What the next task of a deployment will come to. */
export function nextOutcome(simulation: Simulation, service: Service, deployment: Deployment): TaskOutcome {
  const unresolved = unresolvedImage(simulation, deployment.revision);
  if (unresolved !== undefined) {
    return { kind: 'fails-to-start', stage: 'pull', stoppedReason: stoppedReason.imageNotFound(unresolved) };
  }
  const plan = isKnownGood(simulation, deployment.revision) ? undefined : planOf(simulation, service);
  const outcomes = plan?.outcomes ?? [];
  return outcomes[deployment.tasksBegun] ?? outcomes.at(-1) ?? { kind: 'runs', log: healthyLog };
}

/** How long the stages of a service's tasks take. */
export function timingsOf(simulation: Simulation, service: Service): TaskTimings {
  return { ...defaultTimings, ...planOf(simulation, service)?.timings };
}

/** How a one-off task of a revision ends. */
export function oneOffOutcome(simulation: Simulation, revision: Revision): TaskOutcome {
  const unresolved = unresolvedImage(simulation, revision);
  if (unresolved !== undefined) {
    return { kind: 'fails-to-start', stage: 'pull', stoppedReason: stoppedReason.imageNotFound(unresolved) };
  }
  const plan: OneOffPlan = simulation.scenario.oneOffTask ?? {
    exitCode: 0,
    seconds: 7,
    log: ['migrations: nothing to do'],
  };
  return 'kind' in plan ? plan : { kind: 'exits', ...plan };
}

function planOf(simulation: Simulation, service: Service) {
  return simulation.scenario.tasksOfService?.[service.name] ?? simulation.scenario.tasks;
}

function isKnownGood(simulation: Simulation, revision: Revision): boolean {
  return revision.images.every(
    (image) => image.digest !== undefined && simulation.knownGood.has(image.digest),
  );
}

/** The first image of a revision that isn't in the registry, as of now. */
function unresolvedImage(simulation: Simulation, revision: Revision): string | undefined {
  return revision.images.find(
    (image) => (image.digest ?? simulation.images.digestOf(image.image)) === undefined,
  )?.image;
}
