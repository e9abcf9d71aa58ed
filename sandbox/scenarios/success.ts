import type { Scenario } from './scenario.ts';

export const success: Scenario = {
  name: 'success',
  description: 'Two new tasks start, pass their health checks and take over in about 75 seconds.',
  expect: { result: 'succeeded' },
};
