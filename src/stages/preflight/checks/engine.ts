import { stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { inputsThatNeedBuildx } from '../../../docker/build-command.ts';
import type { DockerVersion } from '../../../docker/docker.ts';
import type { Finding } from '../../../finding.ts';
import type { BuildSettings, Config } from '../../inputs/config.ts';
import { listed } from '../../report/words.ts';
import type { Check, CheckContext } from '../check.ts';
import { isReusable } from '../reuse.ts';

/** What the image is built with: the engine answers, and the Dockerfile and the context are there. */
export const checkEngine: Check = async (context) => {
  const { config, lookups, run } = context;
  if (config.mode === 'rollback') return { subject: 'engine', passed: 'not needed', findings: [] };
  const files = await fileProblems(config.build, run.workspace);
  if (files.length === 0 && (await willReuse(context))) {
    return { subject: 'engine', passed: 'not needed: the image is there already', findings: [] };
  }
  const docker = await lookups.docker();
  if (!docker.ok)
    return { subject: 'engine', passed: undefined, findings: [notThere(docker.error), ...files] };
  if ('unreachable' in docker.value) {
    return {
      subject: 'engine',
      passed: undefined,
      findings: [notAnswering(docker.value.unreachable), ...files],
    };
  }
  const findings = [...files, ...needsBuildx(config, docker.value)];
  return {
    subject: 'engine',
    passed: findings.length === 0 ? describe(docker.value, config) : undefined,
    findings,
  };
};

async function willReuse({ config, lookups }: CheckContext): Promise<boolean> {
  if (!config.image.reuse || config.awsObstacle !== undefined || config.image.repository === '') return false;
  const images = await lookups.taggedImages();
  return images.ok && isReusable(config, images.value);
}

function describe({ server, client, buildx }: DockerVersion, { build }: Config): string {
  const versions = server === client ? `docker ${server}` : `docker ${client} (engine ${server})`;
  return `${versions}, ${buildx ? `buildx ${buildx}` : 'classic builder (no buildx)'}; context ${build.context}`;
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

/** Contexts that are not a folder of the workspace (a git URL, a tarball, standard input) are left to docker. */
function isRemote(context: string): boolean {
  return /^([a-z]+:\/\/|git@|github\.com\/)/.test(context) || context === '-';
}

async function fileProblems(build: BuildSettings, workspace: string): Promise<readonly Finding[]> {
  if (isRemote(build.context)) return [];
  const folder = resolve(workspace, build.context);
  const context = await stat(folder).catch(() => undefined);
  if (!context?.isDirectory()) {
    return [
      {
        code: 'DG412',
        level: 'error',
        title: `The build context \`${build.context}\` ${context ? 'is not a folder' : 'does not exist in the workspace'}.`,
        fix: 'Correct `context`, or put `- uses: actions/checkout@v5` before this step.',
      },
    ];
  }
  const file = build.file ?? join(build.context, 'Dockerfile');
  const path = isAbsolute(file) ? file : join(workspace, file);
  const dockerfile = await stat(path).catch(() => undefined);
  if (dockerfile?.isFile()) return [];
  return [
    {
      code: 'DG411',
      level: 'error',
      title: `There is no Dockerfile at \`${file}\`.`,
      fix: 'Name it with `file: path/to/Dockerfile` (from the root of the workspace), or put `- uses: actions/checkout@v5` before this step.',
    },
  ];
}
