import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A file that an action left behind. */
export interface LeftFile {
  /** Below the job's folders: `home/…` or `temp/…`, with `/`. */
  readonly path: string;
  /** The first MiB. */
  readonly text: string;
}

const readMaxBytes = 1024 * 1024;

/** All files under a folder but those of the runner itself. */
export function listFiles(root: string, except: readonly string[]): readonly LeftFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, path: relative(root, file).split(sep).join('/') }))
    .filter(({ path }) => !except.some((folder) => path.startsWith(`${folder}/`)))
    .map(({ file, path }) => ({ path, text: textOf(file) }))
    .sort((left, right) => left.path.localeCompare(right.path));
}

function textOf(file: string): string {
  try {
    return statSync(file).isFile() ? readFileSync(file).subarray(0, readMaxBytes).toString('latin1') : '';
  } catch {
    return '';
  }
}
