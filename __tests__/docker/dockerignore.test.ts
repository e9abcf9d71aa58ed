import dockerignore from '@balena/dockerignore';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDockerignore } from '../../src/docker/dockerignore.ts';

const sent = (text: string, path: string) => parseDockerignore(text).isSent(path);

describe('a .dockerignore', () => {
  it.each([
    ['.env', '.env', false],
    ['.env', 'api/.env', true],
    ['**/.env', '.env', false],
    ['**/.env', 'a/b/.env', false],
    ['**/.env', 'a/b/x.env', true],
    ['**/.env', 'a/.env/b', false],
    ['/docs', 'docs/a', false],
    ['docs/', 'docs/a/b', false],
    ['docs', 'docs2', true],
    ['*', 'a/b', false],
    ['*/temp*', 'a/temporary.txt', false],
    ['*/temp*', 'a/b/temp', true],
    ['*/*/temp*', 'a/b/temp', false],
    ['temp?', 'tempa', false],
    ['temp?', 'temp', true],
    ['temp?', 'tempö', false],
    ['a*b*/a*b*', 'abb/a/ab', true],
    ['a?b', 'a/b', true],
    ['**', 'a/b', false],
    ['a/**', 'a/b/c', false],
    ['a/**', 'ab', true],
    ['a/**/b', 'a/b', false],
    ['a/**/b', 'a/x/y/b', false],
    ['**/*.py[co]', 'a/b.pyc', false],
    ['**/*.py[co]', 'a/b.py', true],
    ['**/*.py[^co]', 'a/b.pyx', false],
    ['[a-c]x', 'bx', false],
    ['[[]x', '[x', false],
    ['[\\#\\]^&]x', '#x', false],
    ['[\\#\\]^&]x', ']x', false],
    ['[\\#\\]^&]x', '^x', false],
    ['[\\#\\]^&]x', 'ax', true],
    ['[!a]x', '!x', false],
    ['a\\*b', 'a*b', false],
    ['a\\*b', 'axb', true],
    ['a+(b).{c}|$^', 'a+(b).{c}|$^', false],
    ['a+b', 'aab', true],
    ['.ENV', '.env', true],
    ['./a/../b', 'b', false],
    ['*\n!keep', 'keep/x', true],
    ['*\n!keep\nkeep/x', 'keep/x', false],
    ['# .env', '# .env', true],
    [' .env \r', '.env', false],
    ['\ufeff.env', '.env', false],
    ['.env\r\nb\r\n', '.env', false],
    ['!', 'a', true],
    ['a[', 'a[', true],
    ['[z-a]', 'b', true],
    ['', 'a', true],
  ])('%j and %s: sent is %s', (text, path, expected) => {
    expect(sent(text, path)).toBe(expected);
  });

  it('knows whether something is brought back', () => {
    expect(parseDockerignore('a\n!b').reopens).toBe(true);
    expect(parseDockerignore('a\n# !b\nc!').reopens).toBe(false);
  });

  it('is read as another implementation reads it', () => {
    const name = fc.constantFrom(
      'a',
      'b',
      'ab',
      '.e',
      'a.b',
      '*',
      '**',
      '?',
      'a*',
      '*b',
      '**/a',
      '[ab]',
      'a*b*',
    );
    const pattern = fc
      .tuple(
        fc.constantFrom('', '!', '/'),
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', '/'),
      )
      .map(([before, names, after]) => `${before}${names.join('/')}${after}`);
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ab', '.e', 'a.b', 'aab', 'abb', 'c'), { minLength: 1, maxLength: 4 })
      .map((names) => names.join('/'));
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 5 }), path, (lines, file) => {
        const other = dockerignore.default({ ignorecase: false }).add(lines).createFilter();
        expect(sent(lines.join('\n'), file)).toBe(other(file));
      }),
      { numRuns: 5_000 },
    );
  });

  it('ends soon, whatever is written in it', () => {
    const before = process.cpuUsage();
    const lines = [
      '*a*a*a*a*a*a*a*a*a*b',
      '**/a**/a**/a**/a**/a**/b',
      `${'**/'.repeat(200)}x`,
      '?'.repeat(2_000),
      '*'.repeat(3_000),
    ];
    const { isSent } = parseDockerignore(lines.slice(0, 4).join('\n'));
    for (const path of ['a'.repeat(255), `${'a/'.repeat(120)}a`, 'a'.repeat(4_000)])
      expect(isSent(path)).toBe(true);
    expect(sent(lines[4] ?? '', 'a')).toBe(false);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(3);
  });
});
