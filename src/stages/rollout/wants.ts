import { failedContainer } from './diagnosis.ts';
import { causeOfText } from './failure-causes.ts';
import { standingByDeployments } from './fallback.ts';
import { isGap, mayAsk } from './gaps.ts';
import { type Observation, type Part, type ServiceSnapshot, valueIn } from './observation.ts';
import type { RolloutPlan } from './rollout.ts';
import { countStarted, fingerprint, type RolloutState } from './rollout-state.ts';
import { newerDeployment, othersRunning, oursIn } from './standing.ts';

/** A part that the next round of a look should read, and what for. */
export interface Want {
  readonly part: Part;
  /**
   * `proof`: ECS shows the end, and this decides it. `diagnosis`: something fails, and this tells why. `change`:
   * something changed that this explains. `due`: nothing changed; only if the budget of calls allows.
   */
  readonly urgency: 'proof' | 'diagnosis' | 'change' | 'due';
}

/** How old a service deployment may grow while its service doesn't change. */
const SERVICE_DEPLOYMENT_DUE_MS = 15_000;
/** When to look again for a service deployment that wasn't listed yet. */
const NOT_FOUND_AGAIN_MS = 4_000;
/** How old the service may grow where its service deployment is read: for its events, if the budget allows. */
const SERVICE_DUE_MS = 10_000;
/** And whatever the budget: a deletion shows there. */
const SERVICE_OVERDUE_MS = 40_000;
/** The same while none of our tasks runs or starts. */
const NOTHING_STARTS_MS = 8_000;
/** When stopped tasks are looked for while none of ours runs, by the counts of the service deployment. */
const NONE_RUNS_MS = 15_000;
/** How often stopped tasks are looked for while not all new ones run and nothing points to a failure. */
const STOPPED_TASKS_DUE_MS = 15_000;
/** After a new failure, so long each look reads the stopped tasks: the next failure may be the decisive one. */
const ALARMED_MS = 60_000;

/** What a look at a rollout that goes on should read besides the service. Every part is wanted once a look. */
export function wantsWhileGoing(
  plan: RolloutPlan,
  state: RolloutState,
  look: Observation,
  service: ServiceSnapshot,
  now: number,
): readonly Want[] {
  const wants = [
    wantServiceDeployment(plan, state, service, now),
    wantRevision(state, now),
    wantStoppedTasks(plan, state, service, now),
    wantLog(state, now),
  ];
  return wants.flatMap((want) => (want !== undefined && look[want.part].kind === 'not-read' ? [want] : []));
}

function wantServiceDeployment(
  plan: RolloutPlan,
  state: RolloutState,
  service: ServiceSnapshot,
  now: number,
): Want | undefined {
  const part = 'serviceDeployment';
  if (!mayAsk(state.gaps, part, now)) return undefined;
  // Finished, but older tasks still run: nothing to ask until they are gone.
  if (state.serviceDeployment?.status === 'SUCCESSFUL') {
    return othersRunning(plan, service) > 0 ? undefined : { part, urgency: 'proof' };
  }
  const byList = standingByDeployments(plan, state, service, now).kind;
  if (byList !== 'going' && byList !== 'rolling-back') return { part, urgency: 'proof' };
  if (newerDeployment(plan, state, service) !== undefined) return { part, urgency: 'proof' };
  if (state.serviceDeploymentAt === undefined) return { part, urgency: 'change' };
  if (state.fingerprint !== fingerprint(service)) return { part, urgency: 'change' };
  const age = now - state.serviceDeploymentAt;
  if (state.serviceDeployment === undefined && age >= NOT_FOUND_AGAIN_MS) return { part, urgency: 'change' };
  const moving =
    byList === 'rolling-back' || /REQUESTED|ROLLBACK/.test(state.serviceDeployment?.status ?? '');
  return moving || age >= SERVICE_DEPLOYMENT_DUE_MS ? { part, urgency: 'due' } : undefined;
}

function wantRevision(state: RolloutState, now: number): Want | undefined {
  const { gaps, revision, revisionAsked, serviceDeployment } = state;
  const again = revision === undefined && isGap(gaps, 'revision');
  if ((revisionAsked && !again) || !mayAsk(gaps, 'revision', now)) return undefined;
  if (serviceDeployment?.target === undefined) return undefined;
  return { part: 'revision', urgency: 'change' };
}

function wantStoppedTasks(
  plan: RolloutPlan,
  state: RolloutState,
  service: ServiceSnapshot,
  now: number,
): Want | undefined {
  const part = 'stoppedTasks';
  if (!mayAsk(state.gaps, part, now)) return undefined;
  const ours = oursIn(plan, service);
  if (ours === undefined) return undefined;
  if (isAlarmed(state, now) || pointsToFailure(plan, state, service)) return { part, urgency: 'diagnosis' };
  const last = state.stoppedTasksAt ?? state.startedAt;
  return ours.running < ours.desired && now - last >= STOPPED_TASKS_DUE_MS
    ? { part, urgency: 'due' }
    : undefined;
}

/**
 * What a look that shows the service deployment alone lacks. That is the usual look: it tells of every ending,
 * and of the counts. The service is read where it decides, where something fails, and now and then for its events.
 */
export function wantsWithoutService(
  plan: RolloutPlan,
  before: RolloutState,
  state: RolloutState,
  look: Observation,
  now: number,
): readonly Want[] {
  const deployment = valueIn(look.serviceDeployment);
  const over = now - state.startedAt >= plan.waitForMs;
  if (
    deployment === undefined ||
    over ||
    /^(SUCCESSFUL|STOPPED|ROLLBACK_(SUCCESSFUL|FAILED))$/.test(deployment.status)
  ) {
    const proof = { part: 'service', urgency: 'proof' } as const;
    return deployment?.status === 'SUCCESSFUL'
      ? [proof, { part: 'runningTasks', urgency: 'proof' }]
      : [proof];
  }
  const counted = deployment.breaker?.failureCount ?? 0;
  const turned = deployment.status !== before.serviceDeployment?.status;
  if (turned && !/^(PENDING|IN_PROGRESS)$/.test(deployment.status))
    return [{ part: 'service', urgency: 'change' }];
  const rose = counted > (before.serviceDeployment?.breaker?.failureCount ?? 0);
  const told = Object.keys(state.toldSince).length > 0;
  if (rose || told || state.fewerAt === now || isAlarmed(state, now)) {
    const stopped = { part: 'stoppedTasks', urgency: 'diagnosis' } as const;
    const trouble = { part: 'service', urgency: 'diagnosis' } as const;
    return mayAsk(state.gaps, 'stoppedTasks', now) ? [trouble, stopped] : [trouble];
  }
  const age = now - (state.serviceAt ?? state.startedAt);
  // Nothing starts: if that is for a lack of room or a role, only the events tell.
  const nothing =
    state.counts !== undefined &&
    state.counts.desired > 0 &&
    state.counts.running + state.counts.pending === 0;
  if (nothing && age >= NOTHING_STARTS_MS) return [{ part: 'service', urgency: 'change' }];
  // None runs yet, as where each one fails and the next one starts between two looks: nothing counted tells of that.
  const none = state.counts !== undefined && state.counts.desired > 0 && state.counts.running === 0;
  const seenAt = state.stoppedTasksAt ?? state.startedAt;
  // Twice as long each time: who pulls a large image is not asked for ever.
  const pause = Math.max(NONE_RUNS_MS, seenAt - state.startedAt);
  if (none && now - seenAt >= pause && mayAsk(state.gaps, 'stoppedTasks', now))
    return [{ part: 'stoppedTasks', urgency: 'change' }];
  if (age >= SERVICE_OVERDUE_MS) return [{ part: 'service', urgency: 'change' }];
  const changed = JSON.stringify(before.counts) !== JSON.stringify(state.counts);
  return changed || age >= SERVICE_DUE_MS ? [{ part: 'service', urgency: 'due' }] : [];
}

/** More failures counted than are known, tasks started that are neither alive nor known to have stopped, or an event that speaks of trouble. */
function pointsToFailure(plan: RolloutPlan, state: RolloutState, service: ServiceSnapshot): boolean {
  const ours = oursIn(plan, service);
  // Once another deployment is PRIMARY, the tasks that start are its own.
  if (ours === undefined || ours.status !== 'PRIMARY') return false;
  const { failedTasks, startedTasks } = state.readAgainst;
  if (ours.failedTasks > Math.max(state.failures.length, failedTasks)) return true;
  const fewer = state.fewerAt !== undefined && state.fewerAt > (state.stoppedTasksAt ?? state.startedAt);
  if (fewer) return true;
  const started = countStarted(state.events);
  if (started > Math.max(state.stoppedKnown + ours.running + ours.pending, startedTasks)) return true;
  const read = state.stoppedTasksAt !== undefined;
  return !read && state.events.some(({ message }) => causeOfText(message) !== undefined);
}

function wantLog(state: RolloutState, now: number): Want | undefined {
  const target = failedContainer(state);
  if (target === undefined || !isAlarmed(state, now) || !mayAsk(state.gaps, 'log', now)) return undefined;
  if (state.log !== undefined && state.log.container === target.container) return undefined;
  return { part: 'log', urgency: 'diagnosis' };
}

function isAlarmed(state: RolloutState, now: number): boolean {
  return state.newFailureAt !== undefined && now - state.newFailureAt < ALARMED_MS;
}
