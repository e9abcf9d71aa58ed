import { withBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const earlySuccess: Scenario = {
  name: 'early-success',
  description:
    'The deployment is SUCCESSFUL half a minute before its old tasks are stopped, and they drain slowly.',
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
  tasks: { timings: { drain: 45 }, outcomes: [{ kind: 'runs' }] },
  expect: { result: 'succeeded' },
};
