import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disarm, manyLines, oneLine, shorten } from '../../src/runner/text.ts';
import { inTime } from '../fuzz/campaign.ts';
import { hostileText, isObeyed, runnerLines } from '../stages/report/hostile-text.ts';

const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

describe('oneLine', () => {
  it.each([
    ['plain text', 'plain text'],
    ['  a \t b\r\n c  ', 'a b c'],
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['::error::x', ': :error::x'],
    ['##[error]x', '# #[error]x'],
    ['a\u0000b', 'ab'],
    ['', ''],
    ['Größe 🚀', 'Größe 🚀'],
  ])('%j', (text, safe) => {
    expect(oneLine(text)).toBe(safe);
  });

  it('is one line that nothing obeys, within its bound, for any text', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 4, max: 120 }), (text, most) => {
        const line = oneLine(text, most);
        expect(line.length).toBeLessThanOrEqual(most);
        expect(line).not.toMatch(CONTROL);
        expect(line).not.toContain('\n');
        expect(isObeyed(line)).toBe(false);
        expect(line.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('tells by an ellipsis that it was cut, also where what is left is short', () => {
    expect(oneLine(`a${' '.repeat(50)}b`, 10)).toBe('a…');
    expect(oneLine(`a${' '.repeat(30)}b`, 10)).toBe('a b');
    expect(manyLines(`abc\n${'\u001b[0m'.repeat(20)}b`, 10)).toBe('abc\n…');
    expect(oneLine('a'.repeat(10), 10)).toBe('aaaaaaaaaa');
  });

  it('has no sign that nobody sees and that turns the direction, or spells another text', () => {
    expect(oneLine('a\u200eb\u200fc\u061cd\u{e0041}\u{e007f}e')).toBe('abcde');
    expect(manyLines('a\u200fb\n\u{e0041}c')).toBe('ab\nc');
    // One that joins two signs, such as those of a family, has its use.
    expect(oneLine('👨\u200d👩')).toBe('👨\u200d👩');
  });

  it('does not take long over a long text', () => {
    const started = performance.now();
    oneLine('\u001b['.repeat(500_000));
    manyLines('##[\n::'.repeat(500_000));
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('manyLines', () => {
  it('keeps line breaks, of any kind, and indentation', () => {
    expect(manyLines('a\r\n  b\rc\n\td  ')).toBe('a\n  b\nc\n    d');
  });

  it('is lines that nothing obeys, within the bound, for any text', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 4, max: 200 }), (text, most) => {
        const safe = manyLines(text, most);
        expect(safe.length).toBeLessThanOrEqual(most);
        expect(safe).not.toMatch(CONTROL);
        expect(runnerLines(safe).filter(isObeyed)).toEqual([]);
        expect(safe.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('shorten', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['ab🚀cd', 4, 'ab…'],
    ['ab🚀cd', 5, 'ab🚀…'],
  ])('%j to %i', (text, most, short) => {
    expect(shorten(text, most)).toBe(short);
  });

  it('never cuts a character in half', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 20 }), (text, most) => {
        expect(shorten(text, most).isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('disarm', () => {
  it('is done in time with line breaks without end', async () => {
    const breaks = '\r'.repeat(100_000);
    expect(await inTime(() => disarm(`${breaks}x\r::y`))).toBe(`${breaks}x\r: :y`);
  });

  it('leaves no line that the runner obeys, and innocent text as it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(runnerLines(disarm(text)).filter(isObeyed)).toEqual([]);
      }),
      { numRuns: 500 },
    );
    for (const text of ['std::vector', 'a ## [x]', '# [link]', '  indented: x'])
      expect(disarm(text)).toBe(text);
  });
});
