import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileText, root } from './source-codes.ts';

/** Codes that no end-to-end table produces alone: the test that produces them otherwise, and why it has to. */
const OTHERWISE: Readonly<Record<string, readonly [test: string, why: string]>> = {
  DG119: ['__tests__/e2e/preflight.test.ts', 'a note beside the secrets that are missing'],
  DG514: ['__tests__/e2e/preflight-aws.test.ts', 'a note beside a service that is missing'],
  DG811: [
    '__tests__/e2e/github-deployments.test.ts',
    'a warning of a deploy, which goes on: a check records none',
  ],
};

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => fileText(join(folder, path)));
}

const given = ['src/stages/preflight', 'src/stages/inputs'].flatMap(sourcesBelow).join('\n');
const codes = [...fileText('docs/errors.md').matchAll(/^### (DG[1-58]\d{2})$/gm)].flatMap(([, code]) =>
  code && given.includes(`'${code}'`) ? [code] : [],
);
const alone = new Set(
  [
    ...sourcesBelow('__tests__/e2e')
      .join('\n')
      .matchAll(/(?:codes|found): \['(DG\d{3})(?: \w+)?'\]/g),
  ].map(([, code]) => code),
);

describe('the codes that a preflight gives', () => {
  it('are produced end to end, each alone, but for those that are listed with their reason', () => {
    expect(codes.length).toBeGreaterThan(80);
    expect(codes.filter((code) => !alone.has(code))).toEqual(Object.keys(OTHERWISE).toSorted());
  });

  it.each(Object.entries(OTHERWISE))('%s is produced where the list says', (code, [test]) => {
    expect(fileText(test)).toContain(code);
  });
});
