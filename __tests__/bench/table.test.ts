import { describe, expect, it } from 'vitest';
import { median, table, verdict } from '../../bench/table.ts';

describe('median', () => {
  it('is the middle one, or between the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 1, 2, 4])).toBe(3);
  });
});

describe('table', () => {
  it('aligns its columns', () => {
    expect(
      table(
        ['', 'ms'],
        [
          ['ours', '1'],
          ['a peer', '1000'],
        ],
      ),
    ).toBe('|        | ms   |\n| ------ | ---- |\n| ours   | 1    |\n| a peer | 1000 |');
  });
});

describe('verdict', () => {
  it('says whether a target is met, the target itself included', () => {
    expect(verdict(3, 3, 's')).toBe('at most 3 s: met');
    expect(verdict(3.1, 3, 's')).toBe('at most 3 s: NOT MET');
  });

  it('takes a number that could not be measured for not met', () => {
    expect(verdict(Number.NaN, 3, 's')).toBe('at most 3 s: NOT MET');
  });
});
