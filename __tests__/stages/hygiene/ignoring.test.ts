import { describe, expect, it } from 'vitest';
import { judgeIgnoring } from '../../../src/stages/hygiene/ignore-comments.ts';
import { readIgnoreList } from '../../../src/stages/hygiene/ignore-list.ts';

const judge = (text: string, line?: number, code = 'DG003') =>
  judgeIgnoring(text.split('\n'), code, {
    title: 'x',
    where: line === undefined ? { file: 'f' } : { file: 'f', line },
  });

describe('an ignore comment', () => {
  it.each([
    ['on the line', 'image: a # deploy-guard ignore=DG003 ours', 1],
    ['above it', '# deploy-guard ignore=DG003 ours\nFROM a', 2],
    ['above it, with another between', '# deploy-guard ignore=DG003 ours\n# more\nFROM a', 3],
    ['after two slashes', '// deploy-guard ignore=DG003 ours\nx = 1', 2],
    ['after a semicolon', '; deploy-guard ignore=DG003 ours\nx = 1', 2],
    ['of several codes', '# deploy-guard ignore=DG001, DG003: ours\nFROM a', 2],
    ['indented, in any case', '   #deploy-guard IGNORE=dg003 ours\n  a: 1', 2],
    ['with a CRLF', '# deploy-guard ignore=DG003 ours\r\nFROM a\r', 2],
  ])('counts %s', (_, text, line) => {
    expect(judge(text, line)).toBe('ignored');
  });

  it.each([
    ['with another code', '# deploy-guard ignore=DG004 ours\nFROM a', 2],
    ['further up', '# deploy-guard ignore=DG003 ours\n\nFROM a', 3],
    ['below', 'FROM a\n# deploy-guard ignore=DG003 ours', 1],
    ['that is no comment', 'deploy-guard ignore=DG003 ours\nFROM a', 2],
    ['with all codes', '# deploy-guard ignore=DG0 ours\nFROM a', 2],
  ])('does not count %s', (_, text, line) => {
    expect(judge(text, line)).toBe('stands');
  });

  it.each([
    ['nothing', ''],
    ['a dash', ' - '],
    ['dots', ' ...'],
  ])('does not count with %s for a reason, and is named', (_, reason) => {
    expect(judge(`# deploy-guard ignore=DG003${reason}\nFROM a`, 2)).toEqual({ withoutReasonAt: 1 });
  });

  it('for a whole file stands anywhere in its first comments', () => {
    expect(judge('# licence\n\n# deploy-guard ignore=DG003 ours\n# more\nFROM a')).toBe('ignored');
    expect(judge('FROM a\n# deploy-guard ignore=DG003 ours')).toBe('stands');
    expect(judge('')).toBe('stands');
  });

  it('is looked for in a bounded part of a text of comments', () => {
    const many = '# a\n'.repeat(100_000);
    expect(judge(`# deploy-guard ignore=DG003 ours\n${many}x`, 100_002)).toBe('stands');
  });
});

describe('hygiene-ignore', () => {
  const read = (...entries: readonly string[]) => readIgnoreList(entries, new Set(['DG003', 'DG025']));

  it('takes a code, in any case', () => {
    expect(read('DG003', 'dg025').ignores('DG003', 'any/file')).toBe(true);
    expect(read('dg025').ignores('DG025', 'any/file')).toBe(true);
    expect(read('DG003').ignores('DG025', 'any/file')).toBe(false);
  });

  it.each([
    ['tests/fixtures/**', 'tests/fixtures/a/b.tfvars', true],
    ['tests/fixtures/**', 'src/a.tfvars', false],
    ['./tests/', 'tests/.hidden/a', true],
    ['*.tfvars', 'prod.tfvars', true],
    ['*.tfvars', 'infra/prod.tfvars', false],
    ['**/*.tfvars', 'infra/prod.tfvars', true],
    ['infra/prod.tfvars', 'infra/prod.tfvars', true],
  ])('takes %s for %s: %s', (pattern, file, ignored) => {
    expect(read(`DG025 ${pattern}`).ignores('DG025', file)).toBe(ignored);
  });

  it('takes codes in a row for codes, not for paths', () => {
    const { ignores, useless } = read('DG003 dg025 DG999');
    expect(ignores('DG003', 'any/file')).toBe(true);
    expect(ignores('DG025', 'any/file')).toBe(true);
    expect(useless).toEqual(['DG999']);
  });

  it('names the entries that take nothing out', () => {
    expect(read('DG003', 'DG999', 'all', 'DG025 x/**', 'dockerfile DG003').useless).toEqual([
      'DG999',
      'all',
      'dockerfile DG003',
    ]);
  });
});
