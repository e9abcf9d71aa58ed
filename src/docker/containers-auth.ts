import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { userConfigFolder, withoutLogin } from './config-folder.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Writes `file` as an authentication file of podman's family (containers-auth.json(5)): all logins that the user
 * has, in the order in which these programs look for them, but for one at `registryHost`, which will be ours and
 * stay in this file. The user's files are only read.
 */
export async function makeAuthFile(
  file: string,
  environment: Environment,
  registryHost: string,
): Promise<void> {
  const all = await Promise.all(userFiles(environment).map(readObject));
  // The first file that has a login for a host counts: it is put on top.
  const merged = (key: 'auths' | 'credHelpers') =>
    Object.assign({}, ...all.map((each) => each[key]).reverse()) as Readonly<Record<string, unknown>>;
  const user = withoutLogin({ auths: merged('auths'), credHelpers: merged('credHelpers') }, registryHost);
  await mkdir(dirname(file), { mode: 0o700, recursive: true });
  await writeFile(file, JSON.stringify(user, undefined, 2), { mode: 0o600 });
}

function userFiles(environment: Environment): readonly string[] {
  const named = environment['REGISTRY_AUTH_FILE'];
  if (named) return [named];
  const { XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: config } = environment;
  const home = environment['HOME'] || homedir();
  return [
    ...(runtime ? [join(runtime, 'containers', 'auth.json')] : []),
    `/run/containers/${process.getuid?.() ?? 0}/auth.json`,
    join(config || join(home, '.config'), 'containers', 'auth.json'),
    join(userConfigFolder(environment), 'config.json'),
  ];
}

async function readObject(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
