import type { ServiceDeploymentLifecycleStage } from '@aws-sdk/client-ecs';
import type { Service, ServiceDeployment } from './state.ts';

/**
 * The stages of a blue/green, linear or canary deployment between all new tasks being healthy and the old ones
 * being stopped, with their seconds; the bake time follows from the service's configuration.
 *
 * Source: developer guide, "Amazon ECS blue/green service deployments workflow".
 */
const stages: readonly (readonly [ServiceDeploymentLifecycleStage, number])[] = [
  ['POST_SCALE_UP', 1],
  ['TEST_TRAFFIC_SHIFT', 5],
  ['POST_TEST_TRAFFIC_SHIFT', 1],
  ['PRODUCTION_TRAFFIC_SHIFT', 10],
  ['POST_PRODUCTION_TRAFFIC_SHIFT', 1],
];

/** Whether the service's deployments start all new tasks beside the old ones and shift traffic between them. */
export function isBlueGreen(service: Service): boolean {
  return (service.deploymentConfiguration.strategy ?? 'ROLLING') !== 'ROLLING';
}

/** Seconds after its success that ECS begins to remove what a deployment replaced, where that is deferred. */
export const deferredCleanUpSeconds = 30;

/** Whether a deployment may succeed before the old tasks are removed. Source: API_DeploymentEarlySuccessCriteria. */
export function defersCleanUp({ configuration }: ServiceDeployment): boolean {
  const early = configuration.earlySuccessCriteria;
  return early?.enable === true && early.sourceServiceRevisionCleanup === 'DEFERRED';
}

/** Whether old tasks have to stay: in a blue/green deployment until its clean-up, with a deferred one past its end. */
export function keepsOldTasks(service: Service, now: number): boolean {
  const current = service.currentServiceDeployment;
  if (current === undefined) return false;
  if (current.status === 'SUCCESSFUL') {
    return defersCleanUp(current) && now < (current.finishedAt ?? 0) + deferredCleanUpSeconds * 1000;
  }
  if (current.status !== 'IN_PROGRESS') return false;
  if (defersCleanUp(current)) return true;
  return isBlueGreen(service) && current.lifecycleStage !== 'CLEAN_UP';
}

/** The stage after the one that a deployment is in, and its seconds; undefined when it is cleaning up. */
export function nextStage(
  serviceDeployment: ServiceDeployment,
): { readonly stage: ServiceDeploymentLifecycleStage; readonly seconds: number } | undefined {
  const current = serviceDeployment.lifecycleStage;
  if (current === 'CLEAN_UP') return undefined;
  if (current === 'BAKE_TIME') return { stage: 'CLEAN_UP', seconds: 0 };
  const next = stages[stages.findIndex(([stage]) => stage === current) + 1];
  if (next !== undefined) return { stage: next[0], seconds: next[1] };
  return { stage: 'BAKE_TIME', seconds: (serviceDeployment.configuration.bakeTimeInMinutes ?? 0) * 60 };
}
