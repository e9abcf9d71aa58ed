import type { Scenario } from './scenario.ts';

export const superseded: Scenario = {
  name: 'superseded',
  description:
    'Somebody else forces a new deployment of the service 20 seconds after ours, and theirs takes over.',
  others: [
    { when: { after: 20 }, act: { kind: 'update-service', service: 'dyno-agent-service', force: true } },
  ],
  expect: { result: 'superseded', code: 'DG608' },
};
