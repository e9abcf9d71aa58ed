import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders that hold what others wrote: a Dockerfile there is none of the repository's. */
const FOREIGN = /^(\.git|node_modules|vendor|dist|build|\.venv|venv)$/;
/** As many as are worth reading in a message. */
const MOST = 4;

/**
 * Dockerfiles at the root of a workspace and in the folders right below it, as paths from the root: `backend/Dockerfile`.
 * Those called just `Dockerfile`, in whatever case, come first.
 */
export async function dockerfilesNear(workspace: string): Promise<readonly string[]> {
  const folders = await foldersOf(workspace);
  const found = await Promise.all(['', ...folders].map((folder) => dockerfilesIn(workspace, folder)));
  const all = found.flat();
  const isPlain = (path: string) => /(^|\/)dockerfile$/i.test(path);
  return [...all.filter(isPlain), ...all.filter((path) => !isPlain(path))].slice(0, MOST);
}

/** Folders at the root of a workspace that may be the repository's own. */
export async function foldersOf(workspace: string): Promise<readonly string[]> {
  const entries = await readdir(workspace, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !FOREIGN.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

async function dockerfilesIn(workspace: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(workspace, folder), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && /^(dockerfile(\.[\w-]+)?|[\w-]+\.dockerfile)$/i.test(entry.name))
    .map(({ name }) => join(folder, name))
    .filter((path) => !path.endsWith('.dockerignore'))
    .sort();
}
