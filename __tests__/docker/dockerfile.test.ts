import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDockerfile } from '../../src/docker/dockerfile.ts';

const TEXT = `# syntax=docker/dockerfile:1
ARG BASE=python:3.12
FROM --platform=$BUILDPLATFORM node:24 AS Assets
ARG NODE_ENV VERSION=1
RUN npm ci

FROM \${BASE} AS build
arg TOKEN
FROM build
COPY --from=assets /dist /dist
`;

describe('parseDockerfile', () => {
  it('gives stages with their lines, and all arguments', async () => {
    const file = await parseDockerfile(TEXT);
    expect(file?.stages.map(({ name, line }) => [name, line])).toEqual([
      ['Assets', 3],
      ['build', 7],
      [undefined, 9],
    ]);
    expect([...(file?.declaredArgs ?? [])].sort()).toEqual(['BASE', 'NODE_ENV', 'TOKEN', 'VERSION']);
  });

  it.each<readonly [string | undefined, number | undefined]>([
    [undefined, 9],
    ['build', 7],
    ['BUILD', 7],
    ['assets', 3],
    ['0', 3],
    ['2', 9],
    ['3', undefined],
    ['prod', undefined],
  ])('finds the stage %s', async (target, line) => {
    expect((await parseDockerfile(TEXT))?.stage(target)?.line).toBe(line);
  });

  it.each<readonly [string, string | undefined]>([
    ['FROM scratch', undefined],
    ['FROM --platform=linux/arm64 scratch', 'linux/arm64'],
    ['FROM --platform=$TARGETPLATFORM scratch', undefined],
    ['FROM --platform=${BUILDPLATFORM} scratch', undefined],
    ['ARG P\nFROM --platform=$P scratch', 'unknown'],
    ['FROM --platform=linux/arm64 x AS base\nFROM base AS app\nFROM app', 'linux/arm64'],
    ['FROM --platform=linux/arm64 x AS base\nFROM y', undefined],
    // A stage named as its own base does not go round in circles.
    ['FROM app AS app', undefined],
    ['FROM a AS b\nFROM b AS a\nFROM a AS b', undefined],
  ])('%j is built for %s', async (text, platform) => {
    expect((await parseDockerfile(text))?.platformOf(undefined)).toBe(platform);
  });

  it.each(['', '# nothing\n', 'RUN x\n', '# syntax=acme/own-frontend\nFROM x\n'])(
    'has nothing to say of %j',
    async (text) => {
      expect(await parseDockerfile(text)).toBeUndefined();
    },
  );

  it('ends a line where docker does, and not at a carriage return alone', async () => {
    const file = await parseDockerfile('FROM a\rRUN x\r\nFROM b AS c\n');
    expect(file?.stages.map(({ name, line }) => [name, line])).toEqual([
      [undefined, 1],
      ['c', 2],
    ]);
  });

  it('follows a chain of ten thousand stages to its first', async () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => `FROM s${i} AS s${i + 1}`);
    const file = await parseDockerfile(`FROM --platform=linux/arm64 x AS s0\n${chain.join('\n')}`);
    expect(file?.platformOf(undefined)).toBe('linux/arm64');
  });

  it('never throws, whatever the text', async () => {
    const line = fc.oneof(
      fc.constantFrom('FROM', 'FROM x AS', 'ARG', 'ARG =', 'FROM --platform=', '# escape=`', 'RUN <<EOF'),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const file = await parseDockerfile(lines.join('\n'));
        file?.platformOf(undefined);
        file?.stage('x');
      }),
    );
  });
});
