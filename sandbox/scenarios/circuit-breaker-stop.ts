import { crashLog } from './crash-log.ts';
import { withBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const circuitBreakerStop: Scenario = {
  name: 'circuit-breaker-stop',
  description:
    'As circuit-breaker-rollback, but the breaker is set not to roll back: the deployment stops there.',
  world: {
    services: [
      {
        deploymentConfiguration: {
          ...withBreaker,
          deploymentCircuitBreaker: { enable: true, rollback: false },
        },
      },
    ],
  },
  tasks: { outcomes: [{ kind: 'exits', exitCode: 1, seconds: 3, log: crashLog }] },
  expect: { result: 'failed', code: 'DG612' },
};
