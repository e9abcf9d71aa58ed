import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { measureContext } from '../../src/docker/context-size.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with files of these sizes in bytes. */
function folderWith(files: Readonly<Record<string, number>>, ignore?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'context-'));
  folders.push(folder);
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
    truncateSync(join(folder, path), bytes);
  }
  if (ignore !== undefined) writeFileSync(join(folder, '.dockerignore'), ignore);
  return folder;
}

const measured = (folder: string) => measureContext(folder, join(folder, 'Dockerfile'));

describe('measureContext', () => {
  it('adds up all that docker would send', async () => {
    const folder = folderWith({ Dockerfile: 10, 'a/x': 100, 'a/b/y': 200, z: 5, '.git/pack': 1000 });
    expect(await measured(folder)).toEqual({
      bytes: 1315,
      files: 5,
      partial: false,
      largest: [
        { path: '.git', bytes: 1000 },
        { path: 'a', bytes: 300 },
        { path: 'Dockerfile', bytes: 10 },
        { path: 'z', bytes: 5 },
      ],
    });
  });

  it.each<readonly [string, string, number]>([
    ['nothing', '', 1110],
    ['comments alone', '# nothing\n\n', 1110],
    ['a folder', 'a\n', 1000],
    ['a folder but for a file in it', 'a\n!a/y\n', 1010],
    ['a file at any depth', '**/x\n', 1010],
    ['everything', '*\n', 0],
    ['everything but one', '*\n!b\n', 1000],
    ['what is not there', 'c\n', 1110],
  ])('leaves out %s', async (_, ignore, bytes) => {
    const folder = folderWith({ 'a/x': 100, 'a/y': 10, 'b/z': 1000 }, ignore);
    const { largest } = await measured(folder);
    const own = largest.filter(({ path }) => path !== '.dockerignore');
    expect(own.reduce((sum, each) => sum + each.bytes, 0)).toBe(bytes);
  });

  it("goes by the Dockerfile's own ignore file first", async () => {
    const folder = folderWith({ 'a/x': 100, 'b/y': 7 }, 'b\n');
    writeFileSync(join(folder, 'Dockerfile.dockerignore'), 'a\n*ignore\n');
    expect((await measured(folder)).bytes).toBe(7);
  });

  it('follows no link, not even to itself', async () => {
    const folder = folderWith({ x: 5 });
    symlinkSync('/usr', join(folder, 'usr'));
    symlinkSync('.', join(folder, 'self'));
    symlinkSync('x', join(folder, 'y'));
    expect(await measured(folder)).toMatchObject({ bytes: 5, files: 1 });
  });

  it('is quick with ten thousand files, and lets others have their turn', async () => {
    const files = Array.from({ length: 10_000 }, (_, i) => [`d${i % 100}/f${i}`, 3] as const);
    const folder = folderWith(
      Object.fromEntries(files),
      '**/*.pyc\n**/__pycache__\n.git\n*.md\n!README.md\n',
    );
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    const startedAt = performance.now();
    const { files: counted, partial } = await measured(folder);
    const ms = performance.now() - startedAt;
    clearInterval(ticking);
    expect([counted, partial]).toEqual([10_001, false]);
    expect(ms).toBeLessThan(1500);
    expect(turns).toBeGreaterThan(3);
  });

  it('stops where there is too much, and says so', async () => {
    const folder = folderWith({ 'a/1': 1, 'b/1': 1, 'c/1': 1, 'd/1': 1 });
    const { partial, bytes } = await measureContext(folder, join(folder, 'Dockerfile'), {
      files: 5,
      ms: 1e6,
    });
    expect(partial).toBe(true);
    expect(bytes).toBeLessThan(4);
  });

  it('stops within a folder where the time is over', async () => {
    const folder = folderWith({ '1': 1, '2': 1, '3': 1 });
    const { partial, files } = await measureContext(folder, join(folder, 'Dockerfile'), {
      files: 1e6,
      ms: -1,
    });
    expect({ partial, files }).toEqual({ partial: true, files: 1 });
  });

  it('gives nothing of a folder that is not there', async () => {
    expect(await measured('/nowhere/at/all')).toEqual({ bytes: 0, files: 0, largest: [], partial: false });
  });

  it('never counts more than there is, whatever .dockerignore says', async () => {
    const folder = folderWith({ 'a/x': 100, 'a/b/y': 10, 'c.txt': 1 });
    const line = fc.stringMatching(/^[!#/*?a-c.[\]\\ -]{0,8}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 4 }), async (lines) => {
        writeFileSync(join(folder, '.dockerignore'), lines.join('\n'));
        const { bytes } = await measured(folder);
        expect(bytes).toBeLessThanOrEqual(111 + lines.join('\n').length);
      }),
      { numRuns: 60 },
    );
  });
});
