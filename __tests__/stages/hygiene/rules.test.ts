import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Group, groups, type RuleText } from '../../../src/stages/hygiene/groups.ts';
import type { Example, Hit } from '../../../src/stages/hygiene/rule.ts';
import { commandsIn } from '../../docs/shell-commands.ts';
import { exampleRepository } from './example-repository.ts';
import { mutations } from './mutations.ts';

/** The numbers that each group may give codes of, by its name. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  Dockerfile: [1, 19],
  '.dockerignore': [20, 24],
  'Tracked files': [25, 39],
  Terraform: [40, 69],
  Workflows: [70, 84],
  Compose: [85, 94],
  'Ignore comments': [95, 99],
};

/** What a rule names in an example. */
async function hitsIn(group: Group, rule: RuleText, example: Example): Promise<readonly Hit[]> {
  const applied = await group.apply(exampleRepository(example));
  return applied.find(({ rule: { code } }) => code === rule.code)?.find() ?? [];
}

const placeOf = ({ where: { file, line } }: Hit) => (line === undefined ? file : `${file}:${line}`);

const rules = groups.flatMap((group) =>
  group.rules.map((rule) => [`${rule.code} ${rule.summary}`, rule, group] as const),
);

describe('the rules of hygiene', () => {
  it('have each a code of its own, in order, in the range of their group', () => {
    const codes = rules.map(([, { code }]) => code);
    expect(codes).toEqual([...new Set(codes)].sort());
    for (const [name, { code }, group] of rules) {
      const [from, to] = RANGES[group.name] ?? [];
      const number = Number(code.slice(2));
      expect(number >= (from ?? Number.NaN) && number <= (to ?? 0), `${group.name}: ${name}`).toBe(true);
    }
  });
});

const LEVELS = ['note', 'warning', 'error'];

describe.each(rules)('%s', (_, rule, group) => {
  const { fails, passes } = rule.examples;

  it.each(fails.map((example) => [example.name, example] as const))('fails: %s', async (_name, example) => {
    expect((await hitsIn(group, rule, example)).map(placeOf)).toEqual(example.at);
  });

  it.each(passes.map((example) => [example.name, example] as const))('passes: %s', async (_name, example) => {
    expect((await hitsIn(group, rule, example)).map(placeOf)).toEqual([]);
  });

  it('names only places that there are', async () => {
    for (const example of fails) {
      for (const { where } of await hitsIn(group, rule, example)) {
        const text = { ...example.files, ...example.untracked }[where.file];
        if (where.line === undefined) continue;
        expect(text, where.file).toBeDefined();
        expect(where.line).toBeGreaterThan(0);
        expect(where.line).toBeLessThanOrEqual((text ?? '').split('\n').length);
      }
    }
  });

  it('says how bad a place can be', async () => {
    const hits = await Promise.all(fails.map((example) => hitsIn(group, rule, example)));
    const levels = hits.flat().map(({ level = rule.level }) => LEVELS.indexOf(level));
    const most = LEVELS.indexOf(rule.worst ?? rule.level);
    expect(Math.max(...levels)).toBe(most);
    expect(most >= LEVELS.indexOf(rule.level)).toBe(true);
  });

  it('has texts in the style of the house', async () => {
    expect(rule.summary, 'summary').toMatch(/^[A-Z`.*].{5,80}[^.]$/);
    for (const text of [rule.why, rule.how, rule.fix]) expectProse(text);
    if (rule.source !== undefined) expect(new URL(rule.source).protocol).toBe('https:');
    expect(commandsIn(`\`\`\`sh\n${rule.see}\n\`\`\`\n`), 'see').not.toEqual([]);
    const hits = await Promise.all(fails.map((example) => hitsIn(group, rule, example)));
    for (const { title, detail, fix } of hits.flat()) {
      expect(title, 'title').toMatch(/^\S[^\n]{10,300}\.$/);
      for (const text of [title, detail ?? '', fix ?? '']) expectWords(text);
    }
  });
});

function expectProse(text: string): void {
  expectWords(text);
  expect(text.length, text).toBeGreaterThan(20);
  expect(text, text).toMatch(/^\S[\s\S]*(\.|```)$/);
}

/** No shouting, no pleading, and no code span that is left open. */
function expectWords(text: string): void {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
  const lines = prose.split('\n').filter((line) => !/^ {2,}/.test(line));
  expect(lines.join('\n'), text).not.toMatch(
    /!(?=\s|$)|\b(please|oops|simply)\b|\p{Extended_Pictographic}/iu,
  );
  expect(prose, text).not.toContain('`');
}

/** CPU time for one text, in seconds: far more than any needs, and far less than a regular expression run wild. */
const MOST_SECONDS = 3;

describe.each(groups.map((group) => [group.name, group] as const))('hostile files: %s', (_, group) => {
  const examples = group.rules.flatMap(({ examples: { fails, passes } }) => [...fails, ...passes]);

  it('never throw, and never take long', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...examples), mutations, async (example, mutate) => {
        const files = Object.fromEntries(
          Object.entries(example.files).map(([path, text]) => [path, mutate(text)]),
        );
        const before = process.cpuUsage();
        const applied = await group.apply(exampleRepository({ ...example, files }));
        const hits = applied.flatMap(({ find }) => find());
        const { user, system } = process.cpuUsage(before);
        expect((user + system) / 1e6, `${hits.length} hits`).toBeLessThan(MOST_SECONDS);
      }),
      // On a loaded machine fewer examples are tried; each that is has its own bound above.
      { numRuns: 200, interruptAfterTimeLimit: 60_000 },
    );
  }, 120_000);
});

/** Texts on which a regular expression that looks at each place for what may begin there never ends. */
const ENDLESS = ['\n', '\u2028', ' ', '\t\n', '"aws_ecr_', 'aws_ecr_', 'variable "password', 'password'];

describe.each(ENDLESS)('a megabyte of %j', (piece) => {
  it.each(['main.tf', 'prod.tfvars', 'start.sh', '.dockerignore', '.env', '.github/workflows/deploy.yml'])(
    'is read in time in %s',
    async (path) => {
      const text = piece.repeat(Math.floor(900_000 / Buffer.byteLength(piece)));
      const files = {
        Dockerfile: 'FROM python:3.13-slim\nCOPY . .\nCMD ["./start.sh"]\n',
        'app.tf': 'variable "x" {\n}\n',
        [path]: `variable "a${text}`,
      };
      const repository = exampleRepository({ name: '', files });
      const before = process.cpuUsage();
      for (const group of groups) for (const { find } of await group.apply(repository)) find();
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS);
    },
    20_000,
  );
});
