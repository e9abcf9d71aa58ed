import type { Scenario } from './scenario.ts';

export const slow: Scenario = {
  name: 'slow',
  description: 'Four tasks with a large image and slow health checks: over two minutes.',
  world: { services: [{ desiredCount: 4 }] },
  tasks: {
    timings: { provision: 12, pull: 25, healthy: 35, drain: 45 },
    outcomes: [{ kind: 'runs' }],
  },
  expect: { result: 'succeeded' },
};
