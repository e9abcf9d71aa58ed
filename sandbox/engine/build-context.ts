import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { DockerExit } from './docker-exit.ts';

/** A file, folder or symbolic link of a context or an image, by its path with `/`. */
export interface ContextEntry {
  readonly path: string;
  readonly mode: number;
  readonly kind: 'file' | 'folder' | 'link';
  readonly body: Buffer;
  readonly linkTarget: string;
}

const contextMaxBytes = 1024 * 1024 * 1024;

/**
 * Reads what docker would send of a context folder: all of it but for what .dockerignore takes out.
 * @throws DockerExit where the folder is missing or holds more than 1 GiB.
 */
export function readContext(folder: string, ignoreFile: string | undefined): readonly ContextEntry[] {
  if (!isFolder(folder)) throw new DockerExit(`unable to prepare context: path "${folder}" not found`);
  const ignores =
    ignoreFile === undefined ? undefined : dockerignore.default().add(ignoreFile).createFilter();
  let size = 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => ignores?.(path) ?? true)
    .sort()
    .map((path) => {
      const entry = readEntry(join(folder, path), path);
      size += entry.body.length;
      if (size > contextMaxBytes) throw new DockerExit(`the context is over ${contextMaxBytes} bytes`);
      return entry;
    });
}

function readEntry(file: string, path: string): ContextEntry {
  const stat = lstatSync(file);
  const mode = stat.mode & 0o777;
  const nothing = Buffer.alloc(0);
  if (stat.isDirectory()) return { path, mode, kind: 'folder', body: nothing, linkTarget: '' };
  if (stat.isSymbolicLink())
    return { path, mode, kind: 'link', body: nothing, linkTarget: readlinkSync(file) };
  if (stat.isFile()) return { path, mode, kind: 'file', body: readFileSync(file), linkTarget: '' };
  throw new DockerExit(`unable to prepare context: ${path} is neither a file, a folder nor a link`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
