import { withoutBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const capacityFargate: Scenario = {
  name: 'capacity-fargate',
  description: 'Fargate has no capacity for the new tasks in these subnets; no circuit breaker.',
  world: { services: [{ deploymentConfiguration: withoutBreaker }] },
  tasks: {
    outcomes: [
      {
        kind: 'not-placed',
        because:
          '. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      },
    ],
  },
  expect: { result: 'failed', code: 'DG618' },
};
