import { describe, expect, it } from 'vitest';
import { examine } from '../../../src/stages/hygiene/examine.ts';
import { type Group, groupOf } from '../../../src/stages/hygiene/groups.ts';
import type { Repository } from '../../../src/stages/hygiene/repository.ts';
import type { Hit, Rule } from '../../../src/stages/hygiene/rule.ts';
import { exampleRepository } from './example-repository.ts';

const example = { name: 'none', files: {} };

const rule = (
  code: `DG${number}`,
  find: () => readonly Hit[],
  level: Rule<object>['level'] = 'warning',
): Rule<object> => ({
  code,
  summary: 'Something is so',
  level,
  why: 'Because.',
  how: 'By looking.',
  fix: 'Mend it.',
  see: 'git status',
  examples: { fails: [{ ...example, at: ['x'] }], passes: [example] },
  find,
});

const group = (...rules: readonly Rule<object>[]): Group =>
  groupOf({ name: 'Things', read: async () => ({}), rules });

const hit = (file: string, line?: number, more: Partial<Hit> = {}): Hit => ({
  where: line === undefined ? { file } : { file, line },
  title: `Something is wrong in ${file}.`,
  ...more,
});

const run = (
  all: readonly Group[],
  repository: Repository,
  ignore: readonly string[] = [],
  timeoutMs = 5_000,
) => examine(repository, all, { ignore, timeoutMs });

const files = (texts: Readonly<Record<string, string>>) => exampleRepository({ name: '', files: texts });
const places = (findings: Awaited<ReturnType<typeof run>>['findings']) =>
  findings.map(({ code, where }) => `${code} ${where?.file ?? '-'}:${where?.line ?? '-'}`);

describe('an examination', () => {
  it('puts the worst first, then what the deploy is made of, then by place', async () => {
    const repository = exampleRepository({
      name: '',
      files: { Dockerfile: '', '.github/workflows/deploy.yml': '' },
      facts: { workflow: '.github/workflows/deploy.yml' },
    });
    const rules = [
      rule('DG003', () => [hit('b', 2), hit('a', 9), hit('Dockerfile', 3), hit('a', 1, { level: 'error' })]),
      rule('DG002', () => [hit('Dockerfile', 3), hit('x', undefined, { level: 'note' })]),
      rule('DG070', () => [hit('.github/workflows/deploy.yml', 1)]),
    ];
    expect(places((await run([group(...rules)], repository)).findings)).toEqual([
      'DG003 a:1',
      'DG070 .github/workflows/deploy.yml:1',
      'DG002 Dockerfile:3',
      'DG003 Dockerfile:3',
      'DG003 a:9',
      'DG003 b:2',
      'DG002 x:-',
    ]);
  });

  it("takes the rule's level and fix where the place has none of its own", async () => {
    const { findings } = await run(
      [
        group(
          rule(
            'DG003',
            () => [hit('a'), hit('b', 1, { level: 'error', fix: 'Here.', detail: 'More.' })],
            'note',
          ),
        ),
      ],
      files({}),
    );
    expect(findings).toEqual([
      {
        code: 'DG003',
        level: 'error',
        title: 'Something is wrong in b.',
        fix: 'Here.',
        detail: 'More.',
        where: { file: 'b', line: 1 },
      },
      {
        code: 'DG003',
        level: 'note',
        title: 'Something is wrong in a.',
        fix: 'Mend it.',
        where: { file: 'a' },
      },
    ]);
  });

  it("names the page that a rule's own fix links to", async () => {
    const linked = { ...rule('DG003', () => [hit('a')]), fix: 'As in [iam.md](iam.md#the-role).' };
    const { findings } = await run([group(linked)], files({}));
    expect(findings[0]?.fix).toBe('As in docs/iam.md#the-role of deploy-guard.');
  });

  it('makes a note of a rule that breaks, and runs all others', async () => {
    const broken = rule('DG003', () => {
      throw new TypeError('x is undefined\nat /home');
    });
    const { findings, rules } = await run(
      [
        group(
          broken,
          rule('DG004', () => [hit('a')]),
        ),
      ],
      files({}),
    );
    expect(places(findings)).toEqual(['DG004 a:-', 'DG099 -:-']);
    expect(findings[1]).toMatchObject({
      level: 'note',
      title: 'Rule DG003 could not be run: x is undefined at /home.',
    });
    expect(rules).toBe(2);
  });

  it('makes a note of a group that can not read, or takes too long, and runs all others', async () => {
    const unreadable = groupOf({
      name: 'Broken',
      read: () => Promise.reject(new Error('no')),
      rules: [rule('DG003', () => [])],
    });
    const throwing = groupOf({
      name: 'Throwing',
      read: () => {
        throw new Error('at once');
      },
      rules: [rule('DG004', () => [])],
    });
    const endless = groupOf({
      name: 'Endless',
      read: () => new Promise<object>(() => undefined),
      rules: [rule('DG005', () => [])],
    });
    const { findings } = await run(
      [unreadable, throwing, endless, group(rule('DG006', () => [hit('a')]))],
      files({}),
      [],
      50,
    );
    expect(findings.map(({ title }) => title)).toEqual([
      'Something is wrong in a.',
      'The rules for Broken could not be run: no.',
      'The rules for Throwing could not be run: at once.',
      'The rules for Endless could not be run: it took too long.',
    ]);
  });

  it('leaves out what the input and comments ignore, and counts it', async () => {
    const repository = files({
      Dockerfile: '# deploy-guard ignore=DG003 ours\nFROM a\nUSER b\n',
      'tests/Dockerfile': 'FROM a\n',
    });
    const all = [
      group(
        rule('DG003', () => [hit('Dockerfile', 2), hit('Dockerfile', 3), hit('tests/Dockerfile', 1)]),
        rule('DG004', () => [hit('Dockerfile', 2)]),
      ),
    ];
    const { findings, ignored } = await run(all, repository, ['DG003 tests/**', 'DG004']);
    expect(places(findings)).toEqual(['DG003 Dockerfile:3']);
    expect(ignored).toBe(3);
  });

  it('keeps what a comment without a reason is about, and names the comment', async () => {
    const repository = files({ a: 'x\n# deploy-guard ignore=DG003\ny\n' });
    const { findings, ignored } = await run([group(rule('DG003', () => [hit('a', 3)]))], repository);
    expect(places(findings)).toEqual(['DG095 a:2', 'DG003 a:3']);
    expect(findings[0]?.fix).toContain('ignore=DG003 ');
    expect(ignored).toBe(0);
  });

  it('names entries of the input that ignore nothing', async () => {
    const { findings } = await run([group(rule('DG003', () => [hit('a')]))], files({}), [
      'DG3',
      'DG003',
      '`x`',
    ]);
    expect(findings.map(({ code, title }) => `${code} ${title}`)).toEqual([
      'DG097 `DG3` in `hygiene-ignore` ignores nothing: no rule has that code.',
      "DG097 `'x'` in `hygiene-ignore` ignores nothing: no rule has that code.",
    ]);
  });

  it('counts the places of one rule up to a bound', async () => {
    const many = Array.from({ length: 5_000 }, (_, line) => hit('a', line + 1));
    const { findings } = await run([group(rule('DG003', () => many))], files({ a: '' }));
    expect(findings.filter(({ code }) => code === 'DG003')).toHaveLength(500);
    expect(findings.at(-1)?.title).toBe(
      'Not everything was looked at: 1 rule that found more than 500 places (DG003 (4500 more)).',
    );
  });
});
