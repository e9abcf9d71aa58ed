import { createHash } from 'node:crypto';
import { join, normalize } from 'node:path/posix';
import type { BuildSettings } from '../stages/inputs/config.ts';
import { many, one, secretOptions } from './build-options.ts';

/** The label that says how an image was built, for knowing whether it can be used again. */
export const INPUTS_LABEL = 'deploy-guard.inputs';

/** The label that names the commit (OCI image spec, "Annotations"). */
export const REVISION_LABEL = 'org.opencontainers.image.revision';

/** What a build is named and marked with. */
export interface BuildNames {
  /** `repository:tag` */
  readonly reference: string;
  /** Labels of ours; the user's go over them. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Inputs that the classic builder has no option for. */
const NEEDS_BUILDX = [
  ['platforms', 'platforms'],
  ['secrets', 'secrets'],
  ['secretEnvs', 'secret-envs'],
  ['secretFiles', 'secret-files'],
  ['ssh', 'ssh'],
  ['buildContexts', 'build-contexts'],
  ['cacheFrom', 'cache-from'],
  ['cacheTo', 'cache-to'],
  ['provenance', 'provenance'],
  ['sbom', 'sbom'],
] as const;

/** Names of the inputs in use that only buildx can honour. What says `false` asks for nothing. */
export function inputsThatNeedBuildx(build: BuildSettings): readonly string[] {
  return NEEDS_BUILDX.filter(([key]) => {
    const value = build[key];
    return value !== undefined && value.length > 0 && value !== 'false';
  }).map(([, input]) => input);
}

/**
 * A hash of how the image is built: context path, file, target, build args and platforms, in that order. Two
 * builds of one commit with the same hash may stand for each other.
 */
export function buildInputsHash(build: BuildSettings): string {
  const context = plainPath(build.context);
  const file = plainPath(build.file ?? '');
  const told = [
    context,
    file === join(context, 'Dockerfile') ? '' : file,
    build.target ?? '',
    [...build.buildArgs].sort(),
    [...build.platforms].sort(),
  ];
  return `sha256:${createHash('sha256').update(JSON.stringify(told)).digest('hex')}`;
}

/** A path as it is written shortest; what is none, as it stands. */
function plainPath(path: string): string {
  if (path === '' || /^[\w+.-]+:|^git@/.test(path)) return path;
  return normalize(path).replace(/(?<=.)\/$/, '');
}

/** Files that a build is given, or writes. */
export interface BuildFiles {
  /** Where the value of a build secret is, by its id. */
  readonly secret: (id: string) => string;
  /** Where buildx writes what it pushed. */
  readonly metadata: string;
}

/** Options that every builder has, docker's classic one among them. */
export function commonBuildOptions(build: BuildSettings, names: BuildNames): readonly string[] {
  return [
    ...many('--tag', [names.reference]),
    ...one('--file', build.file),
    ...one('--target', build.target),
    ...many('--build-arg', build.buildArgs),
    ...many(
      '--label',
      Object.entries(names.labels).map(([name, value]) => `${name}=${value}`),
    ),
    ...many('--label', build.labels),
    ...(build.pull ? ['--pull'] : []),
    ...(build.noCache ? ['--no-cache'] : []),
  ];
}

/** Options that BuildKit adds. Secrets' values stay out of them: `secretFile` names the file that holds one, by its id. */
export function buildkitOptions(build: BuildSettings, secretFile: (id: string) => string): readonly string[] {
  return [
    ...one('--platform', build.platforms.length > 0 ? build.platforms.join(',') : undefined),
    ...secretOptions(build, secretFile),
    ...many('--ssh', build.ssh),
    ...many('--build-context', build.buildContexts),
    ...many('--cache-from', build.cacheFrom),
    ...many('--cache-to', build.cacheTo),
    ...one('--provenance', build.provenance),
    ...one('--sbom', build.sbom),
  ];
}

/**
 * Arguments of `docker` for the build. With buildx it also pushes, because not every builder keeps the image
 * where `docker push` finds it; without, the classic builder tags it for `docker push`.
 */
export function buildArguments(
  build: BuildSettings,
  names: BuildNames,
  withBuildx: boolean,
  files: BuildFiles,
): readonly string[] {
  const common = commonBuildOptions(build, names);
  if (!withBuildx) return ['build', ...common, '--', build.context];
  const push = ['--push', '--progress=plain', '--metadata-file', files.metadata];
  return [
    'buildx',
    'build',
    ...push,
    ...common,
    ...buildkitOptions(build, files.secret),
    '--',
    build.context,
  ];
}
