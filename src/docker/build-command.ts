import { createHash } from 'node:crypto';
import type { BuildSettings } from '../stages/inputs/config.ts';

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

/** Names of the inputs in use that only buildx can honour. */
export function inputsThatNeedBuildx(build: BuildSettings): readonly string[] {
  return NEEDS_BUILDX.filter(([key]) => {
    const value = build[key];
    return value !== undefined && value.length > 0;
  }).map(([, input]) => input);
}

/**
 * A hash of how the image is built: context path, file, target, build args and platforms, in that order. Two
 * builds of one commit with the same hash may stand for each other.
 */
export function buildInputsHash(build: BuildSettings): string {
  const told = [
    build.context,
    build.file ?? '',
    build.target ?? '',
    [...build.buildArgs].sort(),
    [...build.platforms].sort(),
  ];
  return `sha256:${createHash('sha256').update(JSON.stringify(told)).digest('hex')}`;
}

/**
 * Arguments of `docker` for the build. With buildx it also pushes, because not every builder keeps the image
 * where `docker push` finds it; without, the classic builder tags it for `docker push`.
 * Secrets' values stay out of the arguments: `secretFile` names the file that holds one, by its id.
 */
export function buildArguments(
  build: BuildSettings,
  names: BuildNames,
  withBuildx: boolean,
  secretFile: (id: string) => string,
): readonly string[] {
  const many = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value]);
  const one = (option: string, value: string | undefined) => (value === undefined ? [] : [option, value]);
  const common = [
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
  if (!withBuildx) return ['build', ...common, '--', build.context];
  const idOf = (line: string) => line.slice(0, line.indexOf('='));
  const textOf = (line: string) => line.slice(line.indexOf('=') + 1);
  return [
    'buildx',
    'build',
    '--push',
    '--progress=plain',
    ...common,
    ...one('--platform', build.platforms.length > 0 ? build.platforms.join(',') : undefined),
    ...many(
      '--secret',
      build.secrets.map((line) => `id=${idOf(line)},src=${secretFile(idOf(line))}`),
    ),
    ...many(
      '--secret',
      build.secretEnvs.map((line) => `id=${idOf(line)},env=${textOf(line)}`),
    ),
    ...many(
      '--secret',
      build.secretFiles.map((line) => `id=${idOf(line)},src=${textOf(line)}`),
    ),
    ...many('--ssh', build.ssh),
    ...many('--build-context', build.buildContexts),
    ...many('--cache-from', build.cacheFrom),
    ...many('--cache-to', build.cacheTo),
    ...one('--provenance', build.provenance),
    ...one('--sbom', build.sbom),
    '--',
    build.context,
  ];
}
