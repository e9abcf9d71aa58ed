import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileText } from '../../src/runner/file-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'file-text-'));
writeFileSync(join(folder, 'text'), 'ä = 1\n');
symlinkSync('text', join(folder, 'link'));
symlinkSync('/dev/zero', join(folder, 'endless'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('fileText', () => {
  it.each<readonly [string, number, string | undefined]>([
    ['text', 7, 'ä = 1\n'],
    ['text', 6, undefined],
    ['link', 100, 'ä = 1\n'],
    ['nothing', 100, undefined],
    ['.', 100_000, undefined],
    // Reading it would never end.
    ['endless', 100, undefined],
  ])('%s of at most %i bytes', async (name, most, text) => {
    expect(await fileText(join(folder, name), most)).toBe(text);
  });
});
