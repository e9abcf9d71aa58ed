import { describe, expect, it } from 'vitest';
import { errorEntries, rulesText } from '../../scripts/hygiene-pages.ts';
import { generatedPages } from '../../scripts/readme-tables.ts';
import { groups } from '../../src/stages/hygiene/groups.ts';
import { fileText, root } from './source-codes.ts';

describe('the pages that are made of the rules of hygiene', () => {
  it.each(generatedPages(root).map(({ path, update }) => [path, update] as const))(
    '%s is up to date',
    (path, update) => {
      const page = fileText(path);
      expect(update(page) === page, `run \`npm run docs\` and commit ${path}`).toBe(true);
    },
  );

  it('would notice a rule that they lack', () => {
    expect(groups.length).toBeGreaterThan(2);
    for (const lacking of [groups.slice(1), groups.slice(0, -1)]) {
      expect(rulesText(lacking)).not.toBe(rulesText());
      expect(errorEntries(lacking)).not.toBe(errorEntries());
    }
  });

  it('show no token and no key of the examples', () => {
    expect(rulesText()).not.toMatch(
      /ghp_[A-Za-z0-9]{36}|hooks\.slack\.com\/services\/T02|PRIVATE KEY-----\nMH/,
    );
  });
});
