import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildArguments, buildInputsHash, inputsThatNeedBuildx } from '../../src/docker/build-command.ts';
import type { BuildSettings } from '../../src/stages/inputs/config.ts';

const PLAIN: BuildSettings = {
  context: '.',
  file: undefined,
  target: undefined,
  buildArgs: [],
  labels: [],
  platforms: [],
  secrets: [],
  secretEnvs: [],
  secretFiles: [],
  ssh: [],
  buildContexts: [],
  cacheFrom: [],
  cacheTo: [],
  provenance: undefined,
  sbom: undefined,
  pull: false,
  noCache: false,
};
const names = { reference: 'host/app:v1', labels: {} };
const files = { secret: (id: string) => `/private/${id}`, metadata: '/private/metadata.json' };
const build = (settings: Partial<BuildSettings>, withBuildx = true) =>
  buildArguments({ ...PLAIN, ...settings }, names, withBuildx, files);

/** The values that follow an option, in order. */
function valuesOf(args: readonly string[], option: string): readonly string[] {
  return args.flatMap((arg, i) => (arg === option ? [args[i + 1] ?? ''] : []));
}

describe('buildArguments', () => {
  it('is a plain `docker build` without buildx', () => {
    expect(build({}, false)).toEqual(['build', '--tag', 'host/app:v1', '--', '.']);
  });

  it('builds and pushes in one with buildx', () => {
    expect(build({})).toEqual([
      'buildx',
      'build',
      '--push',
      '--progress=plain',
      '--metadata-file',
      '/private/metadata.json',
      '--tag',
      'host/app:v1',
      '--',
      '.',
    ]);
  });

  it.each<readonly [Partial<BuildSettings>, string, readonly string[]]>([
    [{ file: 'a/Dockerfile' }, '--file', ['a/Dockerfile']],
    [{ target: 'prod' }, '--target', ['prod']],
    [{ buildArgs: ['A=1', 'B=x y=$(id)'] }, '--build-arg', ['A=1', 'B=x y=$(id)']],
    [{ labels: ['a=b'] }, '--label', ['a=b']],
  ])('%j, with and without buildx', (settings, option, values) => {
    expect(valuesOf(build(settings), option)).toEqual(values);
    expect(valuesOf(build(settings, false), option)).toEqual(values);
  });

  it.each<readonly [Partial<BuildSettings>, string, readonly string[]]>([
    [{ platforms: ['linux/amd64', 'linux/arm64'] }, '--platform', ['linux/amd64,linux/arm64']],
    [{ secrets: ['npm=token'] }, '--secret', ['id=npm,src=/private/npm']],
    [{ secretEnvs: ['pip=PIP_TOKEN'] }, '--secret', ['id=pip,env=PIP_TOKEN']],
    [{ secretFiles: ['key=./key.pem'] }, '--secret', ['id=key,src=./key.pem']],
    [{ ssh: ['default'] }, '--ssh', ['default']],
    [{ buildContexts: ['base=docker-image://alpine'] }, '--build-context', ['base=docker-image://alpine']],
    [
      { cacheFrom: ['type=gha', 'type=registry,ref=a/b'] },
      '--cache-from',
      ['type=gha', 'type=registry,ref=a/b'],
    ],
    [{ cacheTo: ['type=gha,mode=max'] }, '--cache-to', ['type=gha,mode=max']],
    [{ provenance: 'mode=max' }, '--provenance', ['mode=max']],
    [{ sbom: 'true' }, '--sbom', ['true']],
  ])('%j, with buildx', (settings, option, values) => {
    expect(valuesOf(build(settings), option)).toEqual(values);
    expect(inputsThatNeedBuildx({ ...PLAIN, ...settings })).toHaveLength(1);
  });

  it('needs no buildx for what is switched off', () => {
    expect(inputsThatNeedBuildx({ ...PLAIN, provenance: 'false', sbom: 'false' })).toEqual([]);
  });

  it('has flags for pull and no-cache', () => {
    for (const withBuildx of [true, false]) {
      expect(build({ pull: true, noCache: true }, withBuildx)).toEqual(
        expect.arrayContaining(['--pull', '--no-cache']),
      );
      expect(build({}, withBuildx)).not.toEqual(expect.arrayContaining(['--pull']));
    }
    expect(
      inputsThatNeedBuildx({ ...PLAIN, pull: true, noCache: true, buildArgs: ['a=b'], labels: ['a=b'] }),
    ).toEqual([]);
  });

  it("puts the user's labels after ours, so that they win", () => {
    const args = buildArguments(
      { ...PLAIN, labels: ['x=theirs'] },
      { ...names, labels: { x: 'ours' } },
      true,
      files,
    );
    expect(valuesOf(args, '--label')).toEqual(['x=ours', 'x=theirs']);
  });

  it('takes a context that looks like an option for a context', () => {
    for (const withBuildx of [true, false])
      expect(build({ context: '--privileged' }, withBuildx).slice(-2)).toEqual(['--', '--privileged']);
  });

  it("has no build secret's value in it", () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `Ω${text}`);
    const id = fc.stringMatching(/^[a-z_]{1,8}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(id, value)), (secrets) => {
        expect(
          JSON.stringify(build({ secrets: secrets.map(([key, text]) => `${key}=${text}`) })),
        ).not.toContain('Ω');
      }),
    );
  });
});

describe('buildInputsHash', () => {
  it('does not hang on the order of build args and platforms', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (buildArgs, platforms) => {
        const there = buildInputsHash({ ...PLAIN, buildArgs, platforms });
        expect(there).toMatch(/^sha256:[0-9a-f]{64}$/);
        expect(
          buildInputsHash({
            ...PLAIN,
            buildArgs: [...buildArgs].reverse(),
            platforms: [...platforms].reverse(),
          }),
        ).toBe(there);
      }),
    );
  });

  it.each<Partial<BuildSettings>>([
    { context: 'app' },
    { file: 'app/Dockerfile' },
    { target: 'prod' },
    { buildArgs: ['A=1'] },
    { buildArgs: ['A=1', 'A=1'] },
    { platforms: ['linux/arm64'] },
  ])('is another for %j', (change) => {
    expect(buildInputsHash({ ...PLAIN, ...change })).not.toBe(buildInputsHash(PLAIN));
  });

  it('goes by what a path leads to, not by how it is written', () => {
    const hash = (context: string, file?: string) => buildInputsHash({ ...PLAIN, context, file });
    for (const same of [
      hash('app/'),
      hash('./app'),
      hash('app', 'app/Dockerfile'),
      hash('a/../app', './app//Dockerfile'),
    ])
      expect(same).toBe(hash('app'));
    expect(hash('app', 'Dockerfile')).not.toBe(hash('app'));
    expect(hash('..')).not.toBe(hash('.'));
    // An address is none of this machine's paths.
    expect(hash('https://example.com/a//b.git')).not.toBe(hash('https://example.com/a/b.git'));
  });

  it('tells apart what only looks alike when joined', () => {
    const hashes = [
      { file: 'a', target: 'b' },
      { file: 'ab' },
      { target: 'ab' },
      { context: 'a' },
      { buildArgs: ['a', 'b'] },
      { buildArgs: ['a,b'] },
      { platforms: ['a', 'b'] },
    ].map((settings) => buildInputsHash({ ...PLAIN, ...settings }));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it.each<Partial<BuildSettings>>([
    { labels: ['a=b'] },
    { cacheFrom: ['type=gha'] },
    { cacheTo: ['type=gha'] },
    { pull: true },
    { noCache: true },
    { secrets: ['a=b'] },
    { ssh: ['default'] },
    // The same paths, written otherwise.
    { context: './' },
    { file: 'Dockerfile' },
    { context: './', file: './Dockerfile' },
  ])('is the same for %j, which changes nothing that CONTRACT names', (change) => {
    expect(buildInputsHash({ ...PLAIN, ...change })).toBe(buildInputsHash(PLAIN));
  });
});
