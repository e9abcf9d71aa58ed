import type { Scenario } from './scenario.ts';

export const scaleIn: Scenario = {
  name: 'scale-in',
  description: 'Four tasks are wanted, and somebody lowers that to two in the middle of the rollout.',
  world: { services: [{ desiredCount: 4 }] },
  others: [
    { when: { after: 30 }, act: { kind: 'update-service', service: 'dyno-agent-service', desiredCount: 2 } },
  ],
  expect: { result: 'succeeded' },
};
