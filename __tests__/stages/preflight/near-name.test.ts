import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearName } from '../../../src/stages/preflight/near-name.ts';

describe('nearName', () => {
  it.each([
    ['dyno-agnet', ['dyno-agent', 'dyno-api'], 'dyno-agent'],
    ['DATABASE_PASSWORD', ['DB_PASSWORD', 'PATH', 'HOME'], 'DB_PASSWORD'],
    ['DB_PASSWORD', ['DATABASE_PASSWORD', 'DATABASE_HOST'], 'DATABASE_PASSWORD'],
    ['JWT_SECRET', ['JWT_KEY'], 'JWT_KEY'],
    ['my-service', ['my_service'], 'my_service'],
    ['MyService', ['my-service'], 'my-service'],
    ['production', ['prod'], 'prod'],
    ['billing-service', ['billing-svc', 'mailing-service'], 'billing-svc'],
    ['dyno-agent', ['payments', 'frontend'], undefined],
    ['JWT_SECRET', ['PATH', 'HOME', 'LANG', 'SHELL'], undefined],
    ['a', ['b', 'c'], undefined],
    ['anything', [], undefined],
    ['', ['', '-', 'x'], undefined],
    ['web', ['web'], undefined],
  ])('%s among %j: %s', (wanted, names, near) => {
    expect(nearName(wanted, names)).toBe(near);
  });

  it('is one of the names, never the wanted one, and does not hang on their order', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '_'), maxLength: 8 });
    fc.assert(
      fc.property(name, fc.array(name), (wanted, names) => {
        const near = nearName(wanted, names);
        if (near !== undefined) expect(names).toContain(near);
        expect(near).not.toBe(wanted);
        expect(nearName(wanted, [...names].reverse())).toBe(near);
      }),
      { numRuns: 500 },
    );
  });

  it('finds a name with one letter off in a long one', () => {
    const name = fc.stringMatching(/^[a-z]{6,20}$/);
    fc.assert(
      fc.property(name, fc.nat(), (right, at) => {
        const index = at % right.length;
        const wrong = `${right.slice(0, index)}9${right.slice(index + 1)}`;
        expect(nearName(wrong, [right])).toBe(right);
      }),
    );
  });
});
