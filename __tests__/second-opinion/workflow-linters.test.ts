import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../docs/source-codes.ts';
import { pastedWorkflows } from '../docs/workflows.ts';
import { findTool } from './tool.ts';

// Without actionlint or zizmor these tests are skipped, and fail where stand-ins are refused (CI).
const actionlint = findTool('actionlint');
const shellcheck = findTool('shellcheck');
const zizmor = findTool('zizmor');
const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-linters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string | undefined, args: readonly string[], cwd: string) {
  const { status, stdout, stderr, error } = spawnSync(program ?? '', [...args], { cwd, encoding: 'utf8' });
  if (error) throw error;
  return { status, text: `${stdout}${stderr}` };
}

/** actionlint with shellcheck for what `run:` holds, on the workflows of a repository of their own. */
const lint = (repository: string, files: readonly string[]) =>
  run(actionlint, ['-no-color', '-pyflakes=', `-shellcheck=${shellcheck ?? ''}`, ...files], repository);

/** A repository in a folder: actionlint resolves what a workflow calls from where .git is. */
function repositoryOf(name: string, files: Readonly<Record<string, string>>): string {
  const repository = join(folder, name);
  mkdirSync(join(repository, '.git'), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  return repository;
}

// The rules of hygiene show extracts, some of them wrong on purpose; so do pages that leave `on:` out.
const whole = pastedWorkflows().filter(
  ({ place, text }) => !place.startsWith('docs/hygiene.md') && /^on:/m.test(text),
);
const clean = { status: 0, text: '' };

describe.skipIf(actionlint === undefined)('actionlint', () => {
  it('has nothing to say about the workflows of this repository', () => {
    expect(lint(root, [])).toEqual(clean);
  });

  it.each(readdirSync(join(root, 'examples')))('has nothing to say about those of examples/%s', (name) => {
    const repository = repositoryOf(name, {});
    cpSync(join(root, 'examples', name, '.github'), join(repository, '.github'), { recursive: true });
    expect(readdirSync(join(repository, '.github', 'workflows'))).not.toEqual([]);
    expect(lint(repository, [])).toEqual(clean);
  });

  it.each(whole)('has nothing to say about the one at $place', ({ place, text }) => {
    const file = `.github/workflows/${place.replaceAll(/[^\w]/g, '-')}.yml`;
    const repository = repositoryOf(place.replaceAll(/[^\w]/g, '-'), { [file]: text });
    expect(lint(repository, [file])).toEqual(clean);
  });

  it('was shown those of the pages', () => {
    expect(whole.length).toBeGreaterThan(7);
  });

  it('finds what is wrong, so that its silence says something', () => {
    const text =
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.nope }} $A\n';
    const found = lint(repositoryOf('wrong', { '.github/workflows/a.yml': text }), []);
    expect(found.status).toBe(1);
    expect(found.text).toContain('property "nope" is not defined');
    if (shellcheck) expect(found.text).toContain('SC2086');
  });
});

describe.skipIf(zizmor === undefined)('zizmor, at its most pedantic', () => {
  const pedantic = (...args: readonly string[]) =>
    run(zizmor, ['--offline', '--pedantic', '--quiet', '--no-progress', '--format=plain', ...args], root);

  it('finds nothing in .github and in action.yml', () => {
    const { status, text } = pedantic('.github', 'action.yml');
    expect(status, text).toBe(0);
  });

  it('finds nothing in the examples but what is listed with its reason', () => {
    const config = '__tests__/second-opinion/zizmor-examples.yml';
    const { status, text } = pedantic(`--config=${config}`, 'examples');
    expect(status, text).toBe(0);
  });

  it('finds what is wrong, so that its silence says something', () => {
    const text =
      'on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.head_ref }}\n';
    const found = pedantic(repositoryOf('hostile', { '.github/workflows/a.yml': text }));
    expect(found.status).not.toBe(0);
    expect(found.text).toContain('template-injection');
  });
});
