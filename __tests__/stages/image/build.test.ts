import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../../src/runner/command.ts';
import { buildPatiently } from '../../../src/stages/image/build.ts';
import { readConfig } from '../../../src/stages/inputs/read-config.ts';
import { ENOUGH, environmentOf } from '../inputs/environment.ts';

const NOTICE = 'DEPRECATED: The legacy builder is deprecated and will be removed in a future release.';
const SWEPT = `unable to find image "sha256:${'4b'.repeat(32)}"`;
const failed = (stderr: string, exitCode = 1): CommandResult => ({ exitCode, stdout: '', stderr });
const done: CommandResult = { exitCode: 0, stdout: '', stderr: '' };

async function builds(...ends: readonly CommandResult[]) {
  const printed: string[] = [];
  let calls = 0;
  const build = () => Promise.resolve(ends[calls++] ?? done);
  const { config } = readConfig(environmentOf(ENOUGH));
  const names = { reference: 'registry/app:1', labels: {} };
  const result = await buildPatiently({ build }, config.build, names, (lines) => void printed.push(...lines));
  return { calls, exitCode: result.exitCode, printed };
}

describe('buildPatiently', () => {
  it("builds again where somebody removed images under the classic builder's hands, and says so", async () => {
    const built = await builds(failed(`${NOTICE}\n\n${SWEPT}\n`), done);
    expect(built).toMatchObject({ calls: 2, exitCode: 0 });
    expect(built.printed).toEqual([expect.stringContaining('another process removed images')]);
  });

  it('gives up after three builds', async () => {
    expect(await builds(failed(SWEPT), failed(SWEPT), failed(SWEPT))).toMatchObject({
      calls: 3,
      exitCode: 1,
    });
  });

  it.each([
    ['a build that succeeded', { ...done, stderr: SWEPT }],
    [
      'a step that printed the same',
      failed(`${SWEPT}\nThe command '/bin/sh -c make' returned a non-zero code: 2`),
    ],
    ['another image that is missing', failed('unable to find image "python:3.12"')],
    ['a step that failed', failed("The command '/bin/sh -c make' returned a non-zero code: 2")],
    ['a cancelled build', failed('context canceled', 143)],
  ])('builds once after %s', async (_, end) => {
    expect(await builds(end)).toMatchObject({ calls: 1, exitCode: end.exitCode, printed: [] });
  });
});
