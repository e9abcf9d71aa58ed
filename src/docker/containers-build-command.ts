import { isAbsolute, join, resolve } from 'node:path';
import type { BuildSettings } from '../stages/inputs/config.ts';
import type { BuildNames } from './build-command.ts';
import { many, one, secretOptions } from './build-options.ts';
import { cacheRepository } from './containers-cache.ts';

/**
 * Arguments of `podman build` and `buildah build`, after `build` (podman-build(1), buildah-build(1)). Where there
 * are several platforms, the name is that of a list of images.
 */
export function containersBuildArguments(
  build: BuildSettings,
  names: BuildNames,
  { secret, workspace }: { readonly secret: (id: string) => string; readonly workspace: string },
): readonly string[] {
  const { platforms } = build;
  return [
    // ECS gets what docker would make: OCI's format has no place for HEALTHCHECK and SHELL.
    ...['--format', 'docker'],
    ...(platforms.length > 1 ? ['--manifest', names.reference] : ['--tag', names.reference]),
    ...one('--file', dockerfileOf(build, workspace)),
    ...one('--target', build.target),
    ...many('--build-arg', build.buildArgs),
    ...many(
      '--label',
      Object.entries(names.labels).map(([name, value]) => `${name}=${value}`),
    ),
    ...many('--label', build.labels),
    ...(build.pull ? ['--pull=always'] : []),
    ...(build.noCache || mixesPlatforms(build) ? ['--no-cache'] : []),
    ...one('--platform', platforms.length > 0 ? platforms.join(',') : undefined),
    ...secretOptions(build, secret),
    ...many('--ssh', build.ssh),
    ...many('--build-context', build.buildContexts),
    ...many(
      '--cache-from',
      build.cacheFrom.flatMap((entry) => cacheRepository(entry) ?? []),
    ),
    ...many(
      '--cache-to',
      build.cacheTo.flatMap((entry) => cacheRepository(entry) ?? []),
    ),
    '--',
    build.context,
  ];
}

/**
 * These programs know a step again by what it does, not by its platform: on an empty base the image of one platform
 * would be taken for that of another. Where a cache is asked for, that is noticed after the push.
 */
function mixesPlatforms({ platforms, cacheFrom }: BuildSettings): boolean {
  return platforms.length > 0 && cacheFrom.length === 0;
}

/** Always named, as docker finds it: these programs would take a Containerfile first, and look in other folders. */
function dockerfileOf({ file, context }: BuildSettings, workspace: string): string | undefined {
  if (file !== undefined) return resolve(workspace, file);
  if (/^[a-z+]+:\/\/|^git@/.test(context)) return undefined;
  return join(isAbsolute(context) ? context : resolve(workspace, context), 'Dockerfile');
}
