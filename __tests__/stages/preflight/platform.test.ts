import { describe, expect, it } from 'vitest';
import { taskRuntimeOf } from '../../../src/aws/task-runtime.ts';
import { buildInputsHash, INPUTS_LABEL } from '../../../src/docker/build-command.ts';
import { parseDockerfile } from '../../../src/docker/dockerfile.ts';
import { digestOf } from '../../../src/registry/manifest.ts';
import { fitsPlatform, imagePlatforms, neededPlatform } from '../../../src/stages/preflight/platform.ts';
import { checkContext } from './check-context.ts';

const docker = {
  name: 'docker' as const,
  client: '28',
  server: '28',
  buildx: undefined,
  platform: 'linux/amd64',
};

describe('neededPlatform', () => {
  it.each<readonly [object, string | undefined]>([
    [{}, undefined],
    [{ requiresCompatibilities: ['EC2'] }, undefined],
    [{ requiresCompatibilities: ['FARGATE'] }, 'linux/amd64'],
    [{ runtimePlatform: { cpuArchitecture: 'ARM64' } }, 'linux/arm64'],
    [{ runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' } }, 'linux/amd64'],
    [
      { runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
      'windows/amd64',
    ],
    [{ runtimePlatform: null, requiresCompatibilities: 'FARGATE' }, undefined],
    [{ runtimePlatform: { cpuArchitecture: 7 } }, undefined],
  ])('of %j is %s', (definition, platform) => {
    expect(neededPlatform(taskRuntimeOf(definition))).toBe(platform);
  });
});

describe('imagePlatforms', () => {
  it.each<readonly [string, Record<string, string>, string, readonly string[] | undefined]>([
    ['', {}, 'FROM x', ['linux/amd64']],
    ['linux/arm64', {}, 'FROM x', ['linux/arm64']],
    ['arm64,linux/arm64/v8,Linux/x86_64', {}, 'FROM x', ['linux/arm64', 'linux/arm64/v8', 'linux/amd64']],
    ['local', {}, 'FROM x', undefined],
    ['', { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' }, 'FROM x', ['linux/arm64']],
    ['linux/amd64', { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' }, 'FROM x', ['linux/amd64']],
    ['', {}, 'FROM --platform=linux/arm64 x', ['linux/arm64']],
    ['', {}, 'ARG P\nFROM --platform=$P x', undefined],
  ])('with platforms %j, %j and %j are %j', async (platforms, environment, text, expected) => {
    const { config } = checkContext({ platforms }, environment);
    const stated = (await parseDockerfile(text))?.platformOf(undefined);
    expect(imagePlatforms(config, { images: undefined, stated, docker })?.platforms).toEqual(expected);
  });

  it('are not known without an engine', () => {
    const { config } = checkContext({});
    const nothing = { images: undefined, stated: undefined, docker: undefined };
    expect(imagePlatforms(config, nothing)).toBeUndefined();
  });

  it('are those of an image that is used again', () => {
    const { config } = checkContext({});
    const body = Buffer.from('{}');
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const images = {
      tagged: { digest: digestOf(body), mediaType, body },
      taggedConfig: { platform: 'linux/arm64', labels: { [INPUTS_LABEL]: buildInputsHash(config.build) } },
      latest: undefined,
      extras: new Map(),
      commit: undefined,
    };
    expect(imagePlatforms(config, { images, stated: undefined, docker })?.platforms).toEqual(['linux/arm64']);
    const entry = { digest: digestOf(body), platform: { os: 'linux', architecture: 'amd64' } };
    const index = Buffer.from(JSON.stringify({ manifests: [entry] }));
    const several = {
      ...images,
      tagged: { digest: digestOf(index), mediaType: 'application/vnd.oci.image.index.v1+json', body: index },
    };
    expect(imagePlatforms(config, { images: several, stated: undefined, docker })?.platforms).toEqual([
      'linux/amd64',
    ]);
  });
});

describe('fitsPlatform', () => {
  it.each([
    ['linux/arm64', ['linux/arm64'], true],
    ['linux/arm64', ['linux/amd64', 'linux/arm64/v8'], true],
    ['linux/amd64', ['linux/arm64'], false],
    ['windows/amd64', ['linux/amd64'], false],
  ])('%s, %j: %s', (needed, platforms, fits) => {
    expect(fitsPlatform(needed, platforms)).toBe(fits);
  });
});
