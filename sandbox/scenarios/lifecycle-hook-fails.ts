import { withBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const lifecycleHookFails: Scenario = {
  name: 'lifecycle-hook-fails',
  description: 'A Lambda lifecycle hook of a blue/green deployment fails, and ECS rolls back.',
  world: {
    services: [
      {
        deploymentConfiguration: {
          ...withBreaker,
          strategy: 'BLUE_GREEN',
          bakeTimeInMinutes: 1,
          lifecycleHooks: [
            {
              targetType: 'AWS_LAMBDA',
              hookTargetArn: 'arn:aws:lambda:us-east-1:123456789012:function:dyno-agent-smoke-test',
              roleArn: 'arn:aws:iam::123456789012:role/ecs-lifecycle-hooks',
              lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
            },
          ],
        },
      },
    ],
  },
  others: [
    { when: { after: 90 }, act: { kind: 'answer-hook', service: 'dyno-agent-service', status: 'FAILED' } },
  ],
  expect: { result: 'rolled-back', code: 'DG625' },
};
