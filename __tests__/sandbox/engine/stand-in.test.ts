import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StandIn, setUpStandIn } from '../../../sandbox/engine/stand-in.ts';
import type { RegistryFault } from '../../../sandbox/registry/http.ts';
import { type RegistryUnderTest, startRegistry } from '../registry/registry-server.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let standIn: StandIn;
let folder: string;
let registry: RegistryUnderTest;
let fault: RegistryFault | undefined;

beforeAll(() => {
  standIn = setUpStandIn();
});
afterAll(() => standIn.remove());
beforeEach(async () => {
  fault = undefined;
  registry = await startRegistry(() => fault);
  registry.store.createRepository('app');
  folder = mkdtempSync(join(tmpdir(), 'stand-in-test-'));
});
afterEach(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(args: readonly string[], engine: StandIn = standIn) {
  // Only what the launcher needs: it must not depend on the node of PATH.
  const env = { PATH: '/usr/bin:/bin', DOCKER_CONFIG: join(folder, 'config'), HOME: folder };
  return spawn(join(engine.path, 'docker'), args, { cwd: folder, env });
}

async function docker(args: readonly string[], input = '', engine: StandIn = standIn): Promise<Ended> {
  const child = start(args, engine);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, body] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), body);
  }
}

const password = () => Buffer.from(registry.tokens.issue().authorizationToken, 'base64').toString().slice(4);
const login = () => docker(['login', '--username', 'AWS', '--password-stdin', registry.host], password());

/** The paths in the layers of a pushed image, lowest first, as the system's tar sees them. */
function pushedPaths(tag: string): readonly string[] {
  const manifest = JSON.parse(registry.store.resolve('app', tag)?.body.toString() ?? '{}') as {
    layers: { digest: string }[];
  };
  return manifest.layers.flatMap(({ digest }) => {
    const tar = gunzipSync(registry.store.blob('app', digest) ?? Buffer.alloc(0));
    return spawnSync('tar', ['-tvf', '-'], { input: tar, encoding: 'utf8' })
      .stdout.trim()
      .split('\n')
      .map((line) => `${line.split(/\s+/)[0]} ${line.split(/\s+/).slice(5).join(' ')}`);
  });
}

function pushedConfig(tag: string): { config: Record<string, unknown>; architecture: string } {
  const manifest = JSON.parse(registry.store.resolve('app', tag)?.body.toString() ?? '{}') as {
    config: { digest: string };
  };
  return JSON.parse(registry.store.blob('app', manifest.config.digest)?.toString() ?? '{}') as ReturnType<
    typeof pushedConfig
  >;
}

async function buildAndPush(...args: readonly string[]): Promise<Ended> {
  await login();
  const reference = `${registry.host}/app:v1`;
  const built = await docker(['build', '--tag', reference, ...args, '.']);
  expect(built.err).toBe('deploy-guard sandbox: this is the stand-in engine, not docker\n');
  expect(built.code).toBe(0);
  return docker(['push', reference]);
}

describe('what it is', () => {
  it('says its version for client and server, and that it is a stand-in', async () => {
    const { code, out } = await docker(['version', '--format', '{{json .}}']);
    const { Client, Server } = JSON.parse(out) as {
      Client: { Version: string };
      Server: { Version: string };
    };
    expect([code, Client.Version, Server.Version]).toEqual([0, '28.0.0-stand-in', '28.0.0-stand-in']);
  });

  it('has no buildx, and fails as a docker without it', async () => {
    const { code, err } = await docker(['buildx', 'version']);
    expect([code, err]).toEqual([1, "docker: 'buildx' is not a docker command.\nSee 'docker --help'\n"]);
  });

  it('knows no other command and no other flag', async () => {
    expect((await docker(['run', 'x'])).err).toContain('docker: unknown command: docker run');
    const flag = await docker(['build', '--bogus', '.']);
    expect([flag.code, flag.err]).toEqual([125, expect.stringContaining('unknown flag: --bogus')]);
  });
});

describe('a login', () => {
  it('is checked at the registry, kept in DOCKER_CONFIG beside what is there, and forgotten', async () => {
    write({ 'config/config.json': '{"auths":{"other":{"auth":"eA=="}},"proxies":{"default":{}}}' });
    const given = password();
    const { code, out } = await docker(
      ['login', '-u', 'AWS', '--password-stdin', registry.host],
      `${given}\n`,
    );
    expect([code, out]).toEqual([0, 'Login Succeeded\n']);
    const config = () => JSON.parse(readFileSync(join(folder, 'config', 'config.json'), 'utf8')) as unknown;
    const auth = Buffer.from(`AWS:${given}`).toString('base64');
    expect(config()).toEqual({
      auths: { other: { auth: 'eA==' }, [registry.host]: { auth } },
      proxies: { default: {} },
    });
    await docker(['logout', registry.host]);
    expect(config()).toEqual({ auths: { other: { auth: 'eA==' } }, proxies: { default: {} } });
  });

  it('fails with a password that the registry refuses', async () => {
    const { code, err } = await docker(['login', '-u', 'AWS', '--password-stdin', registry.host], 'wrong');
    expect([code, err]).toEqual([
      1,
      `Error response from daemon: login attempt to http://${registry.host}/v2/ failed with status: 401 Unauthorized\n`,
    ]);
  });
});

describe('a build', () => {
  it('packs what COPY names and makes a configuration, and a push brings both to the registry', async () => {
    write({
      Dockerfile:
        'ARG BASE=scratch\nFROM $BASE\nARG MODE\nENV MODE=${MODE:-dev} A="b c"\nWORKDIR /srv\nCOPY app/ ./app/\nCOPY --chmod=755 run.sh /bin/run\nLABEL from=dockerfile\nEXPOSE 80\nUSER 1000\nCMD ["/bin/run", "now"]\n',
      'app/main.py': 'print()\n',
      'app/deep/er.txt': 'x',
      'run.sh': '#!/bin/sh\n',
      'ignored.txt': 'x',
    });
    symlinkSync('main.py', join(folder, 'app', 'link'));
    const pushed = await buildAndPush('--label', 'deploy-guard.inputs=abc', '--build-arg', 'MODE=prod');
    const stored = registry.store.resolve('app', 'v1');
    expect(pushed.code).toBe(0);
    expect(pushed.out.trimEnd().split('\n').at(-1)).toBe(
      `v1: digest: ${stored?.digest} size: ${stored?.body.length}`,
    );
    expect(pushedPaths('v1')).toEqual([
      'drwxr-xr-x srv/',
      'drwxr-xr-x srv/app/',
      'drwxr-xr-x srv/app/deep/',
      '-rw-r--r-- srv/app/deep/er.txt',
      'lrwxrwxrwx srv/app/link -> main.py',
      '-rw-r--r-- srv/app/main.py',
      'drwxr-xr-x bin/',
      '-rwxr-xr-x bin/run',
    ]);
    expect(pushedConfig('v1').config).toMatchObject({
      Env: [expect.stringContaining('PATH='), 'MODE=prod', 'A=b c'],
      WorkingDir: '/srv',
      Labels: { from: 'dockerfile', 'deploy-guard.inputs': 'abc' },
      ExposedPorts: { '80/tcp': {} },
      User: '1000',
      Cmd: ['/bin/run', 'now'],
    });
    const digests = await docker([
      'image',
      'inspect',
      '--format',
      '{{json .RepoDigests}}',
      `${registry.host}/app:v1`,
    ]);
    expect(JSON.parse(digests.out)).toEqual([`${registry.host}/app@${stored?.digest}`]);
  });

  it('has the same digest for the same content, and no layer is sent twice', async () => {
    write({ Dockerfile: 'FROM scratch\nCOPY a /\n', a: 'same' });
    await buildAndPush();
    const first = registry.store.resolve('app', 'v1')?.digest;
    const { out } = await buildAndPush('--no-cache');
    expect(registry.store.resolve('app', 'v1')?.digest).toBe(first);
    expect(out).toContain('Layer already exists');
    expect(registry.store.counts().uploadsCompleted).toBe(2);
    write({ a: 'other' });
    await buildAndPush();
    expect(registry.store.resolve('app', 'v1')?.digest).not.toBe(first);
  });

  it('builds stages up to the target, copies between them, and writes the image id', async () => {
    write({
      Dockerfile:
        'FROM scratch AS base\nCOPY a /from/\nFROM scratch AS final\nCOPY --from=base /from/a /to/\nFROM final\nCOPY b /\n',
      a: 'x',
      b: 'y',
    });
    const { code } = await buildAndPush('--target', 'final', '--iidfile', 'iid', '--platform', 'linux/arm64');
    expect(code).toBe(0);
    expect(pushedPaths('v1')).toEqual(['drwxr-xr-x to/', '-rw-r--r-- to/a']);
    expect(pushedConfig('v1').architecture).toBe('arm64');
    const inspected = await docker([
      'image',
      'inspect',
      '--format',
      '{{.Id}}',
      readFileSync(join(folder, 'iid'), 'utf8'),
    ]);
    expect(inspected.out.trim()).toBe(readFileSync(join(folder, 'iid'), 'utf8'));
  });

  it('leaves out what .dockerignore names, and packs long names', async () => {
    const long = `${'long-'.repeat(30)}name.txt`;
    write({
      Dockerfile: 'FROM scratch\nCOPY . /\n',
      '.dockerignore': '**/*.secret\nDockerfile\n.dockerignore\nconfig\n',
      'x.secret': '',
      'd/y.secret': '',
      [`d/${long}`]: '',
    });
    await buildAndPush();
    expect(pushedPaths('v1')).toEqual(['drwxr-xr-x d/', `-rw-r--r-- d/${long}`]);
  });

  it('stays a context that cannot be read for what a folder may not be', async () => {
    write({ Dockerfile: 'FROM scratch\nCOPY fifo /\n' });
    spawnSync('mkfifo', [join(folder, 'fifo')]);
    const { code, err } = await docker(['build', '.']);
    expect([code, err]).toEqual([1, expect.stringContaining('fifo is neither a file, a folder nor a link')]);
  });
});

describe('a build that fails', () => {
  it.each([
    [
      'no Dockerfile',
      undefined,
      1,
      'unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat',
    ],
    ['an empty Dockerfile', '# nothing\n', 1, 'the Dockerfile (Dockerfile) cannot be empty'],
    [
      'an unknown instruction',
      'FROM scratch\nCOPPY a b\n',
      1,
      'dockerfile parse error line 2: unknown instruction: COPPY',
    ],
    ['no FROM', 'COPY a b\n', 1, 'no build stage in current context'],
    [
      'a missing source',
      'FROM scratch\nCOPY nope /\n',
      1,
      'COPY failed: file not found in build context or excluded by .dockerignore: stat nope: file does not exist',
    ],
    [
      'an image to pull',
      'FROM python:3.13\n',
      1,
      'the stand-in engine pulls no images: FROM python:3.13 in line 1',
    ],
    [
      'a command to run',
      'FROM scratch\nRUN echo\n',
      1,
      'the stand-in engine runs no commands: RUN in line 2 needs a real engine',
    ],
    [
      'a URL to fetch',
      'FROM scratch\nADD https://x.example/a /\n',
      1,
      "can't ADD https://x.example/a (line 2)",
    ],
  ])('%s', async (_what, dockerfile, exitCode, message) => {
    if (dockerfile !== undefined) write({ Dockerfile: dockerfile });
    const { code, err } = await docker(['build', '--tag', 'x', '.']);
    expect([code, err]).toEqual([exitCode, expect.stringContaining(message)]);
    expect((await docker(['image', 'inspect', 'x'])).code).toBe(1);
  });

  it.each([
    [['build', '--target', 'nope', '.'], 1, 'failed to reach build target nope in Dockerfile'],
    [['build', 'nowhere'], 1, 'unable to prepare context: path "nowhere" not found'],
    [['build', '--tag', 'UPPER:1', '.'], 1, 'invalid reference format: repository name must be lowercase'],
    [['build'], 1, "'docker build' requires 1 argument"],
  ])('%j', async (args, exitCode, message) => {
    write({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' });
    const { code, err } = await docker(args);
    expect([code, err]).toEqual([exitCode, expect.stringContaining(message)]);
  });
});

describe('a push as an index', () => {
  it('tags an OCI index of the image and an attestation, as newer engines do', async () => {
    const engine = setUpStandIn({ pushFormat: 'oci-index' });
    write({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' });
    const reference = `${registry.host}/app:v1`;
    await login();
    await docker(['build', '--tag', reference, '.'], '', engine);
    const { code, out } = await docker(['push', reference], '', engine);
    engine.remove();
    const stored = registry.store.resolve('app', 'v1');
    expect([code, stored?.mediaType]).toEqual([0, 'application/vnd.oci.image.index.v1+json']);
    expect(out).toContain(`v1: digest: ${stored?.digest} size: ${stored?.body.length}`);
    const index = JSON.parse(stored?.body.toString() ?? '{}') as {
      manifests: { digest: string; platform: { os: string }; annotations?: Record<string, string> }[];
    };
    const [image, attestation] = index.manifests;
    expect([image?.platform.os, attestation?.platform.os]).toEqual(['linux', 'unknown']);
    expect(attestation?.annotations?.['vnd.docker.reference.digest']).toBe(image?.digest);
    expect(registry.store.images('app').length).toBe(3);
  });
});

describe('a push that fails', () => {
  beforeEach(() => write({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' }));

  it('of an image that is not here, and without a login', async () => {
    expect((await docker(['push', `${registry.host}/nope:v1`])).err).toBe(
      `An image does not exist locally with the tag: ${registry.host}/nope\n`,
    );
    await docker(['build', '--tag', `${registry.host}/app:v1`, '.']);
    expect((await docker(['push', `${registry.host}/app:v1`])).err).toBe('no basic auth credentials\n');
  });

  it('passes on what the registry says', async () => {
    registry.store.createRepository('fixed', { mutability: 'IMMUTABLE' });
    await buildAndPush();
    await docker(['tag', `${registry.host}/app:v1`, `${registry.host}/nope:v1`]);
    await docker(['tag', `${registry.host}/app:v1`, `${registry.host}/fixed:v1`]);
    expect((await docker(['push', `${registry.host}/nope:v1`])).err).toBe(
      "name unknown: The repository with name 'nope' does not exist in the registry with id '123456789012'\n",
    );
    await docker(['push', `${registry.host}/fixed:v1`]);
    const again = await docker(['push', `${registry.host}/fixed:v1`]);
    expect([again.code, again.err]).toEqual([
      1,
      expect.stringContaining("tag invalid: The image tag 'v1' already exists"),
    ]);
    registry.clock.ms += 13 * 3_600_000;
    expect((await docker(['push', `${registry.host}/app:v1`])).err).toBe(
      'denied: Your authorization token has expired. Reauthenticate and try again.\n',
    );
  });

  it('names a registry that does not answer, or answers with an error of its own', async () => {
    await buildAndPush();
    const closed = await startRegistry();
    await closed.close();
    await docker(['tag', `${registry.host}/app:v1`, `${closed.host}/app:v1`]);
    expect((await docker(['push', `${closed.host}/app:v1`])).err).toContain(
      `dial tcp ${closed.host}: connect: connection refused`,
    );
    fault = { status: 503 };
    const failed = await docker(['push', `${registry.host}/app:v1`]);
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('503')]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at %s with %d', async (signal, exitCode) => {
    await buildAndPush();
    fault = 'hang';
    const child = start(['push', `${registry.host}/app:v1`]);
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    child.kill(signal);
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(exitCode);
  });
});

describe('beside a real docker', () => {
  const real = spawnSync('docker', ['version', '--format', '{{.Server.Version}}']).status === 0;

  it.skipIf(!real)('fails where it fails, with the same exit codes', async () => {
    write({
      Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n',
      Missing: 'FROM scratch\nCOPY nope /\n',
      Unknown: 'FROM scratch\nCOPPY a /\n',
      Empty: '',
      NoFrom: 'COPY a /\n',
    });
    for (const args of [
      ['build', '-q', '.'],
      ['build', '-f', 'Missing', '.'],
      ['build', '-f', 'Unknown', '.'],
      ['build', '-f', 'Empty', '.'],
      ['build', '-f', 'NoFrom', '.'],
      ['build', '-f', 'Absent', '.'],
      ['build', '--target', 'x', '.'],
      ['build', '--bogus', '.'],
      ['build', 'absent'],
      ['build'],
      ['image', 'inspect', 'absent:1'],
      ['image', 'inspect', '--format', '{{json .RepoDigests}}', 'absent:1'],
      ['push', `${registry.host}/absent:1`],
      ['tag', 'absent:1', 'x:1'],
      ['logout', 'absent:5'],
      ['absent-command'],
    ]) {
      const env = { ...process.env, DOCKER_CONFIG: join(folder, 'config') };
      const theirs = spawnSync('docker', args, { cwd: folder, env, encoding: 'utf8' });
      expect([args, (await docker(args)).code]).toEqual([args, theirs.status]);
    }
  });
});
