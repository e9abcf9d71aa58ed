import type { Scenario } from './scenario.ts';

export const serviceDeleted: Scenario = {
  name: 'service-deleted',
  description: 'Somebody deletes the service in the middle of the rollout.',
  others: [{ when: { after: 20 }, act: { kind: 'delete-service', service: 'dyno-agent-service' } }],
  expect: { result: 'failed', code: 'DG610' },
};
