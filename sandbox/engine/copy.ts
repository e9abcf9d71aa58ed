import { posix } from 'node:path';
import type { ContextEntry } from './build-context.ts';
import { DockerExit } from './docker-exit.ts';

/** What a COPY says, with its variables filled in. */
export interface CopyRequest {
  readonly sources: readonly string[];
  /** Absolute, or below the working directory. */
  readonly destination: string;
  readonly workingDirectory: string;
  /** Permission bits of `--chmod`, for every file. */
  readonly mode: number | undefined;
}

/**
 * The entries that a COPY adds to an image, at their places in it (no leading `/`).
 * @throws DockerExit in docker's words where a source is missing.
 *
 * Source: https://docs.docker.com/reference/dockerfile/#copy
 */
export function copyEntries(entries: readonly ContextEntry[], request: CopyRequest): readonly ContextEntry[] {
  const target = posix.resolve('/', request.workingDirectory, request.destination).slice(1);
  const isInto =
    request.destination.endsWith('/') || request.destination === '.' || request.sources.length > 1;
  return request.sources
    .flatMap((source) => matches(entries, source))
    .flatMap((root) => moved(entries, root, target, isInto))
    .map((entry) =>
      request.mode === undefined || entry.kind === 'link' ? entry : { ...entry, mode: request.mode },
    );
}

/** The paths a source stands for: itself, or what its wildcards match; '' is the whole context. */
function matches(entries: readonly ContextEntry[], source: string): readonly string[] {
  const path = posix.join('/', source).replace(/^\/|\/$/g, '');
  if (path === '') return [''];
  const found = /[*?[]/.test(path)
    ? entries.filter((entry) => posix.matchesGlob(entry.path, path))
    : entries.filter((entry) => entry.path === path);
  if (found.length > 0) return found.map((entry) => entry.path);
  // A folder may be there by what is in it alone.
  if (entries.some((entry) => entry.path.startsWith(`${path}/`))) return [path];
  throw new DockerExit(
    `COPY failed: file not found in build context or excluded by .dockerignore: stat ${path}: file does not exist`,
  );
}

/** A folder gives its contents, a file itself. */
function moved(
  entries: readonly ContextEntry[],
  root: string,
  target: string,
  isInto: boolean,
): readonly ContextEntry[] {
  const own = entries.find((entry) => entry.path === root);
  if (own !== undefined && own.kind !== 'folder') {
    return [{ ...own, path: isInto || target === '' ? posix.join(target, posix.basename(root)) : target }];
  }
  const prefix = root === '' ? '' : `${root}/`;
  return entries
    .filter((entry) => entry.path.startsWith(prefix) && entry.path !== root)
    .map((entry) => ({ ...entry, path: posix.join(target, entry.path.slice(prefix.length)) }));
}
