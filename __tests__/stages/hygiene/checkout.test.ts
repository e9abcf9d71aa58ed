import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckout, type RepositoryFacts } from '../../../src/stages/hygiene/checkout.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkout-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (path: string, text: string | Buffer) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const git = (...args: readonly string[]) =>
  execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });

const facts: RepositoryFacts = {
  facts: {
    context: '.',
    dockerfile: undefined,
    target: undefined,
    workflow: undefined,
    rollout: 'force',
    latestTag: 'latest',
    waitMinutes: 30,
    environment: undefined,
  },
  containers: async () => undefined,
  builder: async () => undefined,
};

async function open() {
  const repository = await openCheckout(folder, process.env, () => facts);
  if (repository === undefined) throw new Error('no checkout');
  return repository;
}

describe('a checkout', () => {
  it('lists what is tracked, and what else is there with its folders as one', async () => {
    git('init', '--quiet');
    write('b/ü "quoted"\n.txt', 'x');
    write('a.txt', 'x');
    write('.gitignore', 'node_modules\n*.log\n');
    git('add', '--all');
    write('node_modules/deep/index.js', 'x'.repeat(70));
    write('node_modules/other.js', 'x'.repeat(30));
    write('b/debug.log', '1234');
    write('new.txt', '');
    const repository = await open();
    expect(repository.tracked).toEqual(['.gitignore', 'a.txt', 'b/ü "quoted"\n.txt']);
    expect(repository.untracked).toEqual(['.git/', 'b/debug.log', 'new.txt', 'node_modules/']);
    expect(await repository.size('node_modules/')).toBe(100);
    expect(await repository.size('b/debug.log')).toBe(4);
    expect(await repository.size('.git/')).toBeGreaterThan(100);
    expect(await repository.read('b/ü "quoted"\n.txt')).toBe('x');
  });

  it('reads text of at most a megabyte, and nothing else', async () => {
    git('init', '--quiet');
    write('text', 'ü');
    write('binary', Buffer.from([97, 0, 98]));
    write('large', 'x'.repeat(1_000_001));
    write('large-binary', Buffer.alloc(1_000_001));
    write('full', 'x'.repeat(1_000_000));
    git('add', '--all');
    rmSync(join(folder, 'text'));
    write('folder/gone', 'x');
    const repository = await open();
    expect(repository.tracked).toContain('text');
    for (const path of ['text', 'binary', 'large', 'folder', 'folder/', 'nowhere']) {
      expect(await repository.read(path), path).toBeUndefined();
    }
    expect(await repository.size('text')).toBeUndefined();
    expect(await repository.read('full')).toHaveLength(1_000_000);
    expect(await repository.isTooLarge('large')).toBe(true);
    for (const path of ['large-binary', 'full', 'text', 'folder', 'nowhere/x']) {
      expect(await repository.isTooLarge(path), path).toBe(false);
    }
  });

  it('reads nothing through a symbolic link', async () => {
    git('init', '--quiet');
    write('.git/secret', 'x');
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'file'), 'theirs');
    symlinkSync(join(outside, 'file'), join(folder, 'link'));
    symlinkSync(outside, join(folder, 'folder'));
    git('add', '--all');
    const repository = await open();
    expect(repository.tracked).toEqual(['folder', 'link']);
    expect(await repository.read('link')).toBeUndefined();
    expect(await repository.read('folder/file')).toBeUndefined();
    expect(await repository.size('folder/')).toBeUndefined();
    rmSync(outside, { recursive: true });
  });

  it('looks below folders that git lists as one, and into no link', async () => {
    git('init', '--quiet');
    write('kept/.env', 'A=1');
    git('add', '--all');
    write('new/deep/er/.env', 'A=1');
    write('new/b', '');
    write('new/a', '');
    write('new/node_modules/x/index.js', '');
    symlinkSync(join(folder, 'kept'), join(folder, 'new/link'));
    const repository = await open();
    expect(repository.untracked).toEqual(['.git/', 'new/']);
    const enters = (path: string) => !path.endsWith('node_modules/');
    const { paths, left } = await repository.below(['new/', 'nowhere/', 'new/link/'], enters);
    expect(paths).toEqual(['new/a', 'new/b', 'new/node_modules/', 'new/deep/er/.env']);
    expect(left).toEqual([]);
  });

  it('names the folders that it did not get to', async () => {
    git('init', '--quiet');
    for (let at = 0; at < 60; at += 1) write(`new/${at}/.env`, '');
    const { paths, left } = await openCheckout(folder, process.env, () => facts, { entriesBelow: 100 }).then(
      (repository) => repository?.below(['new/'], () => true) ?? { paths: [], left: [] },
    );
    expect(paths).toHaveLength(40);
    expect(left).toHaveLength(20);
    expect(left).toContain('new/9/');
  });

  it('lists a submodule apart', async () => {
    git('init', '--quiet');
    write('a', 'x');
    git('add', 'a');
    git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},lib/sub`);
    write('lib/sub/.git', 'gitdir: ../../.git/modules/sub');
    write('lib/sub/.env', 'A=1');
    const repository = await open();
    expect(repository.tracked).toEqual(['a']);
    expect(repository.submodules).toEqual(['lib/sub/']);
    expect((await repository.below(repository.submodules, () => true)).paths).toContain('lib/sub/.env');
  });

  it('lists a file in conflict once', async () => {
    git('init', '--quiet');
    write('a', 'x');
    git('add', 'a');
    const hash = git('rev-parse', ':a').trim();
    const sides = [1, 2, 3].map((side) => `100644 ${hash} ${side}\ta`).join('\n');
    git('update-index', '--force-remove', 'a');
    execFileSync('git', ['-C', folder, 'update-index', '--index-info'], { input: `${sides}\n` });
    expect((await open()).tracked).toEqual(['a']);
  });

  it('tells where git does not say what it does not track', async () => {
    git('init', '--quiet');
    write('a', 'x');
    git('add', 'a');
    const bin = mkdtempSync(join(tmpdir(), 'bin-'));
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const script = `#!/bin/sh\ncase "$*" in *--others*) exit 1 ;; esac\nexec ${real} "$@"\n`;
    writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
    const environment = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
    const repository = await openCheckout(folder, environment, () => facts);
    rmSync(bin, { recursive: true });
    expect(repository?.tracked).toEqual(['a']);
    expect(repository?.unread.finding(() => false)?.title).toMatch(/what git does not track/);
  });

  it('is none without git', async () => {
    expect(await openCheckout(folder, process.env, () => facts)).toBeUndefined();
    expect(await openCheckout(join(folder, 'nowhere'), process.env, () => facts)).toBeUndefined();
    expect(await openCheckout(folder, { PATH: '/nowhere' }, () => facts)).toBeUndefined();
  });
});
