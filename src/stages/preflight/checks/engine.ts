import { type ContextSize, measureContext } from '../../../docker/context-size.ts';
import type { EngineVersion, Unreachable } from '../../../docker/engine.ts';
import { type Limit, limitsOf, oldestVersion } from '../../../docker/engine-limits.ts';
import { freeSpace } from '../../../docker/free-space.ts';
import type { Finding } from '../../../finding.ts';
import type { Config, EngineName } from '../../inputs/config.ts';
import { listed, size } from '../../report/words.ts';
import { buildPaths, dockerfileProblems, largeContext, missingFiles } from '../build-files.ts';
import type { Check, CheckContext } from '../check.ts';
import { isReusable } from '../reuse.ts';

/** What the image is built with: the engine answers, and the Dockerfile and the context are there. */
export const checkEngine: Check = async (context) => {
  const { config, lookups } = context;
  if (config.mode === 'rollback') return { subject: 'engine', passed: 'not needed', findings: [] };
  const [files, reused, engine] = await Promise.all([
    fileFindings(context),
    willReuse(context),
    lookups.engine(),
  ]);
  const isBroken = files.findings.some(({ level }) => level === 'error');
  if (reused && !isBroken) {
    return { subject: 'engine', passed: 'not needed: the image is there already', findings: [] };
  }
  const failed = (finding: Finding) => ({
    subject: 'engine',
    passed: undefined,
    findings: [finding, ...files.findings],
  });
  if (!engine.ok) return failed(notThere(engine.error, config));
  const version = engine.value;
  if ('unreachable' in version) return failed(notAnswering(version));
  const findings = [
    ...files.findings,
    ...tooOld(version),
    ...limitsOf(version, config.build).map((limit) => beyond(limit, version)),
    ...(await littleSpace(context, version)),
  ];
  const isInOrder = findings.every(({ level }) => level !== 'error');
  return {
    subject: 'engine',
    passed: isInOrder ? describe(version, config, files.size) : undefined,
    findings,
  };
};

interface BuildFilesReport {
  readonly findings: readonly Finding[];
  readonly size: ContextSize | undefined;
}

/** What is wrong with the context and the Dockerfile, and how large the context is. */
async function fileFindings({ config, lookups, run }: CheckContext): Promise<BuildFilesReport> {
  const { build } = config;
  const paths = buildPaths(build, run.workspace);
  if (paths === undefined) return { findings: [], size: undefined };
  const missing = await missingFiles(build, paths, run.workspace);
  if (missing.length > 0) return { findings: missing, size: undefined };
  const [dockerfile, size] = await Promise.all([
    // A whole parser is loaded for it: not where nothing is asked of the Dockerfile.
    build.target || build.buildArgs.length > 0 ? lookups.files.dockerfile() : undefined,
    measureContext(paths.context, paths.dockerfile),
  ]);
  const wrong =
    dockerfile?.ok && dockerfile.value
      ? dockerfileProblems(build, dockerfile.value, paths.dockerfile, run.workspace)
      : [];
  return { findings: [...wrong, ...largeContext(size, build.context)], size };
}

/** A build needs about as much as the image and its base together. In bytes. */
const LITTLE_SPACE = 2_000_000_000;

const PRUNE: Readonly<Record<EngineName, string>> = {
  docker: 'docker system prune --all --force',
  podman: 'podman system prune --all --force',
  buildah: 'buildah rmi --prune',
  nerdctl: 'nerdctl system prune --all --force',
};

async function littleSpace(
  { config, run }: CheckContext,
  { name }: EngineVersion,
): Promise<readonly Finding[]> {
  const space = await freeSpace(name, run.workspace, config.environment);
  if (space === undefined || space.bytes >= LITTLE_SPACE) return [];
  return [
    {
      code: 'DG415',
      level: 'warning',
      title: `Only ${size(space.bytes)} are free in ${space.folder}, where the engine keeps its images: the build may run out of space.`,
      fix: `Make room before this step: \`${PRUNE[name]}\`. On a hosted runner, use a larger one.`,
    },
  ];
}

async function willReuse({ config, lookups }: CheckContext): Promise<boolean> {
  if (!config.image.reuse || config.awsObstacle !== undefined || config.image.repository === '') return false;
  const images = await lookups.ecr.taggedImages();
  return images.ok && isReusable(config, images.value);
}

function describe(
  { name, server, client, buildx }: EngineVersion,
  { build }: Config,
  context: ContextSize | undefined,
): string {
  const versions = server === client ? `${name} ${server}` : `${name} ${client} (engine ${server})`;
  const builder = buildx ? `, buildx ${buildx}` : ', classic builder (no buildx)';
  return `${versions}${name === 'docker' ? builder : ''}; context ${context ? `${context.partial ? 'over ' : ''}${size(context.bytes)}` : build.context}`;
}

function notThere(error: unknown, { engine }: Config): Finding {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const name = engine ?? 'docker';
  const title =
    code === 'ENOENT'
      ? `There is no \`${name}\` on this runner to build the image with${engine ? '' : ', and no podman, buildah or nerdctl either'}.`
      : `\`${name}\` can't be started on this runner (${code}).`;
  return {
    code: 'DG401',
    level: 'error',
    title,
    fix: `Use a runner with ${name} (\`runs-on: ubuntu-latest\`), or install it on the self-hosted one. See it yourself: \`${name} version\`.`,
  };
}

const START: Readonly<Record<EngineName, string>> = {
  docker:
    "Start it (`sudo systemctl start docker`), and let the runner's user reach its socket (group `docker`), or correct DOCKER_HOST. See it yourself: `docker info`.",
  podman:
    'Correct what it says, mostly its storage (`/etc/containers/storage.conf`). See it yourself: `podman info`.',
  buildah:
    'Correct what it says, mostly its storage (`/etc/containers/storage.conf`). See it yourself: `buildah info`.',
  nerdctl:
    'Start containerd and BuildKit (`sudo systemctl start containerd buildkit`), and have `buildctl` in the PATH. See it yourself: `nerdctl version`.',
};

function notAnswering({ name, unreachable }: Unreachable): Finding {
  const isDaemon = name === 'docker' || name === 'nerdctl';
  return {
    code: 'DG402',
    level: 'error',
    title: `${name} is installed, but ${isDaemon ? 'its engine does not answer' : 'it does not work'}.`,
    detail: `${name} said: ${unreachable}`,
    fix: START[name],
  };
}

function tooOld(engine: EngineVersion): readonly Finding[] {
  const oldest = oldestVersion(engine);
  if (oldest === undefined) return [];
  return [
    {
      code: 'DG405',
      level: 'error',
      title: `${engine.name} ${engine.server} is too old: ${oldest} is the oldest whose options all do what they say.`,
      fix: `Install a newer ${engine.name}, or build with docker (\`engine: docker\`).`,
    },
  ];
}

/** An input that the engine would refuse, or leave out silently. */
function beyond({ kind, inputs, why }: Limit, { name }: EngineVersion): Finding {
  const names = listed(inputs.map((input) => `\`${input}\``));
  const buildx = 'Put `- uses: docker/setup-buildx-action@v3` before this step, or remove the input.';
  if (kind === 'buildx') {
    return {
      code: 'DG403',
      level: 'error',
      title: `${names} ${inputs.length === 1 ? 'needs' : 'need'} buildx, and ${why}.`,
      fix: buildx,
    };
  }
  return {
    code: 'DG404',
    level: 'error',
    title: `${names} can't be used: ${why}.`,
    fix:
      kind === 'driver'
        ? buildx
        : `Correct or remove the input, or build with docker and buildx instead of ${name} (\`engine: docker\`).`,
  };
}
