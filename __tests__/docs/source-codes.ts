import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository's root. */
export const root = join(import.meta.dirname, '..', '..');

/** Text of a file of the repository, by its path from the root. */
export function fileText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Every `DGnnn` that stands in src/, sorted, each once. */
export function codesInSource(): readonly string[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const codes = files.flatMap((path) => fileText(join('src', path)).match(/\bDG\d{3}\b/g) ?? []);
  return [...new Set(codes)].sort();
}
