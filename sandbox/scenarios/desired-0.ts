import type { Scenario } from './scenario.ts';

export const desired0: Scenario = {
  name: 'desired-0',
  description: 'The service wants no tasks: the deployment completes and nothing runs.',
  world: { services: [{ desiredCount: 0 }] },
  expect: { result: 'succeeded' },
};
