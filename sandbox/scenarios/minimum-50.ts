import { withBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const minimum50: Scenario = {
  name: 'minimum-50',
  description: 'Half of the tasks may stop first and no more than the wanted number may run.',
  world: {
    services: [
      { deploymentConfiguration: { ...withBreaker, minimumHealthyPercent: 50, maximumPercent: 100 } },
    ],
  },
  expect: { result: 'succeeded' },
};
