import type { Scenario } from './scenario.ts';

export const twoServices: Scenario = {
  name: 'two-services',
  description: 'Two services of one cluster, deployed together.',
  world: {
    services: [
      { name: 'dyno-agent-service' },
      { name: 'dyno-agent-worker', desiredCount: 1, loadBalanced: false },
    ],
  },
  expect: { result: 'succeeded' },
};
