import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openEngine } from '../../src/docker/open-engine.ts';
import type { EngineName } from '../../src/stages/inputs/config.ts';
import type { InputName } from '../../src/stages/inputs/schema.ts';
import { checkContext } from '../stages/preflight/check-context.ts';
import { type DockerHome, makeDockerHome } from './user-folder.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function home(): Promise<DockerHome> {
  const made = await makeDockerHome(undefined);
  closing.push(() => made.remove());
  return made;
}

/** Opens an engine whose program notes its words and two variables, and gives what it noted. */
async function opened(name: EngineName, registryHost: string, made: DockerHome) {
  const script = `#!/bin/sh\nfor a in "$@"; do printf '[%s]' "$a"; done >> '${made.own}/argv'\necho >> '${made.own}/argv'\nenv >> '${made.own}/env'\n`;
  await writeFile(join(made.bin, name), script);
  await chmod(join(made.bin, name), 0o755);
  const version = { name, client: '5', server: '5', buildx: undefined };
  const environment = { PATH: `${made.bin}${delimiter}${process.env['PATH'] ?? ''}`, HOME: made.user };
  const signal = new AbortController().signal;
  const settings = { workspace: '/work', environment, privateFolder: made.own, signal };
  const engine = await openEngine(version, { ...settings, workspace: made.own }, registryHost);
  const calls = async () => (await readFile(join(made.own, 'argv'), 'utf8')).trim().split('\n');
  return { engine, calls, environment: () => readFile(join(made.own, 'env'), 'utf8') };
}

const settings = (inputs: Partial<Record<InputName, string>>) => checkContext(inputs).config.build;
const names = { reference: 'host/app:v1', labels: { ours: '1' } };
const none = () => undefined;

describe.each([
  ['podman', '[build]'],
  ['buildah', '[build][--layers]'],
] as const)('%s', (name, build) => {
  it("names what docker would build, in docker's format, with a Dockerfile that is always named", async () => {
    const made = await home();
    const { engine, calls } = await opened(name, 'host', made);
    await engine.build(settings({ context: 'app' }), names, none);
    const file = join(made.own, 'app', 'Dockerfile');
    expect(await calls()).toEqual([
      `${build}[--format][docker][--tag][host/app:v1][--file][${file}][--label][ours=1][--][app]`,
    ]);
  });

  it('passes on every input that it can do, and no value of a secret or a build argument', async () => {
    const made = await home();
    const { engine, calls, environment } = await opened(name, 'host', made);
    const inputs = {
      file: 'docker/prod.Dockerfile',
      target: 'prod',
      'build-args': 'TOKEN=Ωarg\nHTTP_PROXY=http://p',
      labels: 'a=b',
      pull: 'true',
      'no-cache': 'true',
      secrets: 'one=Ωsecret',
      'secret-envs': 'two=VARIABLE',
      'secret-files': 'three=./key',
      ssh: 'default',
      'build-contexts': 'base=../base',
      'cache-from': 'type=registry,ref=host/cache',
      'cache-to': 'type=registry,ref=host/cache,mode=max',
    };
    await engine.build(settings(inputs), names, none);
    const [call = ''] = await calls();
    expect(call).not.toContain('Ω');
    expect(await environment()).toContain('TOKEN=Ωarg');
    for (const part of [
      `[--file][${made.own}/docker/prod.Dockerfile][--target][prod]`,
      '[--build-arg][TOKEN][--build-arg][HTTP_PROXY=http://p]',
      '[--label][ours=1][--label][a=b][--pull=always][--no-cache]',
      `[--secret][id=one,src=${made.own}/build-secrets/id-one]`,
      '[--secret][id=two,env=VARIABLE]',
      '[--secret][id=three,src=./key]',
      '[--ssh][default][--build-context][base=../base]',
      '[--cache-from][host/cache][--cache-to][host/cache]',
    ])
      expect(call).toContain(part);
  });

  it('makes and pushes a list for several platforms, without what an earlier run left in it', async () => {
    const made = await home();
    const { engine, calls } = await opened(name, 'host', made);
    await engine.build(settings({ platforms: 'linux/amd64,linux/arm64' }), names, none);
    await engine.push('host/app:v1', none);
    const [remove, built, pushed] = await calls();
    expect(remove).toBe('[manifest][rm][host/app:v1]');
    expect(built).toContain('[--manifest][host/app:v1]');
    expect(built).toContain('[--no-cache][--platform][linux/amd64,linux/arm64]');
    expect(pushed).toBe(
      `[manifest][push][--all][--digestfile][${made.own}/pushed-digest][host/app:v1][docker://host/app:v1]`,
    );
  });

  it.each([
    ['127.0.0.1:5000', true],
    ['localhost', true],
    ['123456789012.dkr.ecr.us-east-1.amazonaws.com', false],
    ['127.0.0.1.example.com', false],
    ['10.0.0.1:5000', false],
  ])('speaks to %s over plain http: %s', async (host, overHttp) => {
    const made = await home();
    const { engine, calls } = await opened(name, host, made);
    await engine.login(host, 'AWS', 'Ωpassword');
    await engine.push(`${host}/app:v1`, none);
    for (const call of await calls()) {
      expect(call.includes('[--tls-verify=false]')).toBe(overHttp);
      expect(call).not.toContain('Ω');
    }
  });

  it("has the user's logins beside ours in a file of its own, and leaves theirs alone", async () => {
    const made = await home();
    const theirs = join(made.user, '.config', 'containers', 'auth.json');
    await mkdir(join(made.user, '.config', 'containers'), { recursive: true });
    await mkdir(join(made.user, '.docker'));
    const text = JSON.stringify({ auths: { 'quay.io': { auth: 'YTpi' }, host: { auth: 'b2xk' } } });
    await writeFile(theirs, text);
    const docker = {
      auths: { 'ghcr.io': { auth: 'Yzpk' }, 'quay.io': { auth: 'ZTpm' } },
      credHelpers: { host: 'x' },
    };
    await writeFile(join(made.user, '.docker', 'config.json'), JSON.stringify(docker));
    const { engine, environment } = await opened(name, 'host', made);
    await engine.login('host', 'AWS', 'x');
    const ours = join(made.own, 'containers', 'auth.json');
    expect(await environment()).toContain(`REGISTRY_AUTH_FILE=${ours}`);
    const own = JSON.parse(await readFile(ours, 'utf8')) as unknown;
    expect(own).toMatchObject({ auths: { 'quay.io': { auth: 'YTpi' }, 'ghcr.io': { auth: 'Yzpk' } } });
    expect(JSON.stringify(own)).not.toMatch(/"host"/);
    expect((await stat(ours)).mode & 0o777).toBe(0o600);
    expect(await readFile(theirs, 'utf8')).toBe(text);
  });

  it('says which digest it pushed', async () => {
    const made = await home();
    const { engine } = await opened(name, 'host', made);
    expect(await engine.pushedDigest('host/app:v1')).toBeUndefined();
    const digest = `sha256:${'1'.repeat(64)}`;
    await writeFile(join(made.own, 'pushed-digest'), `${digest}\n`);
    expect(await engine.pushedDigest('host/app:v1')).toBe(digest);
  });
});

describe('nerdctl', () => {
  it('builds with BuildKit, pushes by itself, and all platforms where some are named', async () => {
    const made = await home();
    const { engine, calls } = await opened('nerdctl', '127.0.0.1:5000', made);
    await engine.login('127.0.0.1:5000', 'AWS', 'Ωpassword');
    const inputs = {
      platforms: 'linux/amd64,linux/arm64',
      secrets: 'one=Ωsecret',
      'cache-to': 'type=local,dest=a',
    };
    await engine.build(settings(inputs), names, none);
    await engine.push('127.0.0.1:5000/app:v1', none);
    expect(await calls()).toEqual([
      '[--insecure-registry][login][--username][AWS][--password-stdin][127.0.0.1:5000]',
      `[build][--progress=plain][--tag][host/app:v1][--label][ours=1][--platform][linux/amd64,linux/arm64][--secret][id=one,src=${made.own}/build-secrets/id-one][--cache-to][type=local,dest=a][--][.]`,
      '[--insecure-registry][push][--all-platforms][127.0.0.1:5000/app:v1]',
    ]);
  });

  it('asks a registry that is elsewhere over https alone', async () => {
    const made = await home();
    const { engine, calls } = await opened('nerdctl', 'host', made);
    await engine.push('host/app:v1', none);
    expect(await calls()).toEqual(['[push][host/app:v1]']);
  });
});
