import type { Scenario } from './scenario.ts';

export const missingSecret: Scenario = {
  name: 'missing-secret',
  description: 'The environment lacks JWT_SECRET: the preflight ends the run and nothing is changed.',
  withoutEnv: ['JWT_SECRET'],
  expect: { result: 'failed', code: 'DG112' },
};
