import { spawnSync } from 'node:child_process';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Docker } from '../../src/docker/docker.ts';
import { engineVersion } from '../../src/docker/engine-version.ts';
import { readConfig } from '../../src/stages/inputs/read-config.ts';
import { startRegistry } from '../sandbox/registry/registry-server.ts';
import { ENOUGH, environmentOf } from '../stages/inputs/environment.ts';
import { type DockerHome, makeDockerHome } from './user-folder.ts';

const hasDocker = spawnSync('docker', ['version', '--format', '{{.Server.Version}}']).status === 0;
const ASKED = { wanted: undefined, aboutBuilder: false };
const PASSWORD = 'p4ssw0rd-for-docker';
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function home(...given: Parameters<typeof makeDockerHome>): Promise<DockerHome> {
  const made = await makeDockerHome(...given);
  closing.push(() => made.remove());
  return made;
}

function environmentFor({ bin, user }: DockerHome) {
  return {
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: user,
    DOCKER_CONFIG: user,
    DOCKER_HOST: process.env['DOCKER_HOST'],
  };
}

function settingsFor(made: DockerHome, signal = new AbortController().signal) {
  return { workspace: made.own, environment: environmentFor(made), privateFolder: made.own, signal };
}

/** A `docker` that notes how it was called, first on the PATH. */
async function fakeDocker(made: DockerHome, script = ''): Promise<void> {
  const file = join(made.bin, 'docker');
  await writeFile(
    file,
    `#!/bin/sh\nfor a in "$@"; do printf '[%s]' "$a"; done >> '${made.own}/argv'\necho >> '${made.own}/argv'\n${script}\n`,
  );
  await chmod(file, 0o755);
}

const argv = (made: DockerHome) => readFile(join(made.own, 'argv'), 'utf8');

describe('Docker, by what it starts', () => {
  it('hands the password over by standard input, and never as an argument', async () => {
    const made = await home(undefined);
    await fakeDocker(made, `cat > '${made.own}/stdin'`);
    const docker = await Docker.create(settingsFor(made), 'host', false);
    expect((await docker.login('host', 'AWS', PASSWORD)).exitCode).toBe(0);
    expect(await argv(made)).toBe('[login][--username][AWS][--password-stdin][host]\n');
    expect(await readFile(join(made.own, 'stdin'), 'utf8')).toBe(PASSWORD);
  });

  it('keeps build secrets in files of their own that nobody else can read, and out of the arguments', async () => {
    const made = await home(undefined);
    await fakeDocker(made);
    const docker = await Docker.create(settingsFor(made), 'host', true);
    const inputs = { ...ENOUGH, secrets: 'npm=Ωtoken=with=signs\n../../escape=Ωother\n..=Ωparent' };
    const { config } = readConfig(environmentOf(inputs));
    await docker.build(config.build, { reference: 'host/app:v1', labels: {} }, () => undefined);
    const called = await argv(made);
    expect(called).not.toContain('Ω');
    const files = [...called.matchAll(/src=([^\]]+)\]/g)].map(([, path = '']) => path);
    expect(files).toHaveLength(3);
    for (const file of files) {
      expect(file.startsWith(`${made.own}/build-secrets/`)).toBe(true);
      expect(file.slice(made.own.length + 15)).toMatch(/^[^/]+$/);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
    expect(await readFile(files[0] ?? '', 'utf8')).toBe('Ωtoken=with=signs');
  });

  it.each([
    [
      'echo "{\\"Client\\":{\\"Version\\":\\"28.2.2\\"},\\"Server\\":{\\"Version\\":\\"20.10\\"}}"',
      { client: '28.2.2', server: '20.10' },
    ],
    [
      'echo "{\\"Client\\":{\\"Version\\":\\"28.2.2\\"},\\"Server\\":null}"; echo "Cannot connect" >&2; exit 1',
      { unreachable: 'Cannot connect' },
    ],
    ['echo garbage', { unreachable: 'garbage' }],
    ['exit 0', { client: 'unknown', server: 'unknown' }],
    ['echo Docker version 24.0.5, build x', { client: '24.0.5', server: '24.0.5' }],
    ['exit 1', { unreachable: 'exit code 1' }],
  ])('reads the versions of %s', async (script, expected) => {
    const made = await home(undefined);
    await fakeDocker(made, script);
    expect(await engineVersion(ASKED, settingsFor(made))).toMatchObject(expected);
  });

  it('throws where there is no docker at all', async () => {
    const made = await home(undefined);
    await expect(
      engineVersion(ASKED, { ...settingsFor(made), environment: { PATH: made.bin } }),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('bears an engine that knows no digests of the image', async () => {
    const made = await home(undefined);
    await fakeDocker(made, 'echo null');
    const docker = await Docker.create(settingsFor(made), 'host', false);
    expect(await docker.pushedDigest('host/app:v1')).toBeUndefined();
  });
});

describe.runIf(hasDocker)("docker's own command line", () => {
  async function loggedIn(config: unknown, helpers: readonly string[]) {
    const registry = await startRegistry();
    closing.push(() => registry.close());
    const text = config === undefined ? undefined : JSON.stringify(config).replaceAll('HOST', registry.host);
    const made = await home(text, helpers);
    const before = await made.userFiles();
    const docker = await Docker.create(settingsFor(made), registry.host, false);
    const password = Buffer.from(registry.tokens.issue().authorizationToken, 'base64')
      .toString('utf8')
      .slice(4);
    const login = await docker.login(registry.host, 'AWS', password);
    expect(login).toMatchObject({ exitCode: 0 });
    expect(await made.userFiles()).toEqual(before);
    const own = await made.ownConfig();
    return { made, docker, registry, password, own };
  }

  it.each<readonly [string, unknown, readonly string[]]>([
    ['no configuration', undefined, []],
    ['no configuration, and the helper that docker uses by default', undefined, ['secretservice', 'pass']],
    ['an empty configuration, and the helper that docker uses by default', {}, ['secretservice', 'pass']],
    ['a store for all logins', { credsStore: 'test' }, ['test']],
    ['a helper for our registry', { credHelpers: { HOST: 'test' } }, ['test']],
    ['a store, and a login at our registry', { credsStore: 'test', auths: { HOST: {} } }, ['test']],
    ['other logins', { auths: { 'ghcr.io': { auth: 'YTpi' } } }, []],
  ])('keeps the password in our file, and from every helper, with %s', async (_, config, helpers) => {
    const { made, own, registry, password } = await loggedIn(config, helpers);
    const auths = own['auths'] as Record<string, { auth?: string }>;
    expect(Buffer.from(auths[registry.host]?.auth ?? '', 'base64').toString('utf8')).toBe(`AWS:${password}`);
    const calls = await made.helperCalls();
    expect(calls.filter((call) => call.startsWith('store') || call.includes(password))).toEqual([]);
    expect((await stat(join(made.own, 'docker', 'config.json'))).mode & 0o777).toBe(0o600);
  });

  it("keeps the user's other logins beside ours", async () => {
    const { own } = await loggedIn(
      { auths: { 'ghcr.io': { auth: 'YTpi' } }, credHelpers: { 'gcr.io': 'test' } },
      ['test'],
    );
    expect(own['auths']).toMatchObject({ 'ghcr.io': { auth: 'YTpi' } });
    expect(own['credHelpers']).toMatchObject({ 'gcr.io': 'test' });
  });

  it("gives docker's own words for a wrong password", async () => {
    const registry = await startRegistry();
    closing.push(() => registry.close());
    const made = await home(undefined);
    const docker = await Docker.create(settingsFor(made), registry.host, false);
    const login = await docker.login(registry.host, 'AWS', 'wrong');
    expect(login.exitCode).not.toBe(0);
    expect(login.stderr).toMatch(/unauthorized|401|Not Authorized/i);
  });

  it('is ended by a cancel', async () => {
    const made = await home(undefined);
    const controller = new AbortController();
    const docker = await Docker.create(settingsFor(made, controller.signal), 'host', false);
    controller.abort(new Error('cancelled'));
    await expect(docker.push('host/app:v1', () => undefined)).rejects.toThrow('cancelled');
  });
});
