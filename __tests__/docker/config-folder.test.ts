import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeConfigFolder, userConfigFolder } from '../../src/docker/config-folder.ts';
import { type DockerHome, makeDockerHome } from './user-folder.ts';

const HOST = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const homes: DockerHome[] = [];

afterEach(async () => {
  await Promise.all(homes.splice(0).map((home) => home.remove()));
});

async function made(config: unknown, prepare?: (home: DockerHome) => Promise<void>) {
  const home = await makeDockerHome(
    config === undefined ? undefined : typeof config === 'string' ? config : JSON.stringify(config),
  );
  homes.push(home);
  await prepare?.(home);
  const before = await home.userFiles();
  const { unreadable } = await makeConfigFolder(home.own, home.user, HOST);
  expect(await home.userFiles()).toEqual(before);
  return { home, unreadable, config: await home.ownConfig() };
}

describe('makeConfigFolder', () => {
  it("keeps all that the user's configuration says", async () => {
    const user = {
      auths: { 'ghcr.io': { auth: 'YTpi' }, 'https://index.docker.io/v1/': { auth: 'Yzpk' } },
      credHelpers: { 'gcr.io': 'gcloud' },
      currentContext: 'remote',
      proxies: { default: { httpProxy: 'http://proxy:3128' } },
      aliases: { builder: 'buildx' },
      cliPluginsExtraDirs: ['/opt/plugins'],
      HttpHeaders: { 'X-A': 'b' },
    };
    const { config } = await made(user);
    expect(config).toMatchObject(user);
  });

  it('links what else is there: plugins, contexts, builders', async () => {
    const { home } = await made({}, async ({ user }) => {
      await mkdir(join(user, 'cli-plugins'));
      await writeFile(join(user, 'cli-plugins', 'docker-buildx'), 'plugin');
      await mkdir(join(user, 'contexts', 'meta'), { recursive: true });
      await writeFile(join(user, 'contexts', 'meta', 'x'), 'context');
    });
    expect(await readFile(join(home.own, 'docker', 'cli-plugins', 'docker-buildx'), 'utf8')).toBe('plugin');
    expect(await readFile(join(home.own, 'docker', 'contexts', 'meta', 'x'), 'utf8')).toBe('context');
  });

  it('can be read by nobody else', async () => {
    const { home } = await made({});
    expect((await stat(join(home.own, 'docker'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(home.own, 'docker', 'config.json'))).mode & 0o777).toBe(0o600);
  });

  it.each([HOST, `https://${HOST}`, `https://${HOST}/`, `https://${HOST}/v2/`])(
    "takes over no login of the user's at our registry, written as %s",
    async (host) => {
      const { config } = await made({ auths: { [host]: { auth: 'theirs' }, 'ghcr.io': { auth: 'kept' } } });
      expect(JSON.stringify(config)).not.toContain('theirs');
      expect(config['auths']).toEqual({ 'ghcr.io': { auth: 'kept' } });
    },
  );

  it.each([
    [{ credsStore: 'desktop' }],
    [{ credsStore: 'ecr-login' }],
    [{ credHelpers: { [HOST]: 'ecr-login' } }],
    [{ credHelpers: { 'public.ecr.aws': 'ecr-login' }, credsStore: 'desktop' }],
    [{}],
    [undefined],
  ])('has our login kept in the file by %j, and the others where they were', async (user) => {
    const { config } = await made(user);
    expect((config['credHelpers'] as Record<string, string>)[HOST]).toBe('');
    expect(config['credsStore']).toBe(user && 'credsStore' in user ? user.credsStore : undefined);
    const helpers: Record<string, string> = user && 'credHelpers' in user ? { ...user.credHelpers } : {};
    expect(config['credHelpers']).toEqual({ ...helpers, [HOST]: '' });
  });

  it.each(['{', '[]', '"text"', 'null', ''])(
    'says so where the file is %j, and goes on without',
    async (text) => {
      const { unreadable, config } = await made(text);
      expect(unreadable).toBe(true);
      expect(config['auths']).toEqual({});
    },
  );

  it('bears shapes that are not as they should be', async () => {
    const { config } = await made({ auths: 'x', credHelpers: [], credsStore: 7 });
    expect(config['auths']).toEqual({});
  });

  it('makes do without a folder of the user', async () => {
    const home = await makeDockerHome(undefined);
    homes.push(home);
    expect(await makeConfigFolder(home.own, join(home.user, 'absent'), HOST)).toEqual({ unreadable: false });
  });
});

describe('userConfigFolder', () => {
  it('is DOCKER_CONFIG, else .docker in the home folder', () => {
    expect(userConfigFolder({ DOCKER_CONFIG: '/etc/docker-user', HOME: '/home/me' })).toBe(
      '/etc/docker-user',
    );
    expect(userConfigFolder({ HOME: '/home/me' })).toBe('/home/me/.docker');
    expect(userConfigFolder({ DOCKER_CONFIG: '', HOME: '/home/me' })).toBe('/home/me/.docker');
  });

  it('is a whole path, which links keep leading to', () => {
    expect(userConfigFolder({ DOCKER_CONFIG: 'ci/docker' })).toBe(join(process.cwd(), 'ci/docker'));
  });
});
