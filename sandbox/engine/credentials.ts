import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { DockerExit } from './docker-exit.ts';
import { registryOrigin, unreachable } from './registry-client.ts';

const configSchema = v.looseObject({
  auths: v.optional(v.record(v.string(), v.looseObject({ auth: v.optional(v.string()) })), {}),
});

/** The Basic authorization stored for a registry, as in `docker login`'s config.json. */
export function storedAuthorization(host: string): string | undefined {
  const auth = readConfig().auths[host]?.auth;
  return auth === undefined ? undefined : `Basic ${auth}`;
}

/**
 * `docker login`: asks the registry whether it takes the password, then stores it.
 * @throws DockerExit where it doesn't, in docker's words.
 */
export async function login(host: string, username: string, password: string): Promise<void> {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const url = `${registryOrigin(host)}/v2/`;
  const response = await fetch(url, { headers: { authorization: `Basic ${auth}` } }).catch(
    (error: unknown) => {
      throw unreachable(url, error);
    },
  );
  await response.arrayBuffer();
  if (!response.ok) {
    const status = `${response.status} ${response.statusText}`;
    throw new DockerExit(`Error response from daemon: login attempt to ${url} failed with status: ${status}`);
  }
  const config = readConfig();
  writeConfig({ ...config, auths: { ...config.auths, [host]: { auth } } });
}

/** `docker logout`: forgets the password, where there is one. */
export function logout(host: string): void {
  const config = readConfig();
  const auths = Object.entries(config.auths).filter(([stored]) => stored !== host);
  if (host in config.auths) writeConfig({ ...config, auths: Object.fromEntries(auths) });
}

/** Where the configuration is: `$DOCKER_CONFIG`, else `~/.docker`. */
export function configFile(): string {
  const { DOCKER_CONFIG } = process.env;
  return join(DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json');
}

function readConfig(): v.InferOutput<typeof configSchema> {
  const file = configFile();
  if (!existsSync(file)) return { auths: {} };
  try {
    return v.parse(configSchema, JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DockerExit(`error loading config file: ${file}: ${reason}`);
  }
}

function writeConfig(config: v.InferOutput<typeof configSchema>): void {
  mkdirSync(join(configFile(), '..'), { recursive: true, mode: 0o700 });
  writeFileSync(configFile(), JSON.stringify(config, undefined, '\t'), { mode: 0o600 });
}
