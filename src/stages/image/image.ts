import type { EcrRepository, RegistryLogin } from '../../aws/ecr.ts';
import { buildInputsHash, INPUTS_LABEL, REVISION_LABEL } from '../../docker/build-command.ts';
import type { ContainerEngine } from '../../docker/engine.ts';
import { Failure, type Finding } from '../../finding.ts';
import type { RunContext } from '../../github/run-context.ts';
import { imagesOf, isIndex, layersOf, type Manifest } from '../../registry/manifest.ts';
import { RegistryProblem, type RegistryRepository } from '../../registry/registry.ts';
import type { CommandResult, OnLines } from '../../runner/command.ts';
import { manyLines, oneLine } from '../../runner/text.ts';
import type { Config } from '../inputs/config.ts';
import { fitsPlatform, normalized } from '../preflight/platform.ts';
import { duration, listed } from '../report/words.ts';
import { buildPatiently } from './build.ts';
import { pushPatiently } from './push.ts';

/** The image of this commit, as it stands in the repository. */
export interface PushedImage {
  readonly repositoryUri: string;
  readonly tag: string;
  readonly manifest: Manifest;
  readonly digest: string;
  /** Digests of an index's images; a task may report one of them instead of the index's. */
  readonly childDigests: readonly string[];
  readonly reused: boolean;
  /** Of a plain manifest: compressed size in bytes and number of layers. */
  readonly layers: { readonly count: number; readonly bytes: number } | undefined;
}

/** What the stage works with. */
export interface ImagePorts {
  readonly engine: ContainerEngine;
  readonly registry: RegistryRepository;
  readonly onOutput: OnLines;
  /** From here on the repository may have the image, whatever is confirmed of it. */
  readonly onPush: () => void;
}

/** What is to be built, and where it goes. */
export interface ImageOrder {
  readonly config: Config;
  readonly run: RunContext;
  readonly sha: string | undefined;
  readonly tag: string;
  readonly repository: EcrRepository;
  readonly login: RegistryLogin;
}

/**
 * Builds the image and pushes it under its tag; gives it as the registry then has it. Throws Failure with the
 * build's or the push's own last words.
 */
export async function buildAndPush(order: ImageOrder, ports: ImagePorts): Promise<PushedImage> {
  const { config, repository, login, tag } = order;
  const { engine } = ports;
  const host = repository.uri.slice(0, repository.uri.indexOf('/'));
  const reference = `${repository.uri}:${tag}`;
  const loggedIn = await engine.login(host, login.username, login.password);
  if (loggedIn.exitCode !== 0) throw new Failure(loginFailed(engine, host, loggedIn));
  const names = { reference, labels: labelsFor(order) };
  const built = await buildPatiently(engine, config.build, names, ports.onOutput);
  const failure = built.exitCode === 0 ? undefined : buildFailed(engine, built, reference);
  if (engine.pushesWithBuild && failure?.code !== 'DG431') ports.onPush();
  if (failure) throw new Failure(failure);
  if (!engine.pushesWithBuild) {
    ports.onPush();
    const pushed = await pushPatiently(engine, reference, ports.onOutput);
    if (pushed.exitCode !== 0) throw new Failure(pushFailed(pushed, reference));
  }
  const expected = await engine.pushedDigest(reference);
  const image = await readPushedImage(order, ports.registry, false);
  if (expected !== undefined && expected !== image.digest)
    throw new Failure(overwritten(reference, expected, image.digest));
  const missing = await missingPlatforms(config.build.platforms, image, ports.registry);
  if (missing.length > 0) throw new Failure(notForPlatforms(reference, missing, engine));
  return image;
}

/** Platforms that were asked for, and that the pushed image is not for; none where it does not say. */
async function missingPlatforms(
  wanted: readonly string[],
  { manifest }: PushedImage,
  registry: RegistryRepository,
): Promise<readonly string[]> {
  if (wanted.length === 0) return [];
  const one = isIndex(manifest) ? undefined : await registry.imageConfig(manifest).catch(() => undefined);
  const has = isIndex(manifest) ? imagesOf(manifest).map(({ platform }) => platform) : one && [one.platform];
  if (has === undefined) return [];
  return wanted.filter((platform) => {
    const known = normalized(platform);
    return known !== undefined && !fitsPlatform(known.split('/').slice(0, 2).join('/'), has);
  });
}

/** The image that stands under the tag. Throws Failure where there is none. */
export async function readPushedImage(
  { repository, tag }: Pick<ImageOrder, 'repository' | 'tag'>,
  registry: RegistryRepository,
  reused: boolean,
): Promise<PushedImage> {
  const manifest = await registry.manifest(tag).catch((error: unknown) => {
    if (error instanceof RegistryProblem)
      throw new Failure(notConfirmed(`${repository.uri}:${tag}`, error.message));
    throw error;
  });
  if (!manifest)
    throw new Failure(notConfirmed(`${repository.uri}:${tag}`, 'the registry has no image under this tag'));
  return pushedImage(repository, tag, manifest, reused);
}

/** An image that stands in the repository, with what is read off its manifest. */
export function pushedImage(
  repository: EcrRepository,
  tag: string,
  manifest: Manifest,
  reused: boolean,
): PushedImage {
  const childDigests = imagesOf(manifest).map(({ digest }) => digest);
  return {
    repositoryUri: repository.uri,
    tag,
    manifest,
    digest: manifest.digest,
    childDigests,
    reused,
    layers: childDigests.length > 0 ? undefined : layersOf(manifest),
  };
}

/** Our label, and the OCI annotations that docker/metadata-action sets too (OCI image spec, "Annotations"). */
function labelsFor({ config, run, sha }: ImageOrder): Readonly<Record<string, string>> {
  return {
    [INPUTS_LABEL]: buildInputsHash(config.build),
    ...(sha ? { [REVISION_LABEL]: sha } : {}),
    ...(run.repository ? { 'org.opencontainers.image.source': `${run.serverUrl}/${run.repository}` } : {}),
  };
}

/** What the classic builder says on each run about itself. */
const NOTICE =
  /^(DEPRECATED: The legacy builder|\s+Install the buildx component|\s+https:\/\/docs\.docker\.com\/go\/buildx)/;

/**
 * The end of what docker printed. The classic builder has a step's own output on the one stream and what docker
 * makes of it on the other; buildx has all on one.
 */
function lastWords({ stdout, stderr }: CommandResult): string {
  const ends = [stdout, stderr].flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line.trim() !== '' && !NOTICE.test(line))
      .slice(-15),
  );
  return manyLines(ends.join('\n'), 4000).trim();
}

/** Wrappers that every failure of BuildKit comes in. */
const WRAPPERS = /^(?:(?:ERROR|error|failed to build|failed to solve):\s*)+/;

/** The line that names the cause, among the last ones: docker puts `ERROR:` or `failed to` before it. */
function causeIn(result: CommandResult): string {
  const lines = lastWords(result)
    .split('\n')
    .map((line) => line.trim());
  const cause =
    lines.findLast((line) => /^(error|failed|denied|unauthorized|.*\berror:)/i.test(line)) ?? lines.at(-1);
  const bare = cause?.replace(WRAPPERS, '') || `exit code ${result.exitCode}`;
  return oneLine(bare, 300).replace(/[.\s]+$/, '');
}

function loginFailed({ name }: ContainerEngine, host: string, result: CommandResult): Finding {
  return {
    code: 'DG421',
    level: 'error',
    title: `${name} could not log in at ${host}: ${causeIn(result)}.`,
    fix: `Check that the engine can reach ${host} (its own proxy settings count, not this job's).`,
  };
}

function buildFailed(
  { name, pushesWithBuild }: ContainerEngine,
  result: CommandResult,
  reference: string,
): Finding {
  const isPush =
    pushesWithBuild &&
    /failed to (push|do request|authorize)|pushing|unexpected status from (HEAD|POST|PUT)/i.test(
      lastWords(result),
    );
  if (isPush) return pushFailed(result, reference);
  return {
    code: 'DG431',
    level: 'error',
    title: `The image could not be built: ${causeIn(result)}.`,
    detail: lastWords(result),
    fix: `Mend the build; the step's log has its whole output in the group Image. Try it locally with the same context and file: \`${name} build\`.`,
  };
}

function pushFailed(result: CommandResult, reference: string): Finding {
  const { endedAfterMs } = result;
  const why =
    endedAfterMs === undefined
      ? causeIn(result)
      : `it was not over after ${duration(endedAfterMs)}, and was ended; the registry, or a proxy before it, hangs`;
  return {
    code: 'DG441',
    level: 'error',
    title: `The image could not be pushed to ${reference}: ${why}.`,
    detail: lastWords(result),
    fix: "Run the job again; if it stays so, check the policy of the repository and the engine's way to the registry.",
  };
}

function notConfirmed(reference: string, why: string): Finding {
  return {
    code: 'DG451',
    level: 'error',
    title: `The pushed image could not be confirmed at ${reference}: ${why}.`,
    fix: 'Run the job again. No service was changed.',
  };
}

function overwritten(reference: string, pushed: string, found: string): Finding {
  return {
    code: 'DG452',
    level: 'error',
    title: `${reference} was pushed as ${pushed}, but the registry has ${found} there: another run pushed the same tag at the same time.`,
    fix: 'Put a `concurrency:` group on the job, and run it again. No service was changed.',
  };
}

function notForPlatforms(reference: string, missing: readonly string[], { name }: ContainerEngine): Finding {
  return {
    code: 'DG453',
    level: 'error',
    title: `The image at ${reference} is not for ${listed(missing)}, although \`platforms\` asks for it.`,
    fix:
      name === 'podman' || name === 'buildah'
        ? `${name} took the steps of another platform for the same, out of \`cache-from\`: leave \`cache-from\` out, or name another one for each platform. No service was changed.`
        : 'Look into what the build prints of its platforms, and run the job again. No service was changed.',
  };
}
