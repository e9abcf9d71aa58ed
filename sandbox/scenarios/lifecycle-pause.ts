import { withBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const lifecyclePause: Scenario = {
  name: 'lifecycle-pause',
  description: 'A blue/green deployment waits four minutes for a person before production traffic shifts.',
  world: {
    services: [
      {
        deploymentConfiguration: {
          ...withBreaker,
          strategy: 'BLUE_GREEN',
          bakeTimeInMinutes: 1,
          lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
        },
      },
    ],
  },
  others: [
    {
      when: { after: 300 },
      act: { kind: 'answer-hook', service: 'dyno-agent-service', status: 'SUCCEEDED' },
    },
  ],
  expect: { result: 'succeeded' },
};
