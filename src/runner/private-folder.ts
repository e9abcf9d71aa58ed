import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PREFIX = 'deploy-guard-';

/** A new folder that only this user can enter (0700), under the runner's temporary one. */
export async function makePrivateFolder(parent: string | undefined): Promise<string> {
  return await mkdtemp(join(parent || tmpdir(), PREFIX));
}

/**
 * Removes a folder that `makePrivateFolder` made under `parent`, with all in it. Any other path, however it came
 * into the saved state, is left alone. Gives whether it was one of ours.
 */
export async function removePrivateFolder(folder: string, parent: string | undefined): Promise<boolean> {
  const home = await realpath(parent || tmpdir());
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined) return true;
  if (dirname(real) !== home || !real.slice(home.length + 1).startsWith(PREFIX)) return false;
  await rm(real, { recursive: true, force: true });
  return true;
}
