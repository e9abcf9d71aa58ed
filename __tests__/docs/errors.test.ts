import { describe, expect, it } from 'vitest';
import { rolloutCodes } from '../../src/stages/rollout/codes.ts';
import { commandsIn, unknownAwsOperations } from './shell-commands.ts';
import { codesInSource, fileText } from './source-codes.ts';

/** Codes that no version gives any more, kept so that old links lead somewhere. */
const RETIRED: readonly string[] = ['DG103'];

interface Entry {
  readonly code: string;
  /** The `## DG1xx …` heading that it stands under. */
  readonly group: string;
  readonly text: string;
}

function entriesOf(markdown: string): readonly Entry[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const group = section.slice(0, section.indexOf('\n'));
      return section
        .split(/^### /m)
        .slice(1)
        .map((text) => ({ code: text.slice(0, text.indexOf('\n')), group, text }));
    });
}

const PART = /^\*\*(What it means|See it yourself|Fix)\.\*\*/gm;

/** What stands between the heading of a part and the next part. */
function partOf(entry: Entry, name: string): string {
  const from = entry.text.indexOf(`**${name}.**`);
  if (from < 0) return '';
  const rest = entry.text.slice(from + name.length + 5);
  const next = rest.search(PART);
  return (next < 0 ? rest : rest.slice(0, next)).trim();
}

const entries = entriesOf(fileText('docs/errors.md'));
const titleOf = (entry: Entry) => /^DG\d{3}\n\n?\*\*(.+)\*\*\n/.exec(entry.text)?.[1];

describe('docs/errors.md', () => {
  it('has an entry for every code that src can give', () => {
    const documented = new Set(entries.map(({ code }) => code));
    expect(codesInSource().filter((code) => !documented.has(code))).toEqual([]);
    expect(codesInSource().length).toBeGreaterThan(80);
  });

  it('has no entry for a code that is neither in src nor retired', () => {
    const known = new Set([...codesInSource(), ...RETIRED]);
    expect(entries.map(({ code }) => code).filter((code) => !known.has(code))).toEqual([]);
  });

  it('has each code once, in order, under the heading of its group', () => {
    const codes = entries.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].sort());
    for (const { code, group } of entries) expect(group, code).toMatch(new RegExp(`^${code.slice(0, 3)}xx `));
  });

  it.each(entries.map((entry) => [entry.code, entry] as const))('explains %s in three parts', (_, entry) => {
    expect(titleOf(entry), 'a line with the title in bold').toBeDefined();
    expect([...entry.text.matchAll(PART)].map(([, name]) => name)).toEqual([
      'What it means',
      'See it yourself',
      'Fix',
    ]);
    expect(partOf(entry, 'What it means').length, 'characters of "What it means"').toBeGreaterThan(40);
    expect(partOf(entry, 'Fix').length, 'characters of "Fix"').toBeGreaterThan(20);
    expect(commandsIn(partOf(entry, 'See it yourself')), 'a command in a code block').not.toEqual([]);
  });

  it('calls the rollout verdicts what the code calls them', () => {
    const titles = Object.fromEntries(
      entries
        .filter(({ code }) => code >= 'DG600' && code < 'DG650')
        .map((entry) => [entry.code, titleOf(entry)]),
    );
    expect(titles).toEqual(rolloutCodes);
  });

  it('names only AWS operations that there are', () => {
    expect(
      entries.flatMap(({ code, text }) => unknownAwsOperations(text).map((op) => `${code}: ${op}`)),
    ).toEqual([]);
  });
});
