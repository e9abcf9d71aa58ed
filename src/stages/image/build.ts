import type { BuildNames } from '../../docker/build-command.ts';
import type { ContainerEngine } from '../../docker/engine.ts';
import type { CommandResult, OnLines } from '../../runner/command.ts';
import type { BuildSettings } from '../inputs/config.ts';

/** How often a build is begun in all. */
const TRIES = 3;

/**
 * docker's classic builder goes through every image on the machine when it looks for a step in its cache, and
 * gives up when another process removes one of them meanwhile (moby, image/cache/cache.go, "unable to find image").
 */
const CACHE_SWEPT = /^unable to find image "sha256:[0-9a-f]{64}"$/;

/** What the log says before a build is begun again. */
const AGAIN =
  'deploy-guard: another process removed images while docker looked through its cache. Building again.';

/**
 * Builds, and again where the build failed only because somebody removed images from the engine at that moment:
 * another job of a self-hosted runner, or a clean-up. Gives the end of the last build.
 */
export async function buildPatiently(
  engine: Pick<ContainerEngine, 'build'>,
  build: BuildSettings,
  names: BuildNames,
  onLines: OnLines,
): Promise<CommandResult> {
  let built = await engine.build(build, names, onLines);
  for (let tried = 1; tried < TRIES && cacheWasSwept(built); tried += 1) {
    await onLines([AGAIN]);
    built = await engine.build(build, names, onLines);
  }
  return built;
}

/** Only as docker's own last word: a step of the Dockerfile may print the same. */
function cacheWasSwept({ exitCode, stderr }: CommandResult): boolean {
  return exitCode !== 0 && CACHE_SWEPT.test(stderr.trimEnd().split('\n').at(-1) ?? '');
}
