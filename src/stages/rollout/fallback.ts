import type { DeploymentSnapshot, ServiceSnapshot } from './observation.ts';
import type { RolloutPlan } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';
import {
  type EndedBy,
  endedByWords,
  isRollbackTarget,
  newerDeployment,
  othersRunning,
  oursIn,
  primaryOf,
  type Standing,
} from './standing.ts';

/** A list may lag behind UpdateService: so long may a deployment that was never listed stay away. */
const NEVER_LISTED_MS = 30_000;
/** One look may be stale; this much later, a second one isn't. */
const GONE_MS = 1_500;
/** So long may a failed deployment stay PRIMARY before the roll back has failed to begin. */
const ROLLBACK_DUE_MS = 60_000;

/**
 * How our deployment stands by `DescribeServices` alone, where the role may not read service deployments. Our
 * deployment is followed by its id: a service in steady state after a roll back has another PRIMARY.
 */
export function standingByDeployments(
  plan: RolloutPlan,
  state: RolloutState,
  service: ServiceSnapshot,
  now: number,
): Standing {
  const ours = oursIn(plan, service);
  if (ours === undefined) return standingUnlisted(plan, state, service, now);
  if (ours.status !== 'PRIMARY') return standingDemoted(plan, state, service, ours);
  if (ours.rolloutState === 'FAILED') return standingFailed(state, service, ours, now);
  return isCompleted(plan, service, ours) ? { kind: 'completed' } : { kind: 'going' };
}

function isCompleted(plan: RolloutPlan, service: ServiceSnapshot, ours: DeploymentSnapshot): boolean {
  if (othersRunning(plan, service) > 0) return false;
  if (ours.rolloutState !== undefined) return ours.rolloutState === 'COMPLETED';
  return service.deployments.length === 1 && ours.pending === 0 && ours.running >= service.desired;
}

function standingFailed(
  state: RolloutState,
  service: ServiceSnapshot,
  ours: DeploymentSnapshot,
  now: number,
): Standing {
  const by = endedBy(state, service, ours);
  const rollsBack = by.who === 'alarm' || service.breaker.rollback;
  if (!rollsBack) return { kind: 'stopped', by };
  const late = state.endedSince !== undefined && now - state.endedSince >= ROLLBACK_DUE_MS;
  return late ? { kind: 'rollback-failed', by } : { kind: 'rolling-back', by };
}

function standingDemoted(
  plan: RolloutPlan,
  state: RolloutState,
  service: ServiceSnapshot,
  ours: DeploymentSnapshot,
): Standing {
  const primary = primaryOf(service);
  if (primary === undefined) return { kind: 'going' };
  const backToOld = primary.id === plan.deployment.baseline.deploymentId || isRollbackTarget(primary, state);
  if (backToOld || ours.rolloutState === 'FAILED') {
    return standingOfRollback(primary, endedBy(state, service, ours, primary));
  }
  const newer = newerDeployment(plan, state, service);
  return newer === undefined ? { kind: 'going' } : { kind: 'superseded', newer };
}

function standingUnlisted(
  plan: RolloutPlan,
  state: RolloutState,
  service: ServiceSnapshot,
  now: number,
): Standing {
  const away = state.unlistedSince === undefined ? 0 : now - state.unlistedSince;
  if (away < (state.createdAt === undefined ? NEVER_LISTED_MS : GONE_MS)) return { kind: 'going' };
  const primary = primaryOf(service);
  if (primary === undefined) return { kind: 'going' };
  const backToOld = primary.id === plan.deployment.baseline.deploymentId || isRollbackTarget(primary, state);
  // Only a deployment that was seen can have been rolled back.
  if (backToOld && state.createdAt !== undefined) {
    return standingOfRollback(primary, endedBy(state, service, undefined, primary));
  }
  const newer = newerDeployment(plan, state, service);
  return newer === undefined ? { kind: 'unlisted' } : { kind: 'superseded', newer };
}

function standingOfRollback(primary: DeploymentSnapshot, by: EndedBy): Standing {
  if (primary.rolloutState === 'FAILED') return { kind: 'rollback-failed', by };
  const settled = primary.rolloutState === 'COMPLETED' || primary.rolloutState === undefined;
  return settled && primary.running >= primary.desired
    ? { kind: 'rolled-back', by }
    : { kind: 'rolling-back', by };
}

function endedBy(
  state: RolloutState,
  service: ServiceSnapshot,
  ours: DeploymentSnapshot | undefined,
  primary?: DeploymentSnapshot,
): EndedBy {
  const failed = state.events.findLast(({ message }) => /deployment failed:/i.test(message))?.message;
  return endedByWords([ours?.rolloutStateReason, failed, primary?.rolloutStateReason], service.alarmNames);
}
