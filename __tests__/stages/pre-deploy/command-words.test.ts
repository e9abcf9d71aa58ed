import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandWords } from '../../../src/stages/pre-deploy/command-words.ts';

describe('pre-deploy-command', () => {
  it.each([
    ['alembic upgrade head', ['alembic', 'upgrade', 'head']],
    ['  alembic   upgrade\thead ', ['alembic', 'upgrade', 'head']],
    ['python -c "print(1, 2)"', ['python', '-c', 'print(1, 2)']],
    ["sh -c 'a && b'", ['sh', '-c', 'a && b']],
    ['rails db:migrate; rm -rf $HOME | cat', ['rails', 'db:migrate;', 'rm', '-rf', '$HOME', '|', 'cat']],
    ['["alembic", "upgrade", "head"]', ['alembic', 'upgrade', 'head']],
    ['["sh", "-c", "a \\"b\\" c"]', ['sh', '-c', 'a "b" c']],
    ['', undefined],
    ['[]', undefined],
    ['[1, 2]', undefined],
    ['["a", ', undefined],
  ])('%s', (text, words) => {
    expect(commandWords(text)).toEqual(words);
  });

  it('gives back any words that were written as JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
        expect(commandWords(JSON.stringify(words))).toEqual(words);
      }),
    );
  });
});
