import type { From } from 'dockerfile-ast';
import { fileText } from '../runner/file-text.ts';

/** Stages, arguments and platforms of a Dockerfile. Lines are counted from 1. */
export interface Dockerfile {
  readonly stages: readonly DockerfileStage[];
  /** Names of all ARG instructions, before and in the stages. */
  readonly declaredArgs: ReadonlySet<string>;
  /** The stage that `target` names (by name, in any case, or by number), the last one where it is left out. */
  stage(target: string | undefined): DockerfileStage | undefined;
  /** `--platform` of that stage's base, or of the stage it is built on; `unknown` where a variable decides. */
  platformOf(target: string | undefined): string | undefined;
}

/** A build stage. */
export interface DockerfileStage {
  readonly name: string | undefined;
  /** The image, or the name of the stage, that it builds on. */
  readonly base: string;
  readonly platform: string | undefined;
  readonly line: number;
}

/** Larger is no Dockerfile that somebody wrote. In bytes. */
const MOST = 1_000_000;

/** Text of a Dockerfile; undefined where it can't be read, or is larger than any. */
export async function dockerfileText(path: string): Promise<string | undefined> {
  return await fileText(path, MOST);
}

/** Reads a Dockerfile; undefined where it can't be read, or is for another frontend than docker's own. */
export async function readDockerfile(path: string): Promise<Dockerfile | undefined> {
  const text = await dockerfileText(path);
  return text === undefined ? undefined : await parseDockerfile(text);
}

/**
 * A Dockerfile as docker takes its lines: a carriage return alone ends none, and the parser would count one there that
 * nobody else does.
 */
export function inLines(text: string): string {
  return text.replaceAll(/\r(?!\n)/g, ' ');
}

/** Whether a Dockerfile may name a platform for a stage: read without taking it apart. */
export async function statesPlatform(path: string): Promise<boolean> {
  return /--platform/i.test((await dockerfileText(path)) ?? '');
}

/**
 * Takes a Dockerfile apart; undefined where its `# syntax=` names another frontend than docker's own, so that it may
 * mean anything, or where it has no stage.
 */
export async function parseDockerfile(text: string): Promise<Dockerfile | undefined> {
  const { DockerfileParser } = await import('dockerfile-ast');
  const parsed = DockerfileParser.parse(inLines(text));
  const syntax = parsed
    .getDirectives()
    .find((directive) => directive.getName() === 'syntax')
    ?.getValue();
  if (!isDockerFrontend(syntax)) return undefined;
  const stages = parsed.getFROMs().map(toStage);
  if (stages.length === 0) return undefined;
  const declared = parsed
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === 'ARG')
    .flatMap((instruction) => instruction.getArguments().map((argument) => argument.getValue()));
  const stage = (target: string | undefined) => findStage(stages, target);
  return {
    stages,
    declaredArgs: new Set(declared.map((argument) => argument.split('=', 1)[0] ?? '')),
    stage,
    platformOf: (target) => platformOf(stages, stage(target)),
  };
}

/** Whether the value of a `# syntax=` (or none) is docker's own frontend; another may read the file in any way. */
export function isDockerFrontend(syntax: string | null | undefined): boolean {
  return !syntax || /^(docker\.io\/)?docker\/dockerfile(-upstream)?([:@]|$)/.test(syntax);
}

function toStage(from: From): DockerfileStage {
  const platform = from.getPlatformFlag()?.getValue();
  return {
    name: from.getBuildStage() ?? undefined,
    base: from.getImage() ?? '',
    platform: platform ?? undefined,
    line: (from.getRange()?.start.line ?? 0) + 1,
  };
}

function findStage(
  stages: readonly DockerfileStage[],
  target: string | undefined,
): DockerfileStage | undefined {
  if (target === undefined) return stages.at(-1);
  const wanted = target.toLowerCase();
  const named = stages.findLast(({ name }) => name?.toLowerCase() === wanted);
  return named ?? (/^\d+$/.test(target) ? stages[Number(target)] : undefined);
}

function platformOf(
  stages: readonly DockerfileStage[],
  stage: DockerfileStage | undefined,
): string | undefined {
  let own = stage;
  let at = stage ? stages.indexOf(stage) : 0;
  while (own !== undefined && own.platform === undefined) {
    // A stage can only build on one before it.
    const base = own.base.toLowerCase();
    for (at -= 1; at >= 0 && stages[at]?.name?.toLowerCase() !== base; ) at -= 1;
    own = stages[at];
  }
  const platform = own?.platform;
  // These are what would be built for anyway.
  if (platform === undefined || /^\$\{?(TARGET|BUILD)PLATFORM\}?$/.test(platform)) return undefined;
  return platform.includes('$') ? 'unknown' : platform;
}
