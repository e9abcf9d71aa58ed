import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/finding.ts';
import { isGreen, worstResult } from '../../../src/stages/report/run-report.ts';
import {
  count,
  duration,
  listed,
  shortDigest,
  shortSha,
  shortTag,
  size,
} from '../../../src/stages/report/words.ts';

describe('duration', () => {
  it.each([
    [0, '0.0 s'],
    [-5, '0.0 s'],
    [600, '0.6 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [41_200, '41 s'],
    [59_499, '59 s'],
    [59_600, '1 min'],
    [117_000, '1 min 57 s'],
    [3_599_600, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_400_000, '24 h'],
  ])('%i ms is %s', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });

  it('never says 60 of what makes a larger unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), (ms) => {
        expect(duration(ms)).not.toMatch(/\b60 (s|min)/);
      }),
    );
  });
});

describe('size', () => {
  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [4_200, '4.2 kB'],
    [38_000_000, '38 MB'],
    [1_500_000_000, '1.5 GB'],
    [999_949, '1.0 MB'],
  ])('%i is %s', (bytes, words) => {
    expect(size(bytes)).toBe(words);
  });

  it('never says 1000 of what makes a larger unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 14 }), (bytes) => {
        expect(size(bytes)).not.toMatch(/\b1000 [BkMG]/);
      }),
    );
  });
});

describe('names', () => {
  it('shortens digests, commits and tags, and nothing else', () => {
    const sha = '4f9c2e1'.padEnd(40, '0');
    expect(shortDigest(`sha256:${sha}${'0'.repeat(24)}`)).toBe('sha256:4f9c2e…');
    expect(shortDigest('latest')).toBe('latest');
    expect(shortSha(sha)).toBe('4f9c2e1');
    expect(shortTag(sha)).toBe('4f9c2e1');
    expect(shortTag('v1.2.3-with-a-name')).toBe('v1.2.3-with-a-name');
  });

  it('counts and lists', () => {
    expect([count(0, 'task'), count(1, 'task'), count(2, 'task')]).toEqual(['0 tasks', '1 task', '2 tasks']);
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });
});

describe('worstResult', () => {
  const all: readonly Result[] = [
    'succeeded',
    'started',
    'checked',
    'failed',
    'rolled-back',
    'superseded',
    'timed-out',
    'cancelled',
  ];

  it('is one of the results, green only where all are, and does not hang on their order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...all), { minLength: 1 }), (results) => {
        const worst = worstResult(results);
        expect(results).toContain(worst);
        expect(isGreen(worst)).toBe(results.every(isGreen));
        expect(worstResult([...results].reverse())).toBe(worst);
        if (worst === 'succeeded') expect(new Set(results)).toEqual(new Set(['succeeded']));
        if (results.includes('failed')) expect(worst).toBe('failed');
      }),
    );
  });

  it('is green for `succeeded`, `started` and `checked` alone', () => {
    expect(all.filter(isGreen)).toEqual(['succeeded', 'started', 'checked']);
  });
});
