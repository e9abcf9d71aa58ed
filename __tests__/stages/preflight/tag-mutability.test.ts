import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tagIsImmutable } from '../../../sandbox/registry/tag-mutability.ts';
import { mayMove } from '../../../src/stages/preflight/tag-mutability.ts';

describe('mayMove', () => {
  it.each([
    ['MUTABLE', [], 'latest', true],
    ['IMMUTABLE', [], 'latest', false],
    ['IMMUTABLE_WITH_EXCLUSION', ['latest'], 'latest', true],
    ['IMMUTABLE_WITH_EXCLUSION', ['latest'], 'latest2', false],
    ['IMMUTABLE_WITH_EXCLUSION', ['dev-*', 'latest'], 'dev-1', true],
    ['IMMUTABLE_WITH_EXCLUSION', ['dev-*'], 'xdev-1', false],
    ['IMMUTABLE_WITH_EXCLUSION', ['*'], 'v1', true],
    ['IMMUTABLE_WITH_EXCLUSION', ['v*.*'], 'v1.2', true],
    ['IMMUTABLE_WITH_EXCLUSION', ['v1.2'], 'v1x2', false],
    ['IMMUTABLE_WITH_EXCLUSION', [], 'latest', false],
    ['MUTABLE_WITH_EXCLUSION', ['v*'], 'v1', false],
    ['MUTABLE_WITH_EXCLUSION', ['v*'], 'latest', true],
    ['MUTABLE_WITH_EXCLUSION', [], 'latest', true],
  ] as const)('%s %j: %s %s', (mutability, mutabilityExclusions, tag, may) => {
    expect(mayMove(tag, { mutability, mutabilityExclusions })).toBe(may);
  });

  it('agrees with a registry that has the same rules', () => {
    const mode = fc.constantFrom(
      'MUTABLE',
      'IMMUTABLE',
      'IMMUTABLE_WITH_EXCLUSION',
      'MUTABLE_WITH_EXCLUSION',
    );
    const unit = fc.constantFrom('a', 'b', '.', '*', '-');
    fc.assert(
      fc.property(
        mode,
        fc.array(fc.string({ unit, maxLength: 5 })),
        fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 6 }),
        (mutability, filters, tag) => {
          expect(mayMove(tag, { mutability, mutabilityExclusions: filters })).toBe(
            !tagIsImmutable({ mutability, exclusionFilters: filters }, tag),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
