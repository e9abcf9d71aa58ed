import type { DeploymentConfiguration, TaskStopCode } from '@aws-sdk/client-ecs';

/**
 * After how many failed tasks the circuit breaker trips: by default half of the desired count, at least 3 and
 * at most 200; `COUNT` as given, `UNBOUNDED_PERCENT` without the bounds.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html and
 * API_ThresholdConfiguration.
 */
export function breakerThreshold(configuration: DeploymentConfiguration, desiredCount: number): number {
  const setting = configuration.deploymentCircuitBreaker?.thresholdConfiguration;
  const value = setting?.value ?? 50;
  if (setting?.type === 'COUNT') return value;
  const share = Math.ceil((desiredCount * value) / 100);
  if (setting?.type === 'UNBOUNDED_PERCENT') return Math.max(1, share);
  return Math.min(200, Math.max(3, share));
}

/** How a task ended, as far as the breaker minds. */
export interface TaskEnd {
  readonly reachedRunning: boolean;
  readonly failedHealthCheck: boolean;
  readonly stopCode: TaskStopCode | undefined;
}

/**
 * Whether ECS counts the end of a task as a failure of its deployment: it never got to RUNNING, or its health
 * checks failed. A task that reached RUNNING and then exits is not counted, nor is one that the scheduler or
 * a person stopped.
 *
 * Source: API_Deployment (failedTasks); aws/containers-roadmap issue 1206.
 */
export function countsAsFailure(end: TaskEnd): boolean {
  if (end.failedHealthCheck) return true;
  if (end.reachedRunning) return false;
  return end.stopCode !== 'ServiceSchedulerInitiated' && end.stopCode !== 'UserInitiated';
}

/** The failure count after one more end, or after a task became healthy (which resets it by default). */
export function nextFailureCount(
  count: number,
  happened: TaskEnd | 'healthy',
  configuration: DeploymentConfiguration,
): number {
  if (happened !== 'healthy') return countsAsFailure(happened) ? count + 1 : count;
  return configuration.deploymentCircuitBreaker?.resetOnHealthyTask === false ? count : 0;
}
