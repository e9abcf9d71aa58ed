import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { ContextSize } from '../../docker/context-size.ts';
import { type Dockerfile, dockerfileText } from '../../docker/dockerfile.ts';
import type { Finding } from '../../finding.ts';
import { oneLine } from '../../runner/text.ts';
import type { BuildSettings } from '../inputs/config.ts';
import { listed, size } from '../report/words.ts';
import { dockerfilesNear, foldersOf } from './near-files.ts';
import { nearName } from './near-name.ts';

/** Where the files of a build are, as absolute paths. */
export interface BuildPaths {
  readonly context: string;
  readonly dockerfile: string;
}

/** Contexts that are not a folder of the workspace (a git URL, a tarball, standard input) are left to docker. */
export function buildPaths(build: BuildSettings, workspace: string): BuildPaths | undefined {
  if (/^([a-z]+:\/\/|git@|github\.com\/)/.test(build.context) || build.context === '-') return undefined;
  const file = build.file ?? join(build.context, 'Dockerfile');
  return {
    context: resolve(workspace, build.context),
    dockerfile: isAbsolute(file) ? file : join(workspace, file),
  };
}

/** A context or a Dockerfile that is not there, or that builds nothing; empty where both will do. */
export async function missingFiles(
  build: BuildSettings,
  paths: BuildPaths,
  workspace: string,
): Promise<readonly Finding[]> {
  const context = await stat(paths.context).catch(() => undefined);
  if (!context?.isDirectory()) {
    const near = nearName(build.context, await foldersOf(workspace));
    return [
      {
        code: 'DG412',
        level: 'error',
        title: `The build context \`${build.context}\` ${context ? 'is not a folder' : 'does not exist in the workspace'}.${near ? ` There is ${oneLine(near, 80)}.` : ''}`,
        fix: 'Correct `context`, or put `- uses: actions/checkout@v5` before this step.',
      },
    ];
  }
  const dockerfile = await stat(paths.dockerfile).catch(() => undefined);
  if (!dockerfile?.isFile()) return [await noDockerfile(build, workspace)];
  return (await hasStage(paths.dockerfile)) ? [] : [noFrom(relative(workspace, paths.dockerfile))];
}

/** Whether there is anything to build; a frontend of its own (`# syntax=`) may read the file in any way. */
async function hasStage(dockerfile: string): Promise<boolean> {
  // What can't be read is for docker to tell.
  const text = await dockerfileText(dockerfile);
  return (
    text === undefined || text.split(/\r?\n/).some((line) => /^\s*(FROM(\s|$)|#\s*syntax\s*=)/i.test(line))
  );
}

function noFrom(file: string): Finding {
  return {
    code: 'DG411',
    level: 'error',
    title: `${oneLine(file, 120)} has no \`FROM\`: it builds nothing.`,
    fix: 'Begin it with a stage, such as `FROM python:3.13-slim`. If it has one, save the file as UTF-8.',
    where: { file, line: 1 },
  };
}

async function noDockerfile(build: BuildSettings, workspace: string): Promise<Finding> {
  const near = await dockerfilesNear(workspace);
  const [first] = near;
  const isAre = near.length === 1 ? 'is' : 'are';
  return {
    code: 'DG411',
    level: 'error',
    title: `There is no Dockerfile at \`${build.file ?? join(build.context, 'Dockerfile')}\`.${first ? ` There ${isAre} ${listed(near.map((path) => oneLine(path, 80)))}.` : ''}`,
    fix: first
      ? useOf(oneLine(first, 80))
      : 'Name it with `file: path/to/Dockerfile` (from the root of the workspace), or put `- uses: actions/checkout@v5` before this step.',
  };
}

/** How a Dockerfile is used that lies elsewhere: what is in a folder mostly copies from it. */
function useOf(path: string): string {
  const folder = dirname(path);
  const byFile = `\`file: ${path}\``;
  return folder !== '.' && basename(path) === 'Dockerfile'
    ? `Write \`context: ${folder}\` if it copies from its own folder, or ${byFile} if from the root.`
    : `Write ${byFile}.`;
}

/** Build arguments that docker knows without an ARG (docs.docker.com, "Predefined ARGs", BuildKit's among them). */
const PREDEFINED = /^(https?_proxy|ftp_proxy|no_proxy|all_proxy|buildkit_\w+|source_date_epoch)$/i;

/** What the build asks of the Dockerfile and it does not have: the stage of `target`, the ARG of a build argument. */
export function dockerfileProblems(
  build: BuildSettings,
  dockerfile: Dockerfile,
  path: string,
  workspace: string,
): readonly Finding[] {
  const file = relative(workspace, path);
  const names = build.buildArgs.map((line) => line.slice(0, line.indexOf('=')));
  const unknown = names.filter((name) => !dockerfile.declaredArgs.has(name) && !PREDEFINED.test(name));
  return [
    ...(dockerfile.stage(build.target) ? [] : [noStage(build.target ?? '', dockerfile, file)]),
    ...unknown.map((name) => undeclared(name, dockerfile, file)),
  ];
}

function noStage(target: string, dockerfile: Dockerfile, file: string): Finding {
  const names = dockerfile.stages.flatMap(({ name }) => name ?? []);
  const near = nearName(target, names);
  const have = names.length > 0 ? `It has ${listed(names)}.` : 'None of its stages has a name.';
  const nearest = dockerfile.stages.find(({ name }) => name !== undefined && name === near);
  return {
    code: 'DG413',
    level: 'error',
    title: `\`target: ${target}\` is no stage of ${file}. ${near ? `There is ${near}.` : have}`,
    fix: near
      ? `Write \`target: ${near}\`, or leave it out for the last stage.`
      : `Name the stage (\`FROM … AS ${target}\`), or leave \`target\` out for the last stage.`,
    where: { file, line: nearest?.line ?? dockerfile.stages.at(-1)?.line ?? 1 },
  };
}

function undeclared(name: string, dockerfile: Dockerfile, file: string): Finding {
  const near = nearName(name, [...dockerfile.declaredArgs]);
  return {
    code: 'DG414',
    level: 'warning',
    title: `Build argument ${name} is not declared in ${file}: it has no effect.${near ? ` There is ${near}.` : ''}`,
    fix: near
      ? `Correct its name in \`build-args\`, or add \`ARG ${name}\` to the stage that uses it.`
      : `Add \`ARG ${name}\` to the stage that uses it, or take it out of \`build-args\`.`,
    where: { file, line: dockerfile.stages[0]?.line ?? 1 },
  };
}

/** A context that takes long to send, and that usually holds what nobody meant to. In bytes. */
const LARGE_CONTEXT = 500_000_000;

/** A build context that is too large, with what makes it so. */
export function largeContext(context: ContextSize, folder: string): readonly Finding[] {
  if (context.bytes < LARGE_CONTEXT) return [];
  const things = context.largest.map(({ path, bytes }) => `${oneLine(path, 80)} (${size(bytes)})`);
  return [
    {
      code: 'DG416',
      level: 'warning',
      title: `The build context \`${folder}\` is ${context.partial ? 'more than ' : ''}${size(context.bytes)}: the classic builder sends all of it, and \`COPY . .\` puts it into the image. The largest in it: ${listed(things)}.`,
      fix: `Leave out what the image does not need: a line each in \`.dockerignore\`, such as \`${oneLine(context.largest[0]?.path ?? '.git', 80)}\`.`,
    },
  ];
}
