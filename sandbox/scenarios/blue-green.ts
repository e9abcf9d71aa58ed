import { withBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const blueGreen: Scenario = {
  name: 'blue-green',
  description: 'A blue/green deployment with five minutes of bake time.',
  world: {
    services: [{ deploymentConfiguration: { ...withBreaker, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 } }],
  },
  expect: { result: 'succeeded' },
};
