import type { ServiceDeploymentSnapshot, ServiceSnapshot } from './observation.ts';
import type { RolloutPlan } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';
import { type EndedBy, endedByWords, newerDeployment, type Standing } from './standing.ts';

/** How long a service deployment may say that it goes on while a newer one is PRIMARY, before that decides. */
const OVERTAKEN_MS = 5_000;

/**
 * How our deployment stands by its service deployment, the best source there is (API_ServiceDeployment). There
 * is no FAILED among its statuses, and STOPPED has four causes: what ECS says of the cause decides, then
 * whether a newer deployment exists.
 */
export function standingByServiceDeployment(
  plan: RolloutPlan,
  state: RolloutState,
  deployment: ServiceDeploymentSnapshot,
  service: ServiceSnapshot,
  now: number,
): Standing {
  const newer = newerDeployment(plan, state, service);
  switch (deployment.status) {
    case 'SUCCESSFUL':
      // What runs is then the newer one's: ours finished, but green would claim more than that.
      return newer === undefined ? { kind: 'completed' } : { kind: 'superseded', newer };
    case 'STOP_REQUESTED':
      return newer === undefined ? { kind: 'going' } : { kind: 'superseded', newer };
    case 'STOPPED':
      return standingOfStopped(state, deployment, newer);
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return { kind: 'rolling-back', by: endedBy(state, deployment) };
    case 'ROLLBACK_SUCCESSFUL':
      return { kind: 'rolled-back', by: endedBy(state, deployment) };
    case 'ROLLBACK_FAILED':
      return { kind: 'rollback-failed', by: endedBy(state, deployment) };
    default: {
      const overtaken = state.overtakenSince !== undefined && now - state.overtakenSince >= OVERTAKEN_MS;
      return newer !== undefined && overtaken ? { kind: 'superseded', newer } : { kind: 'going' };
    }
  }
}

function standingOfStopped(
  state: RolloutState,
  deployment: ServiceDeploymentSnapshot,
  newer: ReturnType<typeof newerDeployment>,
): Standing {
  const by = endedBy(state, deployment);
  if (by.who === 'circuit-breaker' || by.who === 'alarm' || by.who === 'hook') return { kind: 'stopped', by };
  if (newer !== undefined) return { kind: 'superseded', newer };
  if (/newer|supersed|replaced by/i.test(deployment.statusReason ?? '')) return { kind: 'superseded', newer };
  return { kind: 'stopped', by };
}

function endedBy(state: RolloutState, deployment: ServiceDeploymentSnapshot): EndedBy {
  const { alarms, breaker, rollback, statusReason } = deployment;
  const words = endedByWords([statusReason, rollback?.reason], alarms?.triggered ?? []);
  if (words.who === 'request' || words.who === 'hook') return words;
  const reason = words.reason === undefined ? {} : { reason: words.reason };
  const triggered = alarms?.triggered ?? [];
  if (triggered.length > 0 || alarms?.status === 'TRIGGERED')
    return { who: 'alarm', alarms: triggered, ...reason };
  if (breaker?.status === 'TRIGGERED') return { who: 'circuit-breaker', alarms: [], ...reason };
  if (words.who === 'unknown' && state.stopRequested) return { ...words, who: 'request' };
  return words;
}
