import { crashLog } from './crash-log.ts';
import type { Scenario } from './scenario.ts';

export const oneOfTwoFails: Scenario = {
  name: 'one-of-two-fails',
  description: 'Two services deployed together: one succeeds, the tasks of the other crash.',
  world: {
    services: [
      { name: 'dyno-agent-service' },
      { name: 'dyno-agent-worker', desiredCount: 1, loadBalanced: false },
    ],
  },
  tasksOfService: {
    'dyno-agent-worker': { outcomes: [{ kind: 'exits', exitCode: 1, seconds: 3, log: crashLog }] },
  },
  expect: { result: 'rolled-back', code: 'DG612' },
};
