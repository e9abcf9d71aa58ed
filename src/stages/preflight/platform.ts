import type { TaskRuntime } from '../../aws/task-runtime.ts';
import type { EngineVersion } from '../../docker/engine.ts';
import { imagesOf } from '../../registry/manifest.ts';
import type { Config } from '../inputs/config.ts';
import type { TaggedImages } from './lookups/ecr-lookups.ts';
import { isReusable } from './reuse.ts';

/** The platforms that the image will have, and what says so. */
export interface ImagePlatforms {
  /** `os/architecture` each. */
  readonly platforms: readonly string[];
  readonly because: string;
}

const ARCHITECTURES: Readonly<Record<string, string>> = {
  X86_64: 'amd64',
  x86_64: 'amd64',
  'x86-64': 'amd64',
  ARM64: 'arm64',
  aarch64: 'arm64',
};

/** The platform that the tasks need, `linux/arm64`; undefined where it is left to the instances. */
export function neededPlatform(runtime: TaskRuntime | undefined): string | undefined {
  const architecture = ARCHITECTURES[runtime?.architecture ?? ''];
  if (architecture === undefined) return undefined;
  const os = runtime?.operatingSystem?.startsWith('WINDOWS') ? 'windows' : 'linux';
  return `${os}/${architecture}`;
}

/** Whether an image of these platforms runs where `needed` is asked for; a variant (`linux/arm64/v8`) is no other platform. */
export function fitsPlatform(needed: string, platforms: readonly string[]): boolean {
  return platforms.some((platform) => platform.split('/').slice(0, 2).join('/') === needed);
}

/**
 * The platforms of the image that will be deployed, as far as that is known before it is built: those of the one
 * that is there already, those asked for, what the Dockerfile says of its last stage, else the engine's own.
 */
export function imagePlatforms(
  config: Config,
  found: {
    readonly images: TaggedImages | undefined;
    /** What the Dockerfile states: `Dockerfile.platformOf`. */
    readonly stated: string | undefined;
    readonly docker: EngineVersion | undefined;
  },
): ImagePlatforms | undefined {
  const { images, stated, docker } = found;
  if (images?.tagged && isReusable(config, images)) {
    const several = imagesOf(images.tagged).map(({ platform }) => platform);
    const one = images.taggedConfig?.platform;
    const platforms = several.length > 0 ? several : one ? [one] : [];
    return known(platforms, 'the image that is there already');
  }
  if (config.build.platforms.length > 0) return known(config.build.platforms, '`platforms`');
  const byDefault = config.environment['DOCKER_DEFAULT_PLATFORM'];
  if (byDefault) return known([byDefault], 'DOCKER_DEFAULT_PLATFORM');
  if (stated !== undefined) return stated === 'unknown' ? undefined : known([stated], 'the Dockerfile');
  return docker?.platform ? known([docker.platform], "this runner's engine") : undefined;
}

function known(platforms: readonly string[], because: string): ImagePlatforms | undefined {
  const full = platforms.map(normalized);
  // An architecture that is left out or `local` could be anything.
  if (full.length === 0 || full.some((platform) => platform === undefined)) return undefined;
  return { platforms: full.filter((platform) => platform !== undefined), because };
}

/** `linux/amd64` for `amd64`, `Linux/x86_64`, …; undefined where no architecture is named. */
export function normalized(platform: string): string | undefined {
  const parts = platform.trim().split('/');
  const [os, architecture, variant] = parts.length === 1 ? ['linux', ...parts] : parts;
  if (!os || !architecture || architecture === 'local' || architecture === 'unknown') return undefined;
  const name = ARCHITECTURES[architecture] ?? architecture.toLowerCase();
  return [os.toLowerCase(), name, ...(variant ? [variant] : [])].join('/');
}
