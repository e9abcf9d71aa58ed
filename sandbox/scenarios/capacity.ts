import { withoutBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const capacity: Scenario = {
  name: 'capacity',
  description: 'No container instance has memory left for a task of the new image; no circuit breaker.',
  world: { services: [{ launchType: 'EC2', deploymentConfiguration: withoutBreaker }] },
  tasks: {
    outcomes: [
      {
        kind: 'not-placed',
        because:
          ' because no container instance met all of its requirements. The closest matching (container-instance 5c1a9f0e7b3d4826a0e5c7d9f1b3a824) has insufficient memory available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
      },
    ],
  },
  expect: { result: 'failed', code: 'DG618' },
};
