import type { Scenario } from './scenario.ts';

export const noDigest: Scenario = {
  name: 'no-digest',
  description:
    'An old agent on EC2 reports no digest for its tasks: only that of the service revision is known.',
  world: { services: [{ launchType: 'EC2' }], taskDigest: 'none' },
  expect: { result: 'succeeded' },
};
