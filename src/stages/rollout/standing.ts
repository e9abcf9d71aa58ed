import type { DeploymentSnapshot, ServiceSnapshot } from './observation.ts';
import type { RolloutPlan } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';

/** Who or what ended a deployment, as far as ECS tells. */
export interface EndedBy {
  readonly who: 'circuit-breaker' | 'alarm' | 'request' | 'hook' | 'unknown';
  readonly alarms: readonly string[];
  /** ECS's own words. */
  readonly reason?: string;
}

/** How our deployment stands, whichever API told it. */
export type Standing =
  | { readonly kind: 'going' }
  /** ECS is done with it; whether the right image runs everywhere is still to be proven. */
  | { readonly kind: 'completed' }
  | { readonly kind: 'rolling-back'; readonly by: EndedBy }
  | { readonly kind: 'rolled-back'; readonly by: EndedBy }
  | { readonly kind: 'rollback-failed'; readonly by: EndedBy }
  /** It ended, and nothing was put back. */
  | { readonly kind: 'stopped'; readonly by: EndedBy }
  /** `newer` is undefined where ECS says so, but its list doesn't show the other one yet. */
  | { readonly kind: 'superseded'; readonly newer: DeploymentSnapshot | undefined }
  /** It is not in the list, and nothing says why. */
  | { readonly kind: 'unlisted' };

/** Who ended it, by ECS's words. `alarms` are the ones known to have gone off, or else those configured. */
export function endedByWords(words: readonly (string | undefined)[], alarms: readonly string[]): EndedBy {
  const said = words.filter((text) => text !== undefined && text !== '');
  const text = said.join(' · ');
  const reason = said[0];
  const rest = reason === undefined ? {} : { reason };
  if (/alarm/i.test(text)) return { who: 'alarm', alarms, ...rest };
  if (/circuit breaker|tasks? failed to start/i.test(text))
    return { who: 'circuit-breaker', alarms: [], ...rest };
  if (/lifecycle hook/i.test(text)) return { who: 'hook', alarms: [], ...rest };
  if (/StopServiceDeployment|\b(user|manual|request)/i.test(text))
    return { who: 'request', alarms: [], ...rest };
  return { who: 'unknown', alarms: [], ...rest };
}

/**
 * The deployment that took over from ours: PRIMARY, started after ours, and not the one that a roll back put
 * there. Two that were started within seconds of each other are told apart by AWS's times and by their ids.
 */
export function newerDeployment(
  plan: RolloutPlan,
  state: RolloutState,
  service: ServiceSnapshot,
): DeploymentSnapshot | undefined {
  const { deploymentId, baseline } = plan.deployment;
  const primary = primaryOf(service);
  if (primary === undefined || primary.id === deploymentId || primary.id === baseline.deploymentId)
    return undefined;
  if (isRollbackTarget(primary, state)) return undefined;
  if (primary.createdAt === undefined || state.createdAt === undefined) return primary;
  return primary.createdAt >= state.createdAt ? primary : undefined;
}

/** Whether ECS named this deployment as the one it rolls back to. */
export function isRollbackTarget(deployment: DeploymentSnapshot, state: RolloutState): boolean {
  if (/roll(ing|ed)[ -]?back/i.test(deployment.rolloutStateReason ?? '')) return true;
  return state.events.some(
    ({ message }) => /rolling back to deployment/i.test(message) && message.includes(`${deployment.id}.`),
  );
}

/** The deployment that the service strives for. */
export function primaryOf(service: ServiceSnapshot): DeploymentSnapshot | undefined {
  return service.deployments.find(({ status }) => status === 'PRIMARY');
}

/** Ours in the service's list. */
export function oursIn(plan: RolloutPlan, service: ServiceSnapshot): DeploymentSnapshot | undefined {
  return service.deployments.find(({ id }) => id === plan.deployment.deploymentId);
}

/** Running tasks of every deployment but ours, by the service's own count. */
export function othersRunning(plan: RolloutPlan, service: ServiceSnapshot): number {
  return service.deployments
    .filter(({ id }) => id !== plan.deployment.deploymentId)
    .reduce((sum, { running }) => sum + running, 0);
}
