import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findEngine } from '../../../sandbox/engine/engine.ts';

let folder: string;

/** A `docker` that does as the shell script says, and no other one on PATH. */
function onlyDocker(script: string | undefined): void {
  if (script !== undefined) {
    writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'docker'), 0o755);
  }
  vi.stubEnv('PATH', folder);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'engine-test-'));
  vi.stubEnv('DEPLOY_GUARD_REFUSE_STAND_IN', '');
  vi.stubEnv('DOCKER_HOST', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('finding an engine', () => {
  it('takes a docker whose server answers, with the address of its context', async () => {
    onlyDocker('case "$1" in version) echo 29.1.0;; context) echo unix:///home/me/docker.sock;; esac');
    expect(await findEngine({ refuseStandIn: true })).toMatchObject({
      kind: 'docker',
      path: '',
      version: '29.1.0',
      env: { DOCKER_HOST: 'unix:///home/me/docker.sock' },
    });
  });

  it.each([
    ['there is none', undefined, 'there is no docker on PATH'],
    [
      'its server is down',
      'echo "Cannot connect to the Docker daemon" >&2; exit 1',
      'Cannot connect to the Docker daemon',
    ],
    ['it names no server', 'echo', 'docker names no server'],
  ])('sets up the stand-in where %s, or refuses it with the reason', async (_what, script, reason) => {
    onlyDocker(script);
    const engine = await findEngine({ refuseStandIn: false });
    expect(engine.kind).toBe('stand-in');
    expect(engine.path).not.toBe('');
    engine.remove();
    await expect(findEngine({ refuseStandIn: true })).rejects.toThrow(reason);
    vi.stubEnv('DEPLOY_GUARD_REFUSE_STAND_IN', '1');
    await expect(findEngine({ refuseStandIn: false })).rejects.toThrow('the stand-in is refused');
  });
});
