import { inputsThatNeedBuildx } from '../../../docker/build-command.ts';
import { type ContextSize, measureContext } from '../../../docker/context-size.ts';
import type { DockerVersion } from '../../../docker/docker.ts';
import { freeSpace } from '../../../docker/free-space.ts';
import type { Finding } from '../../../finding.ts';
import type { Config } from '../../inputs/config.ts';
import { listed, size } from '../../report/words.ts';
import { buildPaths, dockerfileProblems, largeContext, missingFiles } from '../build-files.ts';
import type { Check, CheckContext } from '../check.ts';
import { isReusable } from '../reuse.ts';

/** What the image is built with: the engine answers, and the Dockerfile and the context are there. */
export const checkEngine: Check = async (context) => {
  const { config, lookups } = context;
  if (config.mode === 'rollback') return { subject: 'engine', passed: 'not needed', findings: [] };
  const [files, reused, docker] = await Promise.all([
    fileFindings(context),
    willReuse(context),
    lookups.docker(),
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
  if (!docker.ok) return failed(notThere(docker.error));
  if ('unreachable' in docker.value) return failed(notAnswering(docker.value.unreachable));
  const findings = [...files.findings, ...needsBuildx(config, docker.value), ...(await littleSpace(context))];
  const isInOrder = findings.every(({ level }) => level !== 'error');
  return {
    subject: 'engine',
    passed: isInOrder ? describe(docker.value, config, files.size) : undefined,
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
  const missing = await missingFiles(build, paths);
  if (missing.length > 0) return { findings: missing, size: undefined };
  const [dockerfile, size] = await Promise.all([
    // A whole parser is loaded for it: not where nothing is asked of the Dockerfile.
    build.target || build.buildArgs.length > 0 ? lookups.dockerfile() : undefined,
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

async function littleSpace({ config, run }: CheckContext): Promise<readonly Finding[]> {
  const space = await freeSpace(run.workspace, config.environment);
  if (space === undefined || space.bytes >= LITTLE_SPACE) return [];
  return [
    {
      code: 'DG415',
      level: 'warning',
      title: `Only ${size(space.bytes)} are free in ${space.folder}, where the engine keeps its images: the build may run out of space.`,
      fix: 'Make room before this step: `docker system prune --all --force`. On a hosted runner, use a larger one.',
    },
  ];
}

async function willReuse({ config, lookups }: CheckContext): Promise<boolean> {
  if (!config.image.reuse || config.awsObstacle !== undefined || config.image.repository === '') return false;
  const images = await lookups.taggedImages();
  return images.ok && isReusable(config, images.value);
}

function describe(
  { server, client, buildx }: DockerVersion,
  { build }: Config,
  context: ContextSize | undefined,
): string {
  const versions = server === client ? `docker ${server}` : `docker ${client} (engine ${server})`;
  return `${versions}, ${buildx ? `buildx ${buildx}` : 'classic builder (no buildx)'}; context ${context ? `${context.partial ? 'over ' : ''}${size(context.bytes)}` : build.context}`;
}

function notThere(error: unknown): Finding {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return {
    code: 'DG401',
    level: 'error',
    title:
      code === 'ENOENT'
        ? 'There is no `docker` on this runner to build the image with.'
        : `\`docker\` can't be started on this runner (${code}).`,
    fix: 'Use a runner with docker (`runs-on: ubuntu-latest`), or install it on the self-hosted one. See it yourself: `docker version`.',
  };
}

function notAnswering(words: string): Finding {
  return {
    code: 'DG402',
    level: 'error',
    title: 'docker is installed, but its engine does not answer.',
    detail: `docker said: ${words}`,
    fix: "Start it (`sudo systemctl start docker`), and let the runner's user reach its socket (group `docker`), or correct DOCKER_HOST. See it yourself: `docker info`.",
  };
}

function needsBuildx(config: Config, docker: DockerVersion): readonly Finding[] {
  const inputs = inputsThatNeedBuildx(config.build);
  if (docker.buildx !== undefined || inputs.length === 0) return [];
  const names = listed(inputs.map((name) => `\`${name}\``));
  return [
    {
      code: 'DG403',
      level: 'error',
      title: `${names} ${inputs.length === 1 ? 'needs' : 'need'} buildx, and docker here has none.`,
      fix: 'Put `- uses: docker/setup-buildx-action@v3` before this step, or remove the input.',
    },
  ];
}
