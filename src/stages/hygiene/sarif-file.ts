import { lstat, mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Finding } from '../../finding.ts';
import { oneLine } from '../../runner/text.ts';
import { generalCodes } from './general-codes.ts';

/**
 * Writes a SARIF log to a path from the root of the workspace, whose folder is made where it is missing. Gives the
 * finding that says why it was not written: outside the workspace, through a symbolic link, or for lack of a log.
 */
export async function writeSarifFile(
  path: string,
  workspace: string,
  log: object | undefined,
): Promise<Finding | undefined> {
  if (log === undefined) return unwritten(path, 'the workspace is no git checkout');
  try {
    await write(path, workspace, `${JSON.stringify(log, undefined, 1)}\n`);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return unwritten(path, error.message);
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return unwritten(path, `the system says ${code}`);
  }
}

class Refused extends Error {}

async function write(path: string, workspace: string, text: string): Promise<void> {
  const target = resolve(workspace, path);
  if (!isBelow(workspace, target) || isGits(relative(workspace, target))) {
    throw new Refused('it is not among the files of the workspace');
  }
  const folder = dirname(target);
  await makeFolder(folder, workspace);
  const existing = await lstat(target).catch(() => undefined);
  if (existing !== undefined && !existing.isFile()) throw new Refused('there is something else by that name');
  // Beside it and then in its place: who reads it never sees half of it.
  const draft = join(folder, `.${basename(target)}.${process.pid}`);
  await writeFile(draft, text, { flag: 'wx' });
  await rename(draft, target).catch(async (error: unknown) => {
    await rm(draft, { force: true });
    throw error;
  });
}

/** Makes a folder of the workspace, and refuses one that a symbolic link leads elsewhere. */
async function makeFolder(folder: string, workspace: string): Promise<void> {
  const root = await realpath(workspace);
  let existing = folder;
  while (existing !== workspace && (await lstat(existing).catch(() => undefined)) === undefined) {
    existing = dirname(existing);
  }
  const real = await realpath(existing);
  if (real !== join(root, relative(workspace, existing)))
    throw new Refused('a symbolic link leads elsewhere');
  await mkdir(folder, { recursive: true });
}

/**
 * Whether a path leads into a `.git`, this repository's or a submodule's. Where case doesn't count, `.GIT` is the same
 * folder; HFS+ leaves some characters out of names, and NTFS dots, spaces and what follows a `:`, and knows it as
 * `git~1` too. Git refuses the same names in a tree (git-config, core.protectHFS and core.protectNTFS).
 */
function isGits(path: string): boolean {
  return path.split(/[\\/]/).some((part) => {
    const name = part.replaceAll(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '').toLowerCase();
    return /^(\.git|git~\d)[. ]*(:|$)/.test(name);
  });
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function unwritten(path: string, why: string): Finding {
  const { code, level, fix } = generalCodes.sarifNotWritten;
  return {
    code,
    level,
    fix,
    title: `\`sarif-file: ${oneLine(path, 120).replaceAll('`', "'")}\` was not written: ${why}.`,
  };
}
