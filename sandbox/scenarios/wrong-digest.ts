import type { Scenario } from './scenario.ts';

export const wrongDigest: Scenario = {
  name: 'wrong-digest',
  description:
    'Somebody else moves latest just before ECS resolves it: the deployment completes with their image.',
  others: [
    {
      when: 'before-resolving',
      act: { kind: 'move-tag', repository: 'dyno-agent', tag: 'latest', marker: 'somebody else' },
    },
  ],
  expect: { result: 'superseded', code: 'DG462' },
};
