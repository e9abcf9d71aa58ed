import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { examine } from '../../src/stages/hygiene/examine.ts';
import { generalCodes } from '../../src/stages/hygiene/general-codes.ts';
import { groups } from '../../src/stages/hygiene/groups.ts';
import { sarifLog } from '../../src/stages/hygiene/sarif.ts';
import { exampleRepository } from '../stages/hygiene/example-repository.ts';
import { CONTROLS, inTime, LONGEST_MS, runsOf } from './campaign.ts';
import {
  composeText,
  dockerfileText,
  environmentText,
  hclJsonText,
  hclText,
  ignoreText,
  MARKED,
  valuesText,
  workflowText,
} from './grammars.ts';
import { mutated } from './mutations.ts';

type Files = Readonly<Record<string, string>>;

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDERS = ['.github/workflows', 'examples/fastapi', 'examples/fastapi/infra'];

/** Files of this repository. */
const OURS: Files = Object.fromEntries(
  FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [
        `${folder.replace('examples/', '')}/${name}`,
        readFileSync(join(ROOT, folder, name), 'utf8'),
      ]),
  ),
);
/** Every repository that a rule is shown by. */
const EXAMPLES: readonly Files[] = groups
  .flatMap(({ rules }) => rules.flatMap(({ examples: { fails, passes } }) => [...fails, ...passes]))
  .map(({ files }) => files)
  .filter((files) => Object.keys(files).length > 0);
const REAL: readonly (readonly [string, string])[] = [...EXAMPLES, OURS].flatMap((files) =>
  Object.entries(files),
);
const TEXTS = REAL.map(([, text]) => text);

/** A repository by the grammars of its files. */
const written: fc.Arbitrary<Files> = fc.record(
  {
    Dockerfile: dockerfileText,
    '.dockerignore': ignoreText,
    'compose.yaml': composeText,
    'app/compose.override.yml': composeText,
    '.env': environmentText,
    'config/.env.production': environmentText,
    'infra/main.tf': hclText,
    'infra/override.tf': hclText,
    'infra/x.tf.json': hclJsonText,
    'infra/terraform.tfvars': valuesText,
    'infra/prod.tfvars': valuesText,
    '.github/workflows/deploy.yml': workflowText,
    '.github/workflows/ci.yml': workflowText,
    '.gitignore': ignoreText,
    'start.sh': dockerfileText,
    'package.json': fc.json(),
  },
  { requiredKeys: [] },
);

/** A repository of real files, some of them changed. */
const changed = fc
  .array(
    fc
      .constantFrom(...REAL)
      .chain(([path, text]) => mutated(fc.constant(text), TEXTS).map((after) => [path, after] as const)),
    { minLength: 1, maxLength: 4 },
  )
  .map((files): Files => Object.fromEntries(files));

/** The same by the grammars, with one file changed. */
const broken = fc.tuple(written, fc.nat()).chain(([files, which]): fc.Arbitrary<Files> => {
  const paths = Object.keys(files);
  const path = paths[which % paths.length];
  if (path === undefined) return fc.constant(files);
  return mutated(fc.constant(files[path] ?? ''), TEXTS).map((text) => ({ ...files, [path]: text }));
});

async function examined(files: Files) {
  const facts = {
    target: undefined,
    workflow: '.github/workflows/deploy.yml' in files ? '.github/workflows/deploy.yml' : undefined,
  };
  const repository = exampleRepository({ name: '', files, facts });
  const { findings } = await examine(repository, groups, { ignore: [], timeoutMs: 600_000 });
  return findings;
}

/** What holds of the findings in any repository. */
async function expectSound(files: Files): Promise<string> {
  const findings = await inTime(() => examined(files));
  expect(findings.filter(({ code }) => code === generalCodes.notRun.code)).toEqual([]);
  for (const { title, detail = '', fix, where } of findings) {
    for (const words of [title, detail, fix]) expect(words).not.toMatch(CONTROLS);
    expect(title).toMatch(/^\S[^\n]{0,999}$/);
    if (where === undefined) continue;
    const lines = (files[where.file] ?? '').split('\n').length;
    if (where.line !== undefined)
      expect(where.line >= 1 && where.line <= lines, `${where.file}:${where.line}`).toBe(true);
  }
  const log = sarifLog(findings, { groups, docsUrl: undefined, lineOf: () => '' });
  return JSON.stringify([findings, log]);
}

describe('any repository', { timeout: LONGEST_MS }, () => {
  it('by the grammars of its files is examined, in time, and no secret of it is shown', async () => {
    await fc.assert(
      fc.asyncProperty(written, async (files) => {
        const said = await expectSound(files);
        expect(said).not.toContain(MARKED);
        expect(await expectSound(files)).toBe(said);
      }),
      runsOf(50),
    );
  });

  it('of real files that are broken is examined, in time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, broken), async (files) => void (await expectSound(files))),
      runsOf(120),
    );
  });
});
