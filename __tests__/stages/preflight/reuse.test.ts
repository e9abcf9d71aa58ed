import { describe, expect, it } from 'vitest';
import { buildInputsHash, INPUTS_LABEL, REVISION_LABEL } from '../../../src/docker/build-command.ts';
import type { InputName } from '../../../src/stages/inputs/schema.ts';
import { isReusable } from '../../../src/stages/preflight/reuse.ts';
import { checkContext } from './check-context.ts';

const tagged = {
  digest: `sha256:${'a'.repeat(64)}`,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  body: Buffer.from('{}'),
};

/** Whether an image built with `builtWith` is used again for `inputs`. */
function reusable(
  inputs: Partial<Record<InputName, string>>,
  builtWith: Partial<Record<InputName, string>> | undefined,
): boolean {
  const labels: Record<string, string> = builtWith
    ? { [INPUTS_LABEL]: buildInputsHash(checkContext(builtWith).config.build) }
    : {};
  return isReusable(checkContext(inputs).config, {
    tagged,
    taggedConfig: { platform: 'linux/amd64', labels },
    latest: undefined,
    extras: new Map(),
    commit: undefined,
  });
}

describe('isReusable', () => {
  it.each<
    readonly [Partial<Record<InputName, string>>, Partial<Record<InputName, string>> | undefined, boolean]
  >([
    [{}, {}, true],
    [{ 'build-args': 'A=1\nB=2' }, { 'build-args': 'B=2\nA=1' }, true],
    [{ labels: 'a=b', pull: 'true' }, {}, true],
    [{ 'build-args': 'A=1' }, { 'build-args': 'A=2' }, false],
    [{ context: 'app' }, {}, false],
    [{ target: 'prod' }, { target: 'dev' }, false],
    [{ platforms: 'linux/arm64' }, {}, false],
    [{ file: 'x' }, {}, false],
    [{}, undefined, false],
    [{ 'reuse-image': 'false' }, {}, false],
  ])('%j, with an image of %j: %s', (inputs, builtWith, expected) => {
    expect(reusable(inputs, builtWith)).toBe(expected);
  });

  const mine = 'a'.repeat(40);
  const other = 'b'.repeat(40);

  it.each([
    ["the commit's own tag", undefined, undefined, true],
    ["the commit's own tag, named", mine, undefined, true],
    ["another commit's tag", other, undefined, false],
    ['a constant tag, with an image of this commit', 'production', mine, true],
    ['a constant tag, with an image of another commit', 'production', other, false],
    ['a constant tag, with an image that does not say', 'production', undefined, false],
  ] as const)('takes no image of another commit: %s', (_, tag, revision, expected) => {
    const { config } = checkContext(tag === undefined ? {} : { 'image-tag': tag });
    const labels = {
      [INPUTS_LABEL]: buildInputsHash(config.build),
      ...(revision ? { [REVISION_LABEL]: revision } : {}),
    };
    const images = { tagged, latest: undefined, extras: new Map(), commit: mine };
    expect(isReusable(config, { ...images, taggedConfig: { platform: 'linux/amd64', labels } })).toBe(
      expected,
    );
  });

  it('needs an image that is there', () => {
    expect(
      isReusable(checkContext({}).config, {
        tagged: undefined,
        taggedConfig: undefined,
        latest: tagged,
        extras: new Map(),
        commit: undefined,
      }),
    ).toBe(false);
    expect(
      isReusable(checkContext({}).config, {
        tagged,
        taggedConfig: undefined,
        latest: undefined,
        extras: new Map(),
        commit: undefined,
      }),
    ).toBe(false);
  });
});
