import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { engineVersion } from '../../src/docker/engine-version.ts';
import type { EngineName } from '../../src/stages/inputs/config.ts';
import { makeDockerHome } from './user-folder.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** Asks on a machine that has these programs and no others; each acts by a shell's case on its words. */
async function ask(
  programs: Partial<Record<EngineName, string>>,
  wanted?: EngineName,
  aboutBuilder = false,
): Promise<unknown> {
  const made = await makeDockerHome(undefined);
  closing.push(() => made.remove());
  for (const [name, cases] of Object.entries(programs)) {
    await writeFile(join(made.bin, name), `#!/bin/sh\ncase "$*" in\n${cases}\n*) exit 1;;\nesac\n`);
    await chmod(join(made.bin, name), 0o755);
  }
  const settings = { environment: { PATH: made.bin }, signal: new AbortController().signal };
  return await engineVersion({ wanted, aboutBuilder }, settings).catch((error: unknown) => error);
}

const DOCKER = `version*) echo '{"Client":{"Version":"28.0"},"Server":{"Version":"28.1","Os":"linux","Arch":"arm64"}}';;`;
// As podman 4.3.1, buildah 1.28.2 and podman-docker print them; nerdctl by its source (cmd/nerdctl/system/system_version.go).
const PODMAN = `info*) echo '{"host":{"os":"linux","arch":"amd64"},"version":{"Version":"4.3.1"}}';;`;
const BUILDAH = `info) echo '{"host":{"os":"linux","arch":"amd64"}}';;\nversion*) echo '{"version":"1.28.2"}';;`;
const SHIM = `version*) echo '{"Client":{"APIVersion":"4.3.1","Version":"4.3.1","OsArch":"linux/amd64","Os":"linux"}}';;`;
const nerdctl = (components: string) =>
  `version*) echo '{"Client":{"Version":"v2.1.6","Os":"linux","Arch":"amd64","Components":[${components}]},"Server":{"Components":[{"Name":"containerd","Version":"v2.1.4"}]}}';;`;

describe('engineVersion', () => {
  it.each<readonly [string, Partial<Record<EngineName, string>>, object]>([
    [
      'docker',
      { docker: DOCKER, podman: PODMAN },
      { name: 'docker', server: '28.1', platform: 'linux/arm64' },
    ],
    [
      'podman',
      { podman: PODMAN, buildah: BUILDAH },
      { name: 'podman', server: '4.3.1', platform: 'linux/amd64' },
    ],
    ['buildah', { buildah: BUILDAH }, { name: 'buildah', server: '1.28.2', platform: 'linux/amd64' }],
    [
      'nerdctl',
      { nerdctl: nerdctl('{"Name":"buildctl","Version":"v0.26"}') },
      { name: 'nerdctl', client: 'v2.1.6', server: 'v2.1.4' },
    ],
    ['podman, by the name of docker', { docker: SHIM, podman: PODMAN }, { name: 'podman', server: '4.3.1' }],
  ])('finds %s where none is named', async (_, programs, expected) => {
    expect(await ask(programs)).toMatchObject(expected);
  });

  it('takes the one that is named, and no other in its place', async () => {
    expect(await ask({ docker: DOCKER, podman: PODMAN }, 'podman')).toMatchObject({ name: 'podman' });
    expect(await ask({ docker: DOCKER }, 'podman')).toMatchObject({ code: 'ENOENT' });
  });

  it('is an error where there is none at all', async () => {
    expect(await ask({})).toMatchObject({ code: 'ENOENT', message: expect.stringContaining('docker') });
  });

  it.each<readonly [EngineName, string, RegExp]>([
    ['docker', 'version*) echo "Cannot connect to the Docker daemon" >&2; exit 1;;', /Cannot connect/],
    ['podman', 'info*) echo "Error: overlay is not supported" >&2; exit 125;;', /overlay is not supported/],
    [
      'buildah',
      `version*) echo '{"version":"1.28.2"}';;\ninfo) echo "storage is locked" >&2; exit 125;;`,
      /locked/,
    ],
    ['nerdctl', 'version*) echo "cannot access containerd socket" >&2; exit 1;;', /containerd socket/],
    ['nerdctl', nerdctl(''), /buildctl is missing/],
  ])('gives the own words of a %s that does not work', async (name, cases, words) => {
    expect(await ask({ [name]: cases }, name)).toMatchObject({
      name,
      unreachable: expect.stringMatching(words),
    });
  });

  it('does not go on to another engine where docker is there and does not answer', async () => {
    const down = 'version*) echo "Cannot connect" >&2; exit 1;;';
    expect(await ask({ docker: down, podman: PODMAN })).toMatchObject({
      name: 'docker',
      unreachable: 'Cannot connect',
    });
  });

  it('says which builder buildx uses, where that is asked', async () => {
    const buildx = `${DOCKER}\n"buildx version") echo 'github.com/docker/buildx v0.30.1 abc';;\n"buildx inspect") printf 'Name:   default\\nDriver: docker\\n\\nNodes:\\nName: default\\n';;`;
    const store = `${buildx}\ninfo*) echo '[["driver-type","io.containerd.snapshotter.v1"]]';;`;
    expect(await ask({ docker: buildx }, undefined, true)).toMatchObject({
      buildx: '0.30.1',
      builder: { driver: 'docker', containerdStore: false },
    });
    expect(await ask({ docker: store }, undefined, true)).toMatchObject({
      builder: { driver: 'docker', containerdStore: true },
    });
    expect(await ask({ docker: store })).toMatchObject({ buildx: '0.30.1', builder: undefined });
  });
});
