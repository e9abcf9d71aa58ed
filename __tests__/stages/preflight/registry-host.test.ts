import { describe, expect, it } from 'vitest';
import { containersOfImage } from '../../../src/stages/preflight/container-image.ts';
import { isSameRegistry } from '../../../src/stages/preflight/registry-host.ts';
import { otherRegistry } from '../../../src/stages/preflight/repository-place.ts';
import { checkContext } from './check-context.ts';

const PLAIN = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const DUAL = '123456789012.dkr-ecr.us-east-1.on.aws';

describe('isSameRegistry', () => {
  it.each([
    [PLAIN, DUAL, true],
    [PLAIN, '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com', true],
    [PLAIN, PLAIN, true],
    [PLAIN, '210987654321.dkr.ecr.us-east-1.amazonaws.com', false],
    [PLAIN, '123456789012.dkr.ecr.eu-west-1.amazonaws.com', false],
    [PLAIN, 'registry.example.com', false],
    ['registry.example.com', 'registry.example.com', false],
  ])('%s and %s: %s', (one, other, same) => {
    expect(isSameRegistry(one, other)).toBe(same);
    expect(isSameRegistry(other, one)).toBe(same);
  });
});

describe('another name of the registry', () => {
  const repository = {
    name: 'app',
    uri: `${PLAIN}/app`,
    registryId: '123456789012',
    mutability: 'MUTABLE' as const,
    mutabilityExclusions: [],
  };

  it('is no other registry', () => {
    const { config } = checkContext({ 'ecr-repository': `${DUAL}/app` });
    expect(otherRegistry(repository, config)).toBeUndefined();
  });

  it('names the same image in a task definition', () => {
    const { config } = checkContext({ 'ecr-repository': 'app' });
    const containers = [`${DUAL}/app:latest`, `${PLAIN}/app`, `${DUAL}/other`, 'app'].map((image) => ({
      name: image,
      image,
    }));
    const found = containersOfImage({ arn: 'arn', name: 'app:1', containers }, repository, config);
    expect(found.map(({ image }) => image)).toEqual([`${DUAL}/app:latest`, `${PLAIN}/app`]);
  });
});
