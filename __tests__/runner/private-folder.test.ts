import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePrivateFolder, removePrivateFolder } from '../../src/runner/private-folder.ts';

let home = '';
let outside = '';

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'runner-temp-')));
  outside = await realpath(await mkdtemp(join(tmpdir(), 'elsewhere-')));
  await writeFile(join(outside, 'precious'), 'x');
});
afterEach(() => Promise.all([home, outside].map((folder) => rm(folder, { recursive: true, force: true }))));

describe('makePrivateFolder', () => {
  it('makes a new folder each time that nobody else can enter', async () => {
    const [a, b] = await Promise.all([makePrivateFolder(home), makePrivateFolder(home)]);
    expect(a).not.toBe(b);
    expect((await stat(a)).mode & 0o777).toBe(0o700);
    expect(a.startsWith(`${home}/`)).toBe(true);
  });
});

describe('removePrivateFolder', () => {
  it('removes ours with all in it, and bears that it is gone', async () => {
    const folder = await makePrivateFolder(home);
    await mkdir(join(folder, 'docker'));
    await writeFile(join(folder, 'docker', 'config.json'), '{}');
    await symlink(join(outside, 'precious'), join(folder, 'docker', 'link'));
    await symlink(outside, join(folder, 'docker', 'folder-link'));
    expect(await removePrivateFolder(folder, home)).toBe(true);
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(join(outside, 'precious'))).toBe(true);
    expect(await removePrivateFolder(folder, home)).toBe(true);
  });

  it.each<readonly [string, () => string | Promise<string>]>([
    ['the temporary folder itself', () => home],
    ['its parent', () => join(home, '..')],
    ['the root', () => '/'],
    ['nothing', () => ''],
    ['a relative path', () => '.'],
    ['another folder', () => outside],
    [
      'another folder with our prefix',
      async () => {
        const folder = join(outside, 'deploy-guard-abcdef');
        await mkdir(folder);
        return folder;
      },
    ],
    [
      'a folder of somebody else beside ours',
      async () => {
        await mkdir(join(home, 'other'));
        return join(home, 'other');
      },
    ],
    [
      'a folder whose name only begins as ours',
      async () => {
        await mkdir(join(home, 'deploy-guard-results-of-the-user'));
        return join(home, 'deploy-guard-results-of-the-user');
      },
    ],
    [
      'a way out of ours',
      async () =>
        join(await makePrivateFolder(home), '..', '..', outside.slice(outside.lastIndexOf('/') + 1)),
    ],
    [
      'a folder within ours',
      async () => {
        const folder = join(await makePrivateFolder(home), 'docker');
        await mkdir(folder);
        return folder;
      },
    ],
    [
      'a symbolic link that is named as ours',
      async () => {
        await symlink(outside, join(home, 'deploy-guard-abcdef'));
        return join(home, 'deploy-guard-abcdef');
      },
    ],
    ['a name with a NUL', () => `${home}/deploy-guard-abcdef\0`],
  ])('leaves %s alone', async (_, path) => {
    const folder = await path();
    expect(await removePrivateFolder(folder, home)).toBe(false);
    expect(existsSync(join(outside, 'precious'))).toBe(true);
    expect(existsSync(home)).toBe(true);
    if (!folder.includes('\0') && folder !== '') expect(existsSync(folder)).toBe(true);
  });

  it('does not throw where the temporary folder is gone: a deploy does not fail for its cleaning', async () => {
    expect(await removePrivateFolder('/nowhere/deploy-guard-abcdef', '/nowhere')).toBe(true);
    await removePrivateFolder(outside, '/nowhere');
    expect(existsSync(join(outside, 'precious'))).toBe(true);
  });
});
