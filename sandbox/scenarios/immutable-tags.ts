import type { Scenario } from './scenario.ts';

export const immutableTags: Scenario = {
  name: 'immutable-tags',
  description: 'Tags are immutable but for latest: the commit may be pushed once, latest moves.',
  world: { repository: { mutability: 'IMMUTABLE_WITH_EXCLUSION', exclusionFilters: ['latest'] } },
  expect: { result: 'succeeded' },
};
