import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { endLeftProcesses } from '../../src/runner/left-processes.ts';

const FOLDER = '/tmp/deploy-guard-abcdef';
const JOB = { RUNNER_TRACKING_ID: 'github_left-processes-test' };
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

async function start(
  env: Readonly<Record<string, string>>,
  script = 'echo up; sleep 60',
): Promise<ChildProcess> {
  const child = spawn('/bin/sh', ['-c', script], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

const ended = (child: ChildProcess) =>
  new Promise<string | null>((resolve) => {
    if (child.signalCode !== null) resolve(child.signalCode);
    else child.once('exit', (_, signal) => resolve(signal));
  });

describe.skipIf(!existsSync('/proc/self/environ'))('endLeftProcesses', () => {
  it('ends those that carry the job and name the folder, and what is in it', async () => {
    const ours = await Promise.all([
      start({ ...JOB, DEPLOY_GUARD_FOLDER: FOLDER }, 'echo up; exec sleep 60'),
      start({ ...JOB, DOCKER_CONFIG: `${FOLDER}/docker` }, 'echo up; exec sleep 60'),
    ]);
    expect(await endLeftProcesses(FOLDER, JOB)).toBe(2);
    expect(await Promise.all(ours.map(ended))).toEqual(['SIGTERM', 'SIGTERM']);
  });

  it('kills what does not listen, two seconds later', async () => {
    const deaf = await start(
      { ...JOB, DEPLOY_GUARD_FOLDER: FOLDER },
      'trap "" TERM; echo up; while :; do sleep 0.1; done',
    );
    const before = Date.now();
    await endLeftProcesses(FOLDER, JOB);
    expect(await ended(deaf)).toBe('SIGKILL');
    expect(Date.now() - before).toBeGreaterThan(1_900);
  });

  it.each([
    ["another step's", JOB],
    ["another run's", { ...JOB, DEPLOY_GUARD_FOLDER: '/tmp/deploy-guard-ABCDEF' }],
    ['one whose folder only begins alike', { ...JOB, DEPLOY_GUARD_FOLDER: `${FOLDER}x` }],
    ["another job's", { RUNNER_TRACKING_ID: 'github_other', DEPLOY_GUARD_FOLDER: FOLDER }],
    ['one without a job', { DEPLOY_GUARD_FOLDER: FOLDER }],
  ])('leaves alone %s', async (_, env) => {
    const other = await start(env, 'echo up; exec sleep 60');
    expect(await endLeftProcesses(FOLDER, JOB)).toBe(0);
    expect(await endLeftProcesses(FOLDER, {})).toBe(0);
    expect([other.exitCode, other.signalCode]).toEqual([null, null]);
  });
});
