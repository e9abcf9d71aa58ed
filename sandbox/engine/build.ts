import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type ContextEntry, readContext } from './build-context.ts';
import { DockerExit } from './docker-exit.ts';
import { type ParsedDockerfile, parseDockerfile, type Stage } from './dockerfile.ts';
import type { ImageConfig, LocalImages } from './local-images.ts';
import { parseReference } from './reference.ts';
import { applyInstruction, type BuildWorld, type StageState } from './stage-build.ts';
import { substitute } from './variables.ts';

export interface BuildOptions {
  readonly contextFolder: string;
  readonly file: string | undefined;
  readonly tags: readonly string[];
  readonly labels: readonly string[];
  readonly buildArgs: readonly string[];
  readonly target: string | undefined;
  /** `os/arch[/variant]` */
  readonly platform: string | undefined;
  readonly iidFile: string | undefined;
  readonly isQuiet: boolean;
}

/**
 * Builds an image from a Dockerfile that only copies and configures. Equal content has an equal digest:
 * nothing of the time or the machine goes in.
 * @throws DockerExit where docker would fail, and for RUN, ADD of a URL and images to pull.
 */
export function build(options: BuildOptions, images: LocalImages, print: (line: string) => void): void {
  const tags = options.tags.map((tag) => parseReference(tag).name);
  const file = dockerfilePath(options);
  const context = readContext(resolve(options.contextFolder), ignoreFileOf(options, file));
  const say = (line: string) => (options.isQuiet ? undefined : print(line));
  say(`Sending build context to Docker daemon  ${sizeOf(context)}`);
  const parsed = parseDockerfile(readFileSync(file, 'utf8'), basename(file));
  const state = buildStages(options, parsed, images, context, say);
  const id = images.put(labelled(state.config, options.labels), state.layers, tags);
  warnOfUnusedArgs(options, parsed, say);
  if (options.iidFile !== undefined) writeFileSync(options.iidFile, id);
  if (options.isQuiet) print(id);
  say(`Successfully built ${id.slice(7, 19)}`);
  for (const tag of tags) say(`Successfully tagged ${tag}`);
}

function dockerfilePath(options: BuildOptions): string {
  const folder = resolve(options.contextFolder);
  if (!existsSync(folder))
    throw new DockerExit(`unable to prepare context: path "${options.contextFolder}" not found`);
  const file = options.file === undefined ? join(folder, 'Dockerfile') : resolve(options.file);
  if (existsSync(file)) return file;
  throw new DockerExit(
    `unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat ${file}: no such file or directory`,
  );
}

/** `<Dockerfile>.dockerignore` beside the Dockerfile comes before the context's own. */
function ignoreFileOf(options: BuildOptions, dockerfile: string): string | undefined {
  const own = [`${dockerfile}.dockerignore`, join(resolve(options.contextFolder), '.dockerignore')];
  const found = own.find((path) => existsSync(path));
  return found === undefined ? undefined : readFileSync(found, 'utf8');
}

function buildStages(
  options: BuildOptions,
  parsed: ParsedDockerfile,
  images: LocalImages,
  context: readonly ContextEntry[],
  say: (line: string) => void,
): StageState {
  const buildArgs = new Map(options.buildArgs.map(buildArg));
  const built: StageState[] = [];
  const indexOf = (name: string) => stageIndex(parsed.stages, name);
  const world: BuildWorld = {
    images,
    context,
    buildArgs,
    globalArgs: globalArgs(parsed, buildArgs),
    stageFiles: (name) => built[indexOf(name)]?.files,
  };
  const stages = stagesUpTo(parsed.stages, options.target);
  const total = stages.reduce((count, stage) => count + 1 + stage.instructions.length, 0);
  let number = 0;
  const step = (text: string) => {
    number += 1;
    say(`Step ${number}/${total} : ${text}`);
  };
  for (const stage of stages) {
    const from = substitute(stage.from, world.globalArgs);
    step(`FROM ${from}${stage.name === undefined ? '' : ` AS ${stage.name}`}`);
    let state = startStage(stage, from, built[indexOf(from.toLowerCase())], options, images);
    for (const instruction of stage.instructions) {
      step(`${instruction.keyword} ${instruction.text}`);
      state = applyInstruction(state, instruction, world);
    }
    built.push(state);
  }
  return built.at(-1) ?? emptyStage(options);
}

/** By name, else by number; -1 for neither. */
function stageIndex(stages: readonly Stage[], name: string): number {
  const byName = stages.findIndex((stage) => stage.name === name);
  return byName >= 0 ? byName : /^\d+$/.test(name) ? Number(name) : -1;
}

function stagesUpTo(stages: readonly Stage[], target: string | undefined): readonly Stage[] {
  if (target === undefined) return stages;
  const index = stageIndex(stages, target.toLowerCase());
  if (index >= 0 && index < stages.length) return stages.slice(0, index + 1);
  throw new DockerExit(`Error response from daemon: failed to reach build target ${target} in Dockerfile`);
}

function startStage(
  stage: Stage,
  from: string,
  earlier: StageState | undefined,
  options: BuildOptions,
  images: LocalImages,
): StageState {
  if (from === 'scratch') return emptyStage(options);
  if (earlier !== undefined) return earlier;
  const local = images.find(parseReference(from).name) ?? images.find(from);
  if (local === undefined) {
    throw new DockerExit(
      `the stand-in engine pulls no images: FROM ${from} in line ${stage.line} is neither scratch, an earlier stage nor an image built here`,
    );
  }
  return { config: local.config, layers: local.layers, files: undefined, variables: new Map() };
}

function emptyStage(options: BuildOptions): StageState {
  const [os = 'linux', architecture = process.arch === 'arm64' ? 'arm64' : 'amd64', variant] =
    options.platform?.split('/') ?? [];
  return {
    config: {
      architecture,
      os,
      ...(variant === undefined ? {} : { variant }),
      created: '1970-01-01T00:00:00Z',
      config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
      rootfs: { type: 'layers', diff_ids: [] },
    },
    layers: [],
    files: [],
    variables: new Map(),
  };
}

function labelled(config: ImageConfig, labels: readonly string[]): ImageConfig {
  if (labels.length === 0) return config;
  const before = config.config['Labels'];
  const Labels = { ...(typeof before === 'object' ? before : {}), ...Object.fromEntries(labels.map(label)) };
  return { ...config, config: { ...config.config, Labels } };
}

function label(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

/** `--build-arg NAME` without a value takes that of the environment. */
function buildArg(text: string): readonly [string, string] {
  const [name, value] = label(text);
  return [name, text.includes('=') ? value : (process.env[name] ?? '')];
}

function globalArgs(
  parsed: ParsedDockerfile,
  buildArgs: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, given] of parsed.globalArgs.flatMap((step) => step.pairs)) {
    values.set(name, substitute(buildArgs.get(name) ?? given ?? '', values));
  }
  return values;
}

function warnOfUnusedArgs(
  options: BuildOptions,
  parsed: ParsedDockerfile,
  say: (line: string) => void,
): void {
  const declared = new Set(
    parsed.steps.filter((step) => step.keyword === 'ARG').flatMap((step) => step.pairs.map(([name]) => name)),
  );
  const unused = options.buildArgs.map((text) => buildArg(text)[0]).filter((name) => !declared.has(name));
  if (unused.length > 0) say(`[Warning] One or more build-args [${unused.join(' ')}] were not consumed`);
}

function sizeOf(context: readonly ContextEntry[]): string {
  const bytes = context.reduce((total, entry) => total + 512 + entry.body.length, 0);
  return bytes < 1_000_000 ? `${(bytes / 1000).toPrecision(4)}kB` : `${(bytes / 1_000_000).toPrecision(4)}MB`;
}
