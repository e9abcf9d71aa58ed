import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeOfKey, placeOfSecret, readWorkflowFile } from '../../../src/stages/preflight/workflow-file.ts';

const PATH = '.github/workflows/deploy.yml';
let workspace = '';
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'workflow-'));
  mkdirSync(join(workspace, '.github', 'workflows'), { recursive: true });
  writeFileSync(join(workspace, PATH), 'on: push\n');
  writeFileSync(join(workspace, 'secret.yml'), 'x: y\n');
});
afterAll(() => rmSync(workspace, { recursive: true }));

const read = (reference: string, repository = 'acme/app') =>
  readWorkflowFile(workspace, { GITHUB_WORKFLOW_REF: reference, GITHUB_REPOSITORY: repository });

describe('readWorkflowFile', () => {
  it('reads the workflow that runs', async () => {
    expect(await read(`acme/app/${PATH}@refs/heads/main`)).toEqual({ path: PATH, lines: ['on: push', ''] });
  });

  it.each([
    ['', 'acme/app'],
    [`acme/app/${PATH}@refs/heads/main`, ''],
    // A reusable workflow of another repository is no file of this one.
    [`acme/shared/${PATH}@v1`, 'acme/app'],
    ['acme/app/.github/workflows/other.yml@v1', 'acme/app'],
    ['acme/app/.github/workflows/../../secret.yml@v1', 'acme/app'],
    ['acme/app//etc/passwd@v1', 'acme/app'],
  ])('reads nothing else: %s in %s', async (reference, repository) => {
    expect(await read(reference, repository)).toBeUndefined();
  });
});

describe('the place of a key or a secret', () => {
  const lines = [
    'with:',
    '  service: web',
    '  "cluster": main',
    '  required-secrets: |',
    '    JWT_SECRET min=32',
    '    DB_PASSWORD strong',
    'env:',
    '  JWT_SECRET: ${{ secrets.JWT_SECRET }}',
    '  - mode: check',
    '  mode: deploy',
  ];
  const file = { path: PATH, lines };

  it('is the one line where it is written', () => {
    expect(placeOfKey(file, 'service')).toEqual({ file: PATH, line: 2 });
    expect(placeOfKey(file, 'cluster')).toEqual({ file: PATH, line: 3 });
    expect(placeOfSecret(file, 'JWT_SECRET')).toEqual({ file: PATH, line: 8 });
    expect(placeOfSecret(file, 'DB_PASSWORD')).toEqual({ file: PATH, line: 6 });
  });

  it('is not guessed', () => {
    expect(placeOfKey(file, 'mode')).toBeUndefined();
    expect(placeOfKey(file, 'serv')).toBeUndefined();
    expect(placeOfKey(file, '')).toBeUndefined();
    expect(placeOfSecret(file, 'PASSWORD')).toBeUndefined();
    expect(placeOfKey(undefined, 'service')).toBeUndefined();
  });
});
