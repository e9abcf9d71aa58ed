import { readFile, stat } from 'node:fs/promises';

/**
 * Text of a file of at most `most` bytes; undefined where it can't be read, is larger, or is none: a pipe gives nobody
 * an answer, and a device never ends.
 */
export async function fileText(path: string, most: number): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size > most) return undefined;
  return await readFile(path, 'utf8').catch(() => undefined);
}
