import { type CadenceState, spareCalls } from './cadence.ts';
import type { PartReader, PartRequest } from './look.ts';
import { emptyObservation, type Observation, type ServiceSnapshot, seen } from './observation.ts';
import type { EcsObserver, WatchClock } from './ports.ts';
import { type Step, step } from './verdict.ts';
import type { Watched } from './watched.ts';

/** A look asks for more at most this often: service deployment, then tasks, then the log. */
const ROUNDS = 4;

/** What judging needs besides the services themselves. */
export interface Judging {
  readonly reader: PartReader;
  readonly ecs: EcsObserver;
  readonly clock: WatchClock;
  readonly cadence: CadenceState;
  readonly signal: AbortSignal;
}

/** The steps taken, and what they cost. */
export interface Judged {
  readonly steps: ReadonlyMap<Watched, Step>;
  readonly throttled: boolean;
  /** Calls that were made for a diagnosis, which the budget leaves apart. */
  readonly diagnosisCalls: number;
}

/** Steps every rollout with its look; where a step lacks parts, they are read and the same step is taken again. */
export async function judgeLook(
  pending: readonly Watched[],
  services: ReadonlyMap<Watched, ServiceSnapshot | 'missing'>,
  judging: Judging,
): Promise<Judged> {
  const looks = new Map(pending.map((watched) => [watched, firstLook(services.get(watched))]));
  const tried = new Set<string>();
  let steps = stepAll(looks, judging.clock.now());
  let throttled = false;
  let diagnosisCalls = 0;
  for (let round = 0; round < ROUNDS && !throttled; round += 1) {
    const requests = requestsOf(steps, tried, judging, pending.length);
    if (requests.length === 0) break;
    for (const forDiagnosis of [false, true]) {
      const some = requests
        .filter(({ diagnosis }) => diagnosis === forDiagnosis)
        .map(({ request }) => request);
      if (some.length === 0) continue;
      const before = judging.ecs.calls;
      const answers = await judging.reader.read(some, judging.signal);
      if (forDiagnosis) diagnosisCalls += judging.ecs.calls - before;
      throttled ||= answers.throttled;
      for (const [watched, look] of looks) {
        looks.set(watched, { ...look, ...answers.looks.get(watched.plan.deployment) });
      }
    }
    steps = stepAll(looks, judging.clock.now());
  }
  return { steps, throttled, diagnosisCalls };
}

function firstLook(service: ServiceSnapshot | 'missing' | undefined): Observation {
  return service === undefined ? emptyObservation : { ...emptyObservation, service: seen(service) };
}

function stepAll(looks: ReadonlyMap<Watched, Observation>, now: number): ReadonlyMap<Watched, Step> {
  return new Map(
    [...looks].map(([watched, look]) => [watched, step(watched.plan, watched.state, look, now)]),
  );
}

/** What the steps want and the budget allows, each part once a look. */
function requestsOf(
  steps: ReadonlyMap<Watched, Step>,
  tried: Set<string>,
  { cadence, clock }: Judging,
  services: number,
): readonly { readonly request: PartRequest; readonly diagnosis: boolean }[] {
  const spare = spareCalls(cadence, clock.now(), services);
  const othersGoOn = [...steps.values()].some((taken) => taken.kind === 'waiting' && !isProving(taken));
  return [...steps].flatMap(([{ plan }, taken]) => {
    if (taken.kind === 'verdict') return [];
    return taken.wants.flatMap(({ part, urgency }) => {
      const key = `${plan.deployment.cluster} ${plan.deployment.service} ${part}`;
      const waits = urgency === 'proof' && isProving(taken) && othersGoOn && spare < 2;
      if (tried.has(key) || (urgency === 'due' && spare < 1) || waits) return [];
      tried.add(key);
      const request = { deployment: plan.deployment, state: taken.state, part };
      return [{ request, diagnosis: urgency === 'diagnosis' }];
    });
  });
}

/** A finished deployment that is still to be proven: while others go on, one call may serve them all later. */
function isProving({ wants, state }: Extract<Step, { kind: 'waiting' }>): boolean {
  if (state.serviceDeployment !== undefined && state.serviceDeployment.status !== 'SUCCESSFUL') return false;
  return state.finishedSince !== undefined && wants.some(({ urgency }) => urgency === 'proof');
}
