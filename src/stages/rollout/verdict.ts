import { attributed, beganAt } from './attribution.ts';
import { isRefuted, ruleDue } from './fail-fast.ts';
import { standingByDeployments } from './fallback.ts';
import {
  failedFast,
  foreignImage,
  rollbackFailed,
  rolledBack,
  serviceGone,
  stopped,
  superseded,
  timedOut,
  vanished,
} from './findings.ts';
import { isGap } from './gaps.ts';
import type { Observation, ServiceSnapshot } from './observation.ts';
import { valueIn } from './observation.ts';
import { foreignRevision, foreignTask, prove } from './proof.ts';
import type { RolloutPlan } from './rollout.ts';
import { absorb, type RolloutState } from './rollout-state.ts';
import { standingByServiceDeployment } from './service-deployment.ts';
import { newerDeployment, othersRunning, type Standing } from './standing.ts';
import { asked, isOverdue, type Step, settle, unreadParts, verdict, waitingFor, waitOn } from './steps.ts';
import { wantsWhileGoing, wantsWithoutService } from './wants.ts';

/** A service may be missing from one stale answer; this much later, it is from a second one. */
const MISSING_MS = 1_500;

/**
 * One step of the judgement: what was known and one look give what is known now, and the verdict if there is
 * one. Pure: no clock, no I/O. `now` is local monotonic milliseconds, for patience and the time-out only.
 *
 * Success is only ever concluded from a look that shows, by itself, our deployment finished and no image but
 * ours; see `prove`.
 */
export function step(plan: RolloutPlan, before: RolloutState, shown: Observation, now: number): Step {
  const look = attributed(plan, shown, before.createdAt ?? beganAt(plan, shown));
  const absorbed = absorb(plan, before, look, now);
  const answer = valueIn(look.service);
  if (answer === undefined) return stepWithoutService(plan, before, absorbed, look, now);
  if (answer === 'missing') return judgeMissing(plan, absorbed, now);
  const newer = newerDeployment(plan, absorbed, answer);
  const overtaken = { ...absorbed, overtakenSince: newer ? (absorbed.overtakenSince ?? now) : undefined };
  if (answer.status !== 'ACTIVE') return verdict(overtaken, serviceGone(plan, overtaken, answer.status));
  const standing = standingIn(plan, overtaken, look, answer, now);
  const over = standing.kind !== 'going';
  const finished =
    (standing.kind === 'completed' && othersRunning(plan, answer) === 0) ||
    standingByDeployments(plan, overtaken, answer, now).kind === 'completed';
  const state = {
    ...overtaken,
    endedSince: over ? (overtaken.endedSince ?? now) : undefined,
    finishedSince: finished ? (overtaken.finishedSince ?? now) : undefined,
  };
  return judge(plan, state, look, answer, standing, now);
}

/** A look at the service deployment alone ends nothing: where it shows an end, the service is read as well. */
function stepWithoutService(
  plan: RolloutPlan,
  before: RolloutState,
  state: RolloutState,
  look: Observation,
  now: number,
): Step {
  if (look.serviceDeployment.kind === 'not-read')
    return waitOn(plan, state, now, 'AWS has not answered lately');
  const deployment = valueIn(look.serviceDeployment);
  const finished = deployment?.status === 'SUCCESSFUL' && (state.counts?.older ?? 0) === 0;
  const next = { ...state, finishedSince: finished ? (state.finishedSince ?? now) : undefined };
  const wants = wantsWithoutService(plan, before, next, look, now);
  return waitOn(plan, next, now, waitingFor(next), wants);
}

function standingIn(
  plan: RolloutPlan,
  state: RolloutState,
  look: Observation,
  service: ServiceSnapshot,
  now: number,
): Standing {
  const deployment = valueIn(look.serviceDeployment);
  if (deployment) return standingByServiceDeployment(plan, state, deployment, service, now);
  const byList = standingByDeployments(plan, state, service, now);
  if (look.serviceDeployment.kind !== 'not-read') return byList;
  // What has no answer can't be waited for: what it last said is old by now.
  if (isGap(state.gaps, 'serviceDeployment')) return byList;
  // SUCCESSFUL is final: where the list agrees, it need not be read again.
  if (state.serviceDeployment?.status === 'SUCCESSFUL' && byList.kind === 'completed') return byList;
  // The list alone decides nothing that the better source would: that is read first, see `wantsWhileGoing`.
  const asked = state.serviceDeploymentAt !== undefined;
  const useless = asked && state.serviceDeployment === undefined;
  return useless || byList.kind === 'unlisted' ? byList : { kind: 'going' };
}

function judge(
  plan: RolloutPlan,
  state: RolloutState,
  look: Observation,
  service: ServiceSnapshot,
  standing: Standing,
  now: number,
): Step {
  switch (standing.kind) {
    case 'going':
      return judgeGoing(plan, state, look, service, now);
    case 'completed':
      return judgeCompleted(plan, state, look, service, now);
    case 'rolling-back':
      return waitOn(
        plan,
        state,
        now,
        'ECS is rolling back',
        wantsWhileGoing(plan, state, look, service, now),
        true,
      );
    case 'superseded': {
      const { newer } = standing;
      const ended = verdict(state, superseded(plan, state, newer));
      return newer && ended.kind === 'verdict' ? { ...ended, verdict: { ...ended.verdict, newer } } : ended;
    }
    case 'rolled-back':
      return settle(plan, state, look, now, (s) => rolledBack(plan, s, standing.by));
    case 'rollback-failed':
      return settle(plan, state, look, now, (s) => rollbackFailed(plan, s, standing.by));
    case 'stopped':
      return settle(plan, state, look, now, (s) => stopped(plan, s, standing.by));
    case 'unlisted':
      return verdict(state, vanished(plan, state, service));
  }
}

function judgeMissing(plan: RolloutPlan, state: RolloutState, now: number): Step {
  const since = state.missingSince ?? now;
  if (now - since >= MISSING_MS) return verdict(state, serviceGone(plan, state, 'missing'));
  return waitOn(plan, state, now, 'AWS does not find the service', [], true);
}

function judgeCompleted(
  plan: RolloutPlan,
  state: RolloutState,
  look: Observation,
  service: ServiceSnapshot,
  now: number,
): Step {
  const proof = prove(plan, state, look, service);
  switch (proof.kind) {
    case 'proven':
      return {
        kind: 'verdict',
        state,
        verdict: { result: 'succeeded', notes: proof.notes, digests: proof.digests },
      };
    case 'foreign':
      return verdict(state, foreignImage(plan, state, proof.digest, proof.where));
    case 'unread':
      return waitOn(
        plan,
        state,
        now,
        'the deployment is finished, its tasks are being checked',
        asked(proof.parts, 'proof'),
        true,
      );
    case 'not-yet':
      return waitOn(plan, state, now, proof.why, [], true);
  }
}

function judgeGoing(
  plan: RolloutPlan,
  state: RolloutState,
  look: Observation,
  service: ServiceSnapshot,
  now: number,
): Step {
  const wants = wantsWhileGoing(plan, state, look, service, now);
  const foreign = foreignRevision(plan, state) ?? foreignTask(plan, valueIn(look.runningTasks) ?? []);
  if (foreign && plan.failFast)
    return verdict(state, foreignImage(plan, state, foreign.digest, foreign.where));
  const rule = plan.failFast ? ruleDue(plan, state, service, now) : undefined;
  if (rule) {
    const unread = unreadParts(look, ['serviceDeployment', 'runningTasks']).filter(
      (part) => part !== 'serviceDeployment' || state.serviceDeployment !== undefined,
    );
    if (unread.length > 0)
      return waitOn(plan, state, now, waitingFor(state), asked(unread, 'diagnosis'), true);
    if (!isRefuted(rule, plan, state, service, valueIn(look.runningTasks), now)) {
      return settle(plan, state, look, now, (s) => failedFast(plan, s, rule.code));
    }
  }
  if (isOverdue(plan, state, now))
    return settle(plan, state, look, now, (s) => timedOut(plan, s, waitingFor(state)));
  return waitOn(plan, { ...state, settlingSince: undefined }, now, waitingFor(state), wants);
}
