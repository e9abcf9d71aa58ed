import { describe, expect, it } from 'vitest';
import type { EngineVersion } from '../../src/docker/engine.ts';
import { limitsOf, oldestVersion } from '../../src/docker/engine-limits.ts';
import type { InputName } from '../../src/stages/inputs/schema.ts';
import { checkContext } from '../stages/preflight/check-context.ts';

const version = (name: EngineVersion['name'], more: Partial<EngineVersion> = {}): EngineVersion => ({
  name,
  client: '5.0.0',
  server: '5.0.0',
  buildx: undefined,
  ...more,
});
const limits = (engine: EngineVersion, inputs: Partial<Record<InputName, string>>) =>
  limitsOf(engine, checkContext(inputs).config.build).map(({ kind, inputs: names }) => [kind, ...names]);

describe("docker's own builder", () => {
  const builder = { driver: 'docker', containerdStore: false };
  const docker = version('docker', { buildx: '0.30.1', builder });
  const cases: readonly (readonly [Partial<Record<InputName, string>>, readonly string[]])[] = [
    [{ platforms: 'linux/amd64,linux/arm64' }, ['platforms']],
    [{ 'cache-to': 'type=gha,mode=max' }, ['cache-to']],
    [{ 'cache-to': 'type=inline\ntype=registry,ref=a/b' }, ['cache-to']],
    [{ provenance: 'true', sbom: 'true' }, ['provenance', 'sbom']],
  ];

  it.each(cases)('refuses %j before the build, as buildx would after its start', (inputs, names) => {
    expect(limits(docker, inputs)).toEqual([['driver', ...names]]);
  });

  it.each(cases)(
    'does %j where the engine has its images in containerd, or another driver builds',
    (inputs) => {
      expect(limits({ ...docker, builder: { ...builder, containerdStore: true } }, inputs)).toEqual([]);
      expect(limits({ ...docker, builder: { ...builder, driver: 'docker-container' } }, inputs)).toEqual([]);
      expect(limits({ ...docker, builder: undefined }, inputs)).toEqual([]);
    },
  );

  it.each<Partial<Record<InputName, string>>>([
    { platforms: 'linux/arm64' },
    { 'cache-to': 'type=inline', 'cache-from': 'type=registry,ref=a/b' },
    { provenance: 'false', sbom: 'false' },
    { secrets: 'a=b' },
  ])('does %j', (inputs) => {
    expect(limits(docker, inputs)).toEqual([]);
  });
});

describe.each(['podman', 'buildah'] as const)('%s', (name) => {
  it.each<readonly [Partial<Record<InputName, string>>, readonly (readonly string[])[]]>([
    [{ provenance: 'true' }, [['engine', 'provenance']]],
    [
      { sbom: 'true', 'cache-to': 'type=gha' },
      [
        ['engine', 'sbom'],
        ['engine', 'cache-to'],
      ],
    ],
    [{ 'cache-from': 'type=gha' }, [['engine', 'cache-from']]],
    [{ 'cache-from': 'type=registry,ref=host:5000/a/b:tag' }, [['engine', 'cache-from']]],
    [{ 'cache-from': 'host/a@sha256:1' }, [['engine', 'cache-from']]],
    [{ 'cache-from': 'type=registry,ref=host:5000/a/b', 'cache-to': 'host/a,mode=max' }, []],
    [{ platforms: 'linux/amd64,linux/arm64', secrets: 'a=b', ssh: 'default', 'build-contexts': 'a=b' }, []],
    [{ provenance: 'false', sbom: 'false' }, []],
  ])('%j gives %j', (inputs, expected) => {
    expect(limits(version(name), inputs)).toEqual(expected);
  });
});

describe('oldestVersion', () => {
  it.each([
    ['podman', '3.4.4', '4.3'],
    ['podman', '4.2.1', '4.3'],
    ['podman', '4.3.1', undefined],
    ['podman', '5.0.0-dev', undefined],
    ['buildah', '1.23.1', '1.28'],
    ['buildah', '1.28.2', undefined],
    ['docker', '1.0', undefined],
  ] as const)('of %s %s is %s', (name, server, oldest) => {
    expect(oldestVersion(version(name, { server }))).toBe(oldest);
  });
});
