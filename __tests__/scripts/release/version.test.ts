import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, followersOf, type Version, versionOf } from '../../../scripts/release/version.ts';

const version = (tag: string): Version => {
  const found = versionOf(tag);
  if (!found) throw new Error(`${tag} is no version`);
  return found;
};

const part = fc.oneof(
  fc.nat({ max: 30 }).map(String),
  fc.stringMatching(/^[a-z]{1,3}$/),
  fc.constantFrom('rc', 'beta'),
);
const anyTag = fc
  .record({
    numbers: fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 12 }), fc.nat({ max: 12 })),
    parts: fc.array(part, { maxLength: 3 }),
  })
  .map(({ numbers, parts }) => `v${numbers.join('.')}${parts.length > 0 ? `-${parts.join('.')}` : ''}`);

describe('versionOf', () => {
  it.each([
    'v1',
    'v1.2',
    '1.2.0',
    'v01.2.0',
    'v1.2.0-',
    'v1.2.0-rc..1',
    'v1.2.0+build',
    'next',
    '',
    'v1.2.0\n',
  ])('takes %j for no release', (tag) => {
    expect(versionOf(tag)).toBeUndefined();
  });

  it('reads a release and a pre-release', () => {
    expect(versionOf('v1.20.3')).toEqual({ major: 1, minor: 20, patch: 3 });
    expect(versionOf('v1.3.0-rc.1')).toEqual({ major: 1, minor: 3, patch: 0, preRelease: 'rc.1' });
  });
});

describe('compareVersions', () => {
  it('orders as semver.org does', () => {
    const ordered = [
      ...['v1.0.0-alpha', 'v1.0.0-alpha.1', 'v1.0.0-alpha.beta', 'v1.0.0-beta', 'v1.0.0-beta.2'],
      ...['v1.0.0-beta.11', 'v1.0.0-rc.1', 'v1.0.0', 'v1.0.1', 'v1.2.0', 'v1.10.0', 'v2.0.0'],
    ];
    const shuffled = [...ordered].reverse();
    expect(shuffled.sort((a, b) => compareVersions(version(a), version(b)))).toEqual(ordered);
  });

  it('is a total order', () => {
    fc.assert(
      fc.property(anyTag, anyTag, anyTag, (a, b, c) => {
        const [x, y, z] = [version(a), version(b), version(c)];
        expect(Math.sign(compareVersions(x, y))).toBe(-Math.sign(compareVersions(y, x)) + 0);
        if (compareVersions(x, y) <= 0 && compareVersions(y, z) <= 0)
          expect(compareVersions(x, z)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

it('lets v1 and v1.2 follow a release, and nothing a pre-release', () => {
  expect(followersOf(version('v1.2.7'))).toEqual(['v1', 'v1.2']);
  expect(followersOf(version('v1.3.0-rc.1'))).toEqual([]);
});
