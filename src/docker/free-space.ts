import { statfs } from 'node:fs/promises';
import type { EngineName } from '../stages/inputs/config.ts';

/** Space on the disk where the engine keeps its images. */
export interface FreeSpace {
  readonly folder: string;
  readonly bytes: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where engines keep images unless they were told otherwise (docs.docker.com, "daemon data directory";
 * containers-storage.conf(5); nerdctl uses containerd's `root`).
 */
const DATA_FOLDERS: Readonly<Record<EngineName, string>> = {
  docker: '/var/lib/docker',
  podman: '/var/lib/containers',
  buildah: '/var/lib/containers',
  nerdctl: '/var/lib/containerd',
};

/**
 * Free space for images on this machine, else in the workspace; undefined where the engine is on another machine or
 * nothing can be found out.
 */
export async function freeSpace(
  engine: EngineName,
  workspace: string,
  environment: Environment,
): Promise<FreeSpace | undefined> {
  const host = environment['DOCKER_HOST'];
  if (engine === 'docker' && host && !host.startsWith('unix:')) return undefined;
  return (await spaceIn(DATA_FOLDERS[engine])) ?? (await spaceIn(workspace));
}

async function spaceIn(folder: string): Promise<FreeSpace | undefined> {
  const disk = await statfs(folder).catch(() => undefined);
  return disk && { folder, bytes: disk.bavail * disk.bsize };
}
