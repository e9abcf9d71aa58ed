import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineSeconds, parseCalls, setUpDockerClock } from '../../bench/docker-clock.ts';

describe('engineSeconds', () => {
  const call = (args: string) => ({ from: 10, to: 12.5, args });

  it('counts builds and pushes, however they are called', () => {
    for (const args of [
      'build -t app .',
      'buildx build --push .',
      'push host/app:latest',
      'image push host/app',
    ]) {
      expect(engineSeconds([call(args)]), args).toBe(2.5);
    }
  });

  it('leaves what only asks or logs in to the overhead', () => {
    for (const args of [
      'version --format x',
      'info',
      'login -u AWS host',
      'buildx version',
      'buildx inspect build',
    ]) {
      expect(engineSeconds([call(args)]), args).toBe(0);
    }
  });
});

describe('the docker clock', () => {
  let engine = '';
  beforeEach(() => {
    engine = mkdtempSync(join(tmpdir(), 'engine-'));
  });
  afterEach(() => rmSync(engine, { recursive: true }));

  it('passes a call on, with its arguments, input and exit code, and notes it', () => {
    writeFileSync(join(engine, 'docker'), '#!/bin/sh\ncat\nprintf "%s|" "$@"\nexit 3\n');
    chmodSync(join(engine, 'docker'), 0o755);
    const clock = setUpDockerClock(engine);
    try {
      let said = '';
      try {
        execFileSync(join(clock.path, 'docker'), ['push', 'a b', 'c\nd'], { input: 'in|', encoding: 'utf8' });
      } catch (error) {
        const { status, stdout } = error as { status: number; stdout: string };
        said = `${stdout} ${status}`;
      }
      expect(said).toBe('in|push|a b|c\nd| 3');
      const [noted, ...others] = clock.calls();
      expect(others).toEqual([]);
      expect(noted?.args).toBe('push a b c d');
      expect(noted?.to).toBeGreaterThanOrEqual(noted?.from ?? Number.NaN);
    } finally {
      clock.remove();
    }
  });

  it('reads nothing from an empty file', () => {
    expect(parseCalls('')).toEqual([]);
  });
});
