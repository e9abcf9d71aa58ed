import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSecretRules } from '../../../src/stages/inputs/secret-rules.ts';

const plain = { min: 1, strong: false, unique: false };

describe('parseSecretRules', () => {
  it.each([
    ['', []],
    ['JWT_SECRET', [{ name: 'JWT_SECRET', ...plain }]],
    ['JWT_SECRET min=32 unique', [{ name: 'JWT_SECRET', ...plain, min: 32, unique: true }]],
    [
      '  A   strong  \r\n\n\tB\tunique min=8',
      [
        { name: 'A', ...plain, strong: true },
        { name: 'B', ...plain, min: 8, unique: true },
      ],
    ],
    ['# a comment\n_x1', [{ name: '_x1', ...plain }]],
    ['A unique strong min=9999', [{ name: 'A', min: 9999, strong: true, unique: true }]],
  ])('%j', (text, rules) => {
    expect(parseSecretRules(text)).toEqual({ rules, findings: [] });
  });

  it.each([
    'JWT_SECRET min=0',
    'JWT_SECRET min=-1',
    'JWT_SECRET min=',
    'JWT_SECRET min=many',
    'JWT_SECRET min=1.5',
    'JWT_SECRET min=10000',
    'JWT_SECRET Strong',
    'JWT_SECRET long',
    'JWT_SECRET, OTHER',
    '1SECRET',
    'MY-SECRET',
    'JWT_SECRET=hunter2',
    'A\nA',
    'A\nB\nA strong',
  ])('%j is refused with the grammar', (text) => {
    const { findings } = parseSecretRules(text);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ code: 'DG111', level: 'error' });
    expect(findings[0]?.title).toContain('`required-secrets`');
    expect(findings[0]?.fix).toContain('`min=N`, `strong`, `unique`');
  });

  it('keeps the readable lines where another is not', () => {
    const { rules, findings } = parseSecretRules('GOOD strong\nBAD rule\nALSO_GOOD');
    expect(rules.map(({ name }) => name)).toEqual(['GOOD', 'ALSO_GOOD']);
    expect(findings[0]?.title).toContain('BAD');
  });

  it('says something about each line that is not a rule, and never repeats a value pasted there', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((s) => !/^\s*(#|$)/.test(s)),
        (value) => {
          const pasted = `Ω${value.replaceAll(/[\r\n]/g, '')}`;
          const { rules, findings } = parseSecretRules(`JWT_SECRET\n${pasted}`);
          expect(rules.map(({ name }) => name)).toEqual(['JWT_SECRET']);
          expect(findings).toHaveLength(1);
          expect(JSON.stringify(findings)).not.toContain('Ω');
        },
      ),
    );
  });

  it('reads back every rule that can be written', () => {
    const rule = fc.record({
      name: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/),
      min: fc.integer({ min: 1, max: 9999 }),
      strong: fc.boolean(),
      unique: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.uniqueArray(rule, { selector: ({ name }) => name }), (rules) => {
        const text = rules.map(({ name, min, strong, unique }) =>
          [name, `min=${min}`, ...(strong ? ['strong'] : []), ...(unique ? ['unique'] : [])].join(' '),
        );
        expect(parseSecretRules(text.join('\n'))).toEqual({ rules, findings: [] });
      }),
    );
  });
});
