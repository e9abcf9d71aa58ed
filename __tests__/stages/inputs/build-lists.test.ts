import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCommaEntries, splitEntries } from '../../../src/stages/inputs/build-lists.ts';

/** As a workflow writes an entry in quotes. */
const quoted = (entry: string) => `"${entry.replaceAll('"', '""')}"`;

describe('entries', () => {
  it('in quotes are what stands in them, whatever that is', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: 'binary' })), (entries) => {
        expect(splitEntries(entries.map(quoted).join('\n'))).toEqual(entries);
      }),
    );
  });

  it('without quotes are the lines', () => {
    const line = fc.stringMatching(/^[\w={}:,/ -]+$/).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(splitEntries(lines.join('\n'))).toEqual(lines.map((text) => text.trim()));
      }),
    );
  });

  it.each([
    ['quotes within a line', 'A={"a": "b", "c": ["d"]}', ['A={"a": "b", "c": ["d"]}']],
    ['an apostrophe', "A='x'", ["A='x'"]],
    ['a quote that nothing closes', '"A=1\nB=2', ['"A=1', 'B=2']],
    ['more behind the closing quote', '"A=1" # why\nB=2', ['"A=1" # why', 'B=2']],
    ['a comment with a quote and a comma', '# an "odd, one\nA=1', ['A=1']],
    ['blank lines and line ends of Windows', '\r\nA=1\r\n \r\n"B=2"\r\n', ['A=1', 'B=2']],
    ['nothing', '', []],
    ['an empty pair of quotes', '""\n', []],
  ])('%s', (_, text, entries) => {
    expect(splitEntries(text)).toEqual(entries);
  });

  it('are as many as there are commas, where those end one too', () => {
    expect(splitCommaEntries('a, b,\n# c,d\n"e,f"\n')).toEqual(['a', 'b', 'e', 'f']);
    expect(splitCommaEntries('a,'.repeat(60_000))).toHaveLength(60_000);
    expect(splitEntries('"'.repeat(120_001))).toHaveLength(1);
  });
});
