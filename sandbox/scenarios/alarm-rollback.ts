import { withBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const alarmRollback: Scenario = {
  name: 'alarm-rollback',
  description: 'A CloudWatch alarm goes off while the finished rollout bakes, and ECS rolls back.',
  world: {
    services: [
      {
        deploymentConfiguration: {
          ...withBreaker,
          alarms: { alarmNames: ['dyno-agent-5xx'], enable: true, rollback: true },
          bakeTimeInMinutes: 5,
        },
      },
    ],
  },
  alarms: [{ name: 'dyno-agent-5xx', after: 130 }],
  expect: { result: 'rolled-back', code: 'DG602' },
};
