import { type CadenceState, spareCalls } from './cadence.ts';
import { isGap } from './gaps.ts';
import type { PartAnswers, PartReader } from './look.ts';
import { emptyObservation, type Observation, type Part } from './observation.ts';
import type { PartRequest } from './part-requests.ts';
import type { EcsObserver, WatchClock } from './ports.ts';
import type { StartedDeployment } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';
import type { Step } from './steps.ts';
import { step } from './verdict.ts';
import type { Watched } from './watched.ts';

/** A look asks for more at most this often: service, stopped tasks, running tasks, log, and one to spare. */
const ROUNDS = 6;
/** What the proof of one finished deployment costs. */
const PROOF_CALLS = 3;

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
  /** Finished rollouts whose proof was put off, because others go on and the budget is spent. */
  readonly putOff: boolean;
}

/**
 * Looks at every rollout and steps it; where a step lacks parts, they are read and the same step is taken again.
 * Throws ObservationFault where nothing of what the look begins with could be read.
 */
export async function judgeLook(pending: readonly Watched[], judging: Judging): Promise<Judged> {
  const { clock, reader } = judging;
  const tried = new Set<string>();
  const looked = pending.filter((watched) => !isPutOff(watched, pending, judging));
  let requests = looked.map((watched) => firstRequest(watched, reader, tried));
  let looks: ReadonlyMap<Watched, Observation> = new Map(
    looked.map((watched) => [watched, emptyObservation]),
  );
  let steps: ReadonlyMap<Watched, Step> = new Map();
  let throttled = false;
  let diagnosisCalls = 0;
  let answered = false;
  for (let round = 0; round < ROUNDS && (!throttled || !answered) && requests.length > 0; round += 1) {
    const answers = await readAll(requests, judging);
    const [fault] = answers.faults;
    answered ||= answers.looks.size > 0;
    const instead = round === 0 ? servicesInstead(requests, answers, tried) : [];
    if (!answered && instead.length === 0 && fault) throw fault;
    throttled ||= answers.faults.some(({ kind }) => kind === 'throttled');
    diagnosisCalls += answers.diagnosisCalls;
    looks = new Map(
      [...looks].map(([watched, look]) => [
        watched,
        { ...look, ...answers.looks.get(watched.plan.deployment) },
      ]),
    );
    const now = clock.now();
    steps = new Map(
      [...looks].map(([watched, look]) => [watched, step(watched.plan, watched.state, look, now)]),
    );
    requests = [...instead, ...requestsOf(steps, tried, judging, pending.length)];
  }
  return { steps, throttled, diagnosisCalls, putOff: looked.length < pending.length };
}

/** Where a service deployment gave no answer, the service may: a part that isn't vital doesn't end the look. */
function servicesInstead(
  requests: readonly Request[],
  { looks }: PartAnswers,
  tried: Set<string>,
): Request[] {
  return requests.flatMap(({ request }) => {
    const { deployment, part } = request;
    const unread = part === 'serviceDeployment' && looks.get(deployment)?.serviceDeployment === undefined;
    if (!unread) return [];
    tried.add(keyOf(deployment, 'service'));
    return [{ request: { ...request, part: 'service' as const }, diagnosis: false }];
  });
}

/**
 * A finished deployment waits for its proof until the others are finished too, where the budget is spent: one
 * call then serves them all. Meanwhile it needs no look.
 */
function isPutOff(watched: Watched, pending: readonly Watched[], { cadence, clock }: Judging): boolean {
  if (!isFinished(watched) || pending.every(isFinished)) return false;
  return spareCalls(cadence, clock.now(), pending.length) < PROOF_CALLS;
}

/** ECS calls it finished, and no older task is counted: what is left is the proof. */
export function isFinished({ state }: { readonly state: RolloutState }): boolean {
  return state.finishedSince !== undefined && state.serviceDeployment?.status === 'SUCCESSFUL';
}

interface Request {
  readonly request: PartRequest;
  readonly diagnosis: boolean;
}

/** Those within the budget first, then those for a diagnosis: so the calls of each can be counted. */
async function readAll(
  requests: readonly Request[],
  { ecs, reader, signal }: Judging,
): Promise<PartAnswers & { readonly diagnosisCalls: number }> {
  const of = (wanted: boolean) =>
    requests.filter(({ diagnosis }) => diagnosis === wanted).map(({ request }) => request);
  const budgeted = await reader.read(of(false), signal);
  const before = ecs.calls;
  const diagnosis = await reader.read(of(true), signal);
  const looks = new Map(budgeted.looks);
  for (const [deployment, parts] of diagnosis.looks)
    looks.set(deployment, { ...looks.get(deployment), ...parts });
  return { looks, faults: [...budgeted.faults, ...diagnosis.faults], diagnosisCalls: ecs.calls - before };
}

/** A look begins with our service deployment, which tells most; where that isn't known or readable, with the service. */
function firstRequest({ plan, state }: Watched, reader: PartReader, tried: Set<string>): Request {
  const { deployment } = plan;
  const known = reader.arn(deployment) !== undefined && state.serviceDeployment !== undefined;
  const readable = !isGap(state.gaps, 'serviceDeployment');
  // SUCCESSFUL is final: what is waited for then are older tasks, which the service counts.
  const final = state.serviceDeployment?.status === 'SUCCESSFUL';
  const part: Part = known && readable && !final ? 'serviceDeployment' : 'service';
  tried.add(keyOf(deployment, part));
  return { request: { deployment, state, part }, diagnosis: false };
}

function keyOf({ cluster, service }: StartedDeployment, part: Part): string {
  return `${cluster} ${service} ${part}`;
}

/** What the steps want and the budget allows, each part once a look. */
function requestsOf(
  steps: ReadonlyMap<Watched, Step>,
  tried: Set<string>,
  { cadence, clock }: Judging,
  services: number,
): Request[] {
  const spare = spareCalls(cadence, clock.now(), services);
  const othersGoOn = [...steps.values()].some((taken) => taken.kind === 'waiting' && !isFinished(taken));
  return [...steps].flatMap(([{ plan }, taken]) => {
    if (taken.kind === 'verdict') return [];
    return taken.wants.flatMap(({ part, urgency }) => {
      const key = keyOf(plan.deployment, part);
      const putOff = urgency === 'proof' && othersGoOn && isFinished(taken) && spare < PROOF_CALLS;
      if (tried.has(key) || putOff || (urgency === 'due' && spare < 1)) return [];
      tried.add(key);
      const request = { deployment: plan.deployment, state: taken.state, part };
      return [{ request, diagnosis: urgency === 'diagnosis' }];
    });
  });
}
