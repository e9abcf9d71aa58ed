import { describe, expect, it } from 'vitest';
import { nameOfImage } from '../../../src/stages/rollout/newer.ts';
import { FOREIGN } from './observations.ts';

const commit = '4f9c2e1'.padEnd(40, '0');
const named = (tags: readonly string[]) =>
  nameOfImage(FOREIGN, async () => tags, new AbortController().signal);

describe('the name of a newer image', () => {
  it.each([
    [['main', 'latest', commit], '4f9c2e1'],
    [['production', 'sha-4f9c2e1'], 'sha-4f9c2e1'],
    [['production', '4f9c2e1'], '4f9c2e1'],
    [[`sha-${commit}`, 'stable'], 'sha-4f9c2e1'],
    [['latest', 'v1.2'], 'v1.2'],
    [['latest'], 'sha256:ffffff…'],
  ])('of the tags %j is %s', async (tags, name) => {
    expect(await named(tags)).toBe(name);
  });
});
