import { statfs } from 'node:fs/promises';

/** Space on the disk where the engine keeps its images. */
export interface FreeSpace {
  readonly folder: string;
  readonly bytes: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where docker keeps images unless it was told otherwise (docs.docker.com, "daemon data directory"). */
const DATA_FOLDER = '/var/lib/docker';

/**
 * Free space for images on this machine, else in the workspace; undefined where the engine is on another machine or
 * nothing can be found out.
 */
export async function freeSpace(workspace: string, environment: Environment): Promise<FreeSpace | undefined> {
  const host = environment['DOCKER_HOST'];
  if (host && !host.startsWith('unix:')) return undefined;
  return (await spaceIn(DATA_FOLDER)) ?? (await spaceIn(workspace));
}

async function spaceIn(folder: string): Promise<FreeSpace | undefined> {
  const disk = await statfs(folder).catch(() => undefined);
  return disk && { folder, bytes: disk.bavail * disk.bsize };
}
