import { withoutBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const capacityReturns: Scenario = {
  name: 'capacity-returns',
  description: 'Two placements fail, then there is room: the rollout is late and good.',
  world: { services: [{ deploymentConfiguration: withoutBreaker }] },
  tasks: {
    outcomes: [
      {
        kind: 'not-placed',
        because:
          '. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      },
      { kind: 'runs' },
    ],
  },
  expect: { result: 'succeeded' },
};
