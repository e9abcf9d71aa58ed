import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const PREFIX = 'deploy-guard-';
/** The prefix and the six characters that mkdtemp puts after it. */
const OURS = new RegExp(`^${PREFIX}[A-Za-z0-9]{6}$`);

/** A new folder that only this user can enter (0700), under the runner's temporary one. */
export async function makePrivateFolder(parent: string | undefined): Promise<string> {
  return await mkdtemp(join(parent || tmpdir(), PREFIX));
}

/**
 * Whether the path is one that `makePrivateFolder` made under `parent`, be it gone or there: processes are known by it.
 * Does not throw.
 */
export async function isPrivateFolder(folder: string, parent: string | undefined): Promise<boolean> {
  return await ownFolder(folder, parent).then(
    (own) => own !== undefined,
    (error: unknown) => isPrivatePath(folder, parent) && isGone(error),
  );
}

function isPrivatePath(folder: string, parent: string | undefined): boolean {
  const name = basename(folder);
  return OURS.test(name) && folder === join(parent || tmpdir(), name);
}

/**
 * The real path of a folder of ours; undefined for any other, also for a link to one: it has to be written as
 * `makePrivateFolder` wrote it, because processes are known by it. Throws where it isn't there.
 */
async function ownFolder(folder: string, parent: string | undefined): Promise<string | undefined> {
  if (!isPrivatePath(folder, parent)) return undefined;
  const home = await realpath(parent || tmpdir());
  const real = await realpath(folder);
  return real === join(home, basename(folder)) ? real : undefined;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/**
 * Removes a folder that `makePrivateFolder` made under `parent`, with all in it. Any other path, however it came
 * into the saved state, is left alone. Gives whether it was ours, and none is left there; does not throw, as a deploy
 * doesn't fail for its cleaning.
 */
export async function removePrivateFolder(folder: string, parent: string | undefined): Promise<boolean> {
  try {
    const own = await ownFolder(folder, parent);
    if (own === undefined) return false;
    await rm(own, { recursive: true, force: true });
    return true;
  } catch (error) {
    return isGone(error);
  }
}
