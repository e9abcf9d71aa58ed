import { describe, expect, it } from 'vitest';
import { summedUp } from '../../../src/stages/hygiene/report.ts';

describe('what the hygiene check comes to, in a title', () => {
  it.each([
    [[], 0, 'nothing to mend (30 rules on 12 files)'],
    [[], 2, 'nothing to mend, 2 ignored (30 rules on 12 files)'],
    [['note'], 0, '1 note (30 rules on 12 files)'],
    [
      ['note', 'warning', 'warning', 'error'],
      1,
      '1 error, 2 warnings and 1 note, 1 ignored (30 rules on 12 files)',
    ],
  ] as const)('%j, %i ignored', (levels, ignored, words) => {
    const findings = levels.map((level) => ({ level }));
    expect(summedUp({ rules: 30, ignored }, findings, 12)).toBe(words);
  });

  it('counts one of each in the singular', () => {
    expect(summedUp({ rules: 1, ignored: 0 }, [], 1)).toBe('nothing to mend (1 rule on 1 file)');
  });
});
