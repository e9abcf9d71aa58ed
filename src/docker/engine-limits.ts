import type { BuildSettings } from '../stages/inputs/config.ts';
import { inputsThatNeedBuildx } from './build-command.ts';
import { cacheRepository } from './containers-cache.ts';
import type { EngineVersion } from './engine.ts';

/** Inputs in use that an engine can't honour, and why. */
export interface Limit {
  /** `buildx`: it is missing. `driver`: buildx builds with docker's own builder. `engine`: it never can. */
  readonly kind: 'buildx' | 'driver' | 'engine';
  readonly inputs: readonly string[];
  /** Ends the sentence "… can't be used: ". */
  readonly why: string;
}

/** Oldest versions whose options are known to do what they say; before, some are taken and ignored. */
const OLDEST = { podman: [4, 3], buildah: [1, 28] } as const;

/** What of `build` the engine can't honour, known before anything is built. */
export function limitsOf(engine: EngineVersion, build: BuildSettings): readonly Limit[] {
  if (engine.name === 'docker') return dockerLimits(engine, build);
  const attestations: Limit = {
    kind: 'engine',
    inputs: attestationsIn(build),
    why: `${engine.name} makes no attestations that a registry would keep`,
  };
  const caches: Limit = {
    kind: 'engine',
    inputs: engine.name === 'nerdctl' ? [] : otherCaches(build),
    why: `${engine.name} keeps its cache in a registry alone, under tags of its own: \`type=registry,ref=REPOSITORY\`, without a tag`,
  };
  return [attestations, caches].filter(({ inputs }) => inputs.length > 0);
}

/** The oldest version that will do, where the engine's is older: `4.3`. */
export function oldestVersion({ name, server }: EngineVersion): string | undefined {
  if (name !== 'podman' && name !== 'buildah') return undefined;
  const [major, minor] = OLDEST[name];
  const [ours = 0, oursMinor = 0] = server.split('.').map(Number);
  const isOlder = ours < major || (ours === major && oursMinor < minor);
  return isOlder ? `${major}.${minor}` : undefined;
}

function dockerLimits({ buildx, builder }: EngineVersion, build: BuildSettings): readonly Limit[] {
  const needed = inputsThatNeedBuildx(build);
  if (buildx === undefined) {
    return needed.length > 0 ? [{ kind: 'buildx', inputs: needed, why: 'docker here has none' }] : [];
  }
  if (builder?.driver !== 'docker' || builder.containerdStore) return [];
  const inputs = beyondDockerDriver(build);
  const why = "buildx here builds with docker's own builder (the `docker` driver), which can't do that";
  return inputs.length > 0 ? [{ kind: 'driver', inputs, why }] : [];
}

/**
 * What docker's own builder refuses, once the build has begun, where the engine does not keep its images in
 * containerd (docs.docker.com, "Build drivers").
 */
function beyondDockerDriver(build: BuildSettings): readonly string[] {
  const exportsCache = build.cacheTo.some((entry) => !/(^|,)\s*type=inline\b/.test(entry));
  return [
    ...(build.platforms.length > 1 ? ['platforms'] : []),
    ...(exportsCache ? ['cache-to'] : []),
    ...attestationsIn(build),
  ];
}

function attestationsIn({ provenance, sbom }: BuildSettings): readonly string[] {
  const isAsked = (value: string | undefined) => value !== undefined && value !== 'false';
  return [...(isAsked(provenance) ? ['provenance'] : []), ...(isAsked(sbom) ? ['sbom'] : [])];
}

function otherCaches({ cacheFrom, cacheTo }: BuildSettings): readonly string[] {
  const hasOther = (entries: readonly string[]) =>
    entries.some((entry) => cacheRepository(entry) === undefined);
  return [...(hasOther(cacheFrom) ? ['cache-from'] : []), ...(hasOther(cacheTo) ? ['cache-to'] : [])];
}
