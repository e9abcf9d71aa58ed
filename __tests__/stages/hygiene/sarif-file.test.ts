import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeSarifFile } from '../../../src/stages/hygiene/sarif-file.ts';

let root: string;
let workspace: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sarif-'));
  workspace = join(root, 'workspace');
  mkdirSync(join(workspace, '.git'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const log = { version: '2.1.0' };

describe('the SARIF file', () => {
  it('is written below the workspace, its folder made, and over one that is there', async () => {
    expect(await writeSarifFile('out/deep/a.sarif', workspace, log)).toBeUndefined();
    expect(
      await writeSarifFile(join(workspace, 'out/deep/a.sarif'), workspace, { version: 'new' }),
    ).toBeUndefined();
    expect(JSON.parse(readFileSync(join(workspace, 'out/deep/a.sarif'), 'utf8'))).toEqual({ version: 'new' });
    expect(readdirSync(join(workspace, 'out/deep'))).toEqual(['a.sarif']);
  });

  it.each([
    ['a way out', '../a.sarif'],
    ['another place', '/tmp/deploy-guard-test.sarif'],
    ['the workspace itself', '.'],
    ["git's own folder", '.git/hooks/pre-commit'],
    ["git's own folder in other letters", '.GIT/hooks/pre-commit'],
    ["git's own folder in letters that a file system leaves out", '.g\u200cit/hooks/pre-commit'],
    ["git's own folder by its short name", 'GIT~1/hooks/pre-commit'],
    ["git's own folder with what Windows leaves out", '.git. /hooks/pre-commit'],
    ["a submodule's own folder", 'lib/.Git/hooks/pre-commit'],
    ["a file in git's place", 'lib/.git'],
    ['a link to a folder elsewhere', 'link/a.sarif'],
    ['a link to a file elsewhere', 'file-link'],
    ['a folder', 'folder'],
  ])('is not written to %s', async (_, path) => {
    mkdirSync(join(root, 'elsewhere'));
    mkdirSync(join(workspace, 'folder'));
    writeFileSync(join(root, 'file'), 'theirs');
    symlinkSync(join(root, 'elsewhere'), join(workspace, 'link'));
    symlinkSync(join(root, 'file'), join(workspace, 'file-link'));
    const finding = await writeSarifFile(path, workspace, log);
    expect(finding).toMatchObject({ code: 'DG098', level: 'warning' });
    expect(finding?.title).toContain('was not written');
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('theirs');
    expect(readdirSync(join(root, 'elsewhere'))).toEqual([]);
    expect(existsSync(join(root, 'a.sarif'))).toBe(false);
    expect(readdirSync(workspace, { recursive: true }).sort()).toEqual([
      '.git',
      'file-link',
      'folder',
      'link',
    ]);
  });

  it.each(['.github/a.sarif', 'a.git/b.sarif', '.gitlab.sarif'])('is written to %s', async (path) => {
    expect(await writeSarifFile(path, workspace, log)).toBeUndefined();
    expect(existsSync(join(workspace, path))).toBe(true);
  });

  it('is not written where there is nothing to say, because an empty one closes every alert', async () => {
    expect(await writeSarifFile('a.sarif', workspace, undefined)).toMatchObject({ code: 'DG098' });
    expect(existsSync(join(workspace, 'a.sarif'))).toBe(false);
  });
});
