import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../../src/runner/command.ts';
import { pushPatiently } from '../../../src/stages/image/push.ts';

const failed = (stderr: string, exitCode = 1): CommandResult => ({ exitCode, stdout: '', stderr });
const done: CommandResult = { exitCode: 0, stdout: 'digest', stderr: '' };

async function pushes(...ends: readonly CommandResult[]) {
  let calls = 0;
  const push = () => Promise.resolve(ends[calls++] ?? done);
  const result = await pushPatiently({ push }, 'registry/app:1', () => undefined, [0, 0]);
  return { calls, exitCode: result.exitCode };
}

describe('pushPatiently', () => {
  it.each([
    'received unexpected HTTP status: 503 Service Unavailable',
    'toomanyrequests: Rate exceeded',
    'Put "http://127.0.0.1/v2/app/manifests/1": EOF',
    'read tcp 10.0.0.1: connection reset by peer',
  ])('pushes again after: %s', async (words) => {
    expect(await pushes(failed(words), done)).toEqual({ calls: 2, exitCode: 0 });
  });

  it.each([
    'denied: requested access to the resource is denied',
    'unauthorized: Your authorization token has expired.',
    'name unknown: The repository does not exist',
    'tag invalid: The image tag already exists and is immutable',
  ])('does not after: %s', async (words) => {
    expect(await pushes(failed(words))).toEqual({ calls: 1, exitCode: 1 });
  });

  it('does not after a signal: the run was cancelled, or its time is over', async () => {
    expect(await pushes(failed('EOF', 143))).toEqual({ calls: 1, exitCode: 143 });
  });

  it('does not where the engine has tried for long by itself', async () => {
    let at = 0;
    let calls = 0;
    const push = () => {
      calls += 1;
      at += 50_000;
      return Promise.resolve(failed('received unexpected HTTP status: 503 Service Unavailable'));
    };
    await pushPatiently(
      { push },
      'registry/app:1',
      () => undefined,
      [0, 0],
      () => at,
    );
    expect(calls).toBe(1);
  });

  it('gives up after three', async () => {
    expect(await pushes(failed('EOF'), failed('EOF'), failed('EOF'))).toEqual({ calls: 3, exitCode: 1 });
  });
});
