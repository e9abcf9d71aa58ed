import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A user's docker configuration, a private folder of ours, and a PATH with a credential helper that notes its calls. */
export interface DockerHome {
  readonly user: string;
  readonly own: string;
  readonly bin: string;
  readonly ownConfig: () => Promise<Record<string, unknown>>;
  /** Every file of the user's folder with its text. */
  readonly userFiles: () => Promise<Readonly<Record<string, string>>>;
  /** What the helper was called for: `store`, `get`, …, each with what it was given. */
  readonly helperCalls: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
}

/** Makes one. The helper is there as `docker-credential-<name>` for each name. */
export async function makeDockerHome(
  config: string | undefined,
  helpers: readonly string[] = [],
): Promise<DockerHome> {
  const root = await mkdtemp(join(tmpdir(), 'docker-home-'));
  const [user, own, bin] = [join(root, 'user'), join(root, 'own'), join(root, 'bin')];
  await Promise.all([user, own, bin].map((folder) => mkdir(folder)));
  if (config !== undefined) await writeFile(join(user, 'config.json'), config);
  const calls = join(root, 'calls');
  for (const name of helpers) {
    const file = join(bin, `docker-credential-${name}`);
    const answer = `case "$1" in get) echo '{"Username":"helper","Secret":"from-helper"}';; list) echo '{}';; esac`;
    await writeFile(file, `#!/bin/sh\n{ printf '%s ' "$1"; cat; echo; } >> '${calls}'\n${answer}\n`);
    await chmod(file, 0o755);
  }
  return {
    user,
    own,
    bin,
    ownConfig: async () =>
      JSON.parse(await readFile(join(own, 'docker', 'config.json'), 'utf8')) as Record<string, unknown>,
    userFiles: async () => {
      const entries = await readdir(user, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      return Object.fromEntries(
        await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const)),
      );
    },
    helperCalls: async () =>
      (await readFile(calls, 'utf8').catch(() => '')).split('\n').filter((line) => line.trim() !== ''),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
