import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegistryUnderTest, startRegistry } from './registry-server.ts';

const run = promisify(execFile);
const engineAnswers = spawnSync('docker', ['version', '--format', '{{.Server.Version}}']).status === 0;

describe.skipIf(!engineAnswers)('a real docker', () => {
  let registry: RegistryUnderTest;
  let folder: string;
  const docker = (...args: string[]) =>
    run('docker', args, { env: { ...process.env, DOCKER_CONFIG: folder } });

  beforeAll(async () => {
    registry = await startRegistry();
    registry.store.createRepository('team/app');
    registry.store.createRepository('fixed', { mutability: 'IMMUTABLE' });
    folder = mkdtempSync(join(tmpdir(), 'registry-test-'));
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY marker /\nCMD ["/marker"]\n');
    writeFileSync(join(folder, 'marker'), `${registry.host}\n`);
    const login = docker('login', '--username', 'AWS', '--password-stdin', registry.host);
    const password = Buffer.from(registry.tokens.issue().authorizationToken, 'base64').toString().slice(4);
    login.child.stdin?.end(password);
    await login;
    await docker('build', '-t', `${registry.host}/team/app:v1`, folder);
  });

  afterAll(async () => {
    await docker('image', 'rm', '-f', `${registry.host}/team/app:v1`).catch(() => undefined);
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('pushes, finds the layers there the second time, and pulls by digest', async () => {
    const reference = `${registry.host}/team/app:v1`;
    const first = await docker('push', reference);
    const digest = /v1: digest: (sha256:[0-9a-f]{64}) size: \d+/.exec(first.stdout)?.[1];
    expect(registry.store.resolve('team/app', 'v1')?.digest).toBe(digest);
    const uploads = registry.store.counts().uploadsCompleted;
    expect(uploads).toBeGreaterThanOrEqual(2);
    expect((await docker('push', reference)).stdout).toContain('Layer already exists');
    expect(registry.store.counts().uploadsCompleted).toBe(uploads);
    await docker('image', 'rm', reference);
    expect((await docker('pull', `${registry.host}/team/app@${digest}`)).stdout).toContain(digest);
    await docker('tag', `${registry.host}/team/app@${digest}`, reference);
  });

  it('passes on what ECR says of a missing repository and an immutable tag', async () => {
    await docker('tag', `${registry.host}/team/app:v1`, `${registry.host}/nope:v1`);
    await expect(docker('push', `${registry.host}/nope:v1`)).rejects.toThrow(
      "The repository with name 'nope' does not exist in the registry with id '123456789012'",
    );
    await docker('tag', `${registry.host}/team/app:v1`, `${registry.host}/fixed:v1`);
    await docker('push', `${registry.host}/fixed:v1`);
    await expect(docker('push', `${registry.host}/fixed:v1`)).rejects.toThrow(
      "tag invalid: The image tag 'v1' already exists in the 'fixed' repository and cannot be overwritten because the tag is immutable.",
    );
    await docker('image', 'rm', `${registry.host}/nope:v1`, `${registry.host}/fixed:v1`);
  });

  it('is told that its token has expired', async () => {
    registry.clock.ms += 13 * 3_600_000;
    await expect(docker('push', `${registry.host}/team/app:v1`)).rejects.toThrow(
      'Your authorization token has expired. Reauthenticate and try again.',
    );
  });
});
