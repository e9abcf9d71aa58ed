import { describe, expect, it } from 'vitest';
import { clearText, otherRegion } from '../../../src/stages/preflight/repository-place.ts';
import { checkContext } from './check-context.ts';

describe('otherRegion', () => {
  it.each<readonly [string, string | undefined]>([
    ['dyno-agent', undefined],
    ['123456789012.dkr.ecr.us-east-1.amazonaws.com/dyno-agent', undefined],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/dyno-agent', 'eu-west-1'],
    ['123456789012.dkr.ecr-fips.us-west-2.amazonaws.com/dyno-agent', 'us-west-2'],
    ['123456789012.dkr-ecr.eu-west-1.on.aws/dyno-agent', 'eu-west-1'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/dyno-agent', 'cn-north-1'],
    ['localhost:5000/dyno-agent', undefined],
    ['registry.example.org/dyno-agent', undefined],
  ])('of %s is %s', (uri, region) => {
    const finding = otherRegion(checkContext({ 'ecr-repository': uri }).config);
    expect(finding?.code).toBe(region && 'DG322');
    if (region) expect(finding?.fix).toContain(`aws-region: ${region}`);
  });
});

describe('clearText', () => {
  const repository = {
    name: 'a',
    registryId: '1',
    mutability: 'MUTABLE' as const,
    mutabilityExclusions: [],
  };
  it.each([
    ['https://registry.example.org', 'registry.example.org/a', []],
    ['http://127.0.0.1:5000', '127.0.0.1:5000/a', []],
    ['http://registry.example.org', 'registry.example.org/a', ['DG351']],
    ['http://127.0.0.1:5000', 'registry.example.org/a', ['DG351']],
  ])('%s with %s', (endpoint, uri, expected) => {
    const found = clearText(new URL(endpoint), { ...repository, uri });
    expect(found.map(({ code }) => code)).toEqual(expected);
  });
});
