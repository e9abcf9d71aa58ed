import { withBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const earlySuccess: Scenario = {
  name: 'early-success',
  description: 'The deployment is SUCCESSFUL while an old task still drains for a minute and a half.',
  world: {
    services: [
      {
        deploymentConfiguration: {
          ...withBreaker,
          earlySuccessCriteria: {
            enable: true,
            healthyPercent: 100,
            sourceServiceRevisionCleanup: 'DEFERRED',
          },
        },
      },
    ],
  },
  tasks: { timings: { drain: 90 }, outcomes: [{ kind: 'runs' }] },
  expect: { result: 'succeeded' },
};
