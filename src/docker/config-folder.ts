import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's own docker configuration folder (docs.docker.com, "docker CLI": DOCKER_CONFIG, else ~/.docker). */
export function userConfigFolder(environment: Environment): string {
  return resolve(environment['DOCKER_CONFIG'] || join(environment['HOME'] || homedir(), '.docker'));
}

/**
 * Fills `folder` as a docker configuration of our own: all that the user's has (logins, credential helpers,
 * CLI plugins, contexts, builders, proxies), but for a login at `registryHost`, which will be ours and stay in
 * the folder. The user's files are linked to or copied, never changed. Returns what could not be read of it.
 */
export async function makeConfigFolder(
  folder: string,
  userFolder: string,
  registryHost: string,
): Promise<{ readonly unreadable: boolean }> {
  const own = join(folder, 'docker');
  await mkdir(own, { mode: 0o700 });
  const entries = await readdir(userFolder).catch(() => []);
  await Promise.all(
    entries
      .filter((entry) => entry !== 'config.json')
      .map((entry) => symlink(join(userFolder, entry), join(own, entry))),
  );
  const text = await readFile(join(userFolder, 'config.json'), 'utf8').catch(() => '{}');
  const user = parseObject(text);
  const config = { ...user, ...ownLogin(user ?? {}, registryHost) };
  await writeFile(join(own, 'config.json'), JSON.stringify(config, undefined, 2), { mode: 0o600 });
  return { unreadable: user === undefined };
}

/**
 * The user's logins without the one for our registry. An empty helper for the host makes docker keep this one
 * login in the file, where a `credsStore` would leave our password in the user's keychain; so would the helper
 * that docker takes by itself where a configuration has no logins, stores or helpers (docker/cli,
 * `configfile.getConfiguredCredentialStore` and `config.LoadDefaultConfigFile`).
 */
function ownLogin(
  user: Readonly<Record<string, unknown>>,
  registryHost: string,
): Readonly<Record<string, unknown>> {
  const { auths, credHelpers } = withoutLogin(user, registryHost);
  return { auths, credHelpers: { ...credHelpers, [registryHost]: '' } };
}

/** Logins and credential helpers of a configuration, but for those of one registry. */
export function withoutLogin(
  user: Readonly<Record<string, unknown>>,
  registryHost: string,
): Readonly<Record<'auths' | 'credHelpers', Readonly<Record<string, unknown>>>> {
  const others = (key: string) =>
    Object.fromEntries(Object.entries(objectOf(user[key])).filter(([host]) => hostOf(host) !== registryHost));
  return { auths: others('auths'), credHelpers: others('credHelpers') };
}

function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
