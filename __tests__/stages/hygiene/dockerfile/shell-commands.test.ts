import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellCommands } from '../../../../src/stages/hygiene/dockerfile/shell-commands.ts';

const wordsOf = (script: string) => shellCommands(script).map(({ words }) => words);

describe('taking a shell script apart', () => {
  it('splits at what ends a command, and not at what redirects or quotes', () => {
    expect(wordsOf('a b; c|d || e && (f "g; h") 2>&1 >&2 &> /x & i')).toEqual([
      ['a', 'b'],
      ['c'],
      ['d'],
      ['e'],
      ['f', 'g; h'],
      ['2>&1', '>&2', '&>', '/x'],
      ['i'],
    ]);
  });

  it('takes quotes off as a shell does', () => {
    expect(wordsOf(`a 'b c'"d \\" e"\\ f '' $(g; h) \${i:-j k}`)).toEqual([
      ['a', 'b cd " e f', '', '$(g; h)', '${i:-j k}'],
    ]);
  });

  it('looks behind sudo, env, exec, assignments and keywords', () => {
    const [command] = shellCommands('if A=1 sudo -E env B=2 exec pip install x; then');
    expect(command).toMatchObject({
      words: ['pip', 'install', 'x'],
      assignments: ['A=1', 'B=2'],
      replacesShell: true,
    });
  });

  it('looks into sh -c, and says where it begins', () => {
    expect(shellCommands('a && bash -exc "b && c"').map(({ words, offset }) => [words[0], offset])).toEqual([
      ['a', 0],
      ['b', 5],
      ['c', 5],
    ]);
  });

  it('leaves out comments, and keeps a # within a word', () => {
    expect(wordsOf('a#b # c && d\ne')).toEqual([['a#b'], ['e']]);
  });

  it('never throws, and every word’s offset is within the script', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...`ab '"\\$(){};&|<>#\n`), maxLength: 60 }),
        (script) => {
          for (const { offset, words } of shellCommands(script)) {
            expect(offset).toBeGreaterThanOrEqual(0);
            expect(offset).toBeLessThan(script.length);
            expect(words.length).toBeGreaterThan(0);
          }
        },
      ),
    );
  });
});
