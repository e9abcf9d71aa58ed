import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';

/** A rolling service that nothing watches: no circuit breaker, no alarms. */
export const withoutBreaker: DeploymentConfiguration = {
  deploymentCircuitBreaker: { enable: false, rollback: false },
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  strategy: 'ROLLING',
  bakeTimeInMinutes: 0,
};

/** A rolling service whose circuit breaker rolls back: the default world's. */
export const withBreaker: DeploymentConfiguration = {
  ...withoutBreaker,
  deploymentCircuitBreaker: { enable: true, rollback: true },
};
