import { describe, expect, it } from 'vitest';
import { containersOfImage } from '../../../src/stages/preflight/container-image.ts';
import { isRegistryOf } from '../../../src/stages/preflight/registry-host.ts';
import { otherRegistry } from '../../../src/stages/preflight/repository-place.ts';
import { checkContext } from './check-context.ts';

const PLAIN = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const DUAL = '123456789012.dkr-ecr.us-east-1.on.aws';

describe('isRegistryOf', () => {
  it.each([
    [PLAIN, true],
    [DUAL, true],
    ['123456789012.dkr.ecr-fips.us-east-1.amazonaws.com', true],
    ['210987654321.dkr.ecr.us-east-1.amazonaws.com', false],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', false],
    ['registry.example.com', false],
    ['', false],
  ])('%s: %s', (host, is) => {
    for (const own of [PLAIN, DUAL, 'ecr.vpc.example.com', '127.0.0.1:5000'])
      expect(isRegistryOf({ uri: `${own}/team/app`, registryId: '123456789012' }, host, 'us-east-1')).toBe(
        is,
      );
  });

  it('of the host that ECR names, whatever that is', () => {
    for (const own of ['ecr.vpc.example.com', '127.0.0.1:5000', PLAIN])
      expect(isRegistryOf({ uri: `${own}/team/app`, registryId: '123456789012' }, own, undefined)).toBe(true);
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
    for (const host of [PLAIN, 'ecr.vpc.example.com', '127.0.0.1:5000'])
      expect(otherRegistry({ ...repository, uri: `${host}/app` }, config)).toBeUndefined();
    const elsewhere = { ...repository, registryId: '210987654321' };
    expect(otherRegistry(elsewhere, config)?.code).toBe('DG322');
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
