import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileText, root } from './source-codes.ts';

/** Codes that no end-to-end table produces alone: the test that produces them otherwise, and why it has to. */
const OTHERWISE: Readonly<Record<string, readonly [test: string, why: string]>> = {
  DG106: ['__tests__/stages/preflight/inputs.test.ts', 'every workspace of the tables has a commit'],
  DG119: ['__tests__/e2e/preflight.test.ts', 'a note beside the secrets that are missing'],
  DG214: ['__tests__/e2e/preflight.test.ts', 'needs a clock and credentials of its own'],
  DG215: ['__tests__/e2e/preflight.test.ts', 'needs a clock and credentials of its own'],
  DG323: ['__tests__/e2e/preflight-aws.test.ts', 'who may not see a repository may not push to it either'],
  DG401: ['__tests__/e2e/refusals.test.ts', 'needs a machine without an engine'],
  DG404: ['__tests__/e2e/engines.test.ts', 'needs an engine that lacks something'],
  DG416: ['__tests__/e2e/preflight.test.ts', 'needs a disk that is full'],
  DG514: ['__tests__/e2e/preflight-aws.test.ts', 'a note beside a service that is missing'],
  DG529: ['__tests__/e2e/pin.test.ts', 'belongs to `task-definition`, which has tests of its own'],
  DG551: ['__tests__/e2e/preflight.test.ts', 'needs a deployment that goes on'],
  DG811: ['__tests__/e2e/github-deployments.test.ts', "needs GitHub's API"],
};

/** Codes that no test produces end to end: why not. */
const NOWHERE: Readonly<Record<string, string>> = {
  DG405: 'needs a podman or buildah older than any that can be installed beside the others',
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
    const listed = [...Object.keys(OTHERWISE), ...Object.keys(NOWHERE)].toSorted();
    expect(codes.filter((code) => !alone.has(code))).toEqual(listed);
  });

  it.each(Object.entries(OTHERWISE))('%s is produced where the list says', (code, [test]) => {
    expect(fileText(test)).toContain(code);
  });
});
