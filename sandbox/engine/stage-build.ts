import { posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar, type TarEntry } from '../registry/tar.ts';
import type { ContextEntry } from './build-context.ts';
import { copyEntries } from './copy.ts';
import { DockerExit } from './docker-exit.ts';
import type { Instruction } from './dockerfile.ts';
import type { ImageConfig, Layer, LocalImages } from './local-images.ts';
import { substitute } from './variables.ts';

/** A stage as far as it is built. Each instruction makes a new one. */
export interface StageState {
  readonly config: ImageConfig;
  readonly layers: readonly Layer[];
  /** What COPY put there; undefined where the base is an image whose files were not looked at. */
  readonly files: readonly ContextEntry[] | undefined;
  readonly variables: ReadonlyMap<string, string>;
}

/** What instructions may draw on. */
export interface BuildWorld {
  readonly images: LocalImages;
  readonly context: readonly ContextEntry[];
  readonly buildArgs: ReadonlyMap<string, string>;
  /** ARGs before the first FROM, with their values. */
  readonly globalArgs: ReadonlyMap<string, string>;
  /** The files of an earlier stage, for `COPY --from`. */
  readonly stageFiles: (stage: string) => readonly ContextEntry[] | undefined;
}

/**
 * Applies an instruction (not FROM) to a stage.
 * @throws DockerExit where docker would fail, and for what a stand-in can't do: run a command, fetch a URL.
 */
export function applyInstruction(state: StageState, step: Instruction, world: BuildWorld): StageState {
  const words = (step.json ?? step.words).map((word) => substitute(word, state.variables));
  switch (step.keyword) {
    case 'COPY':
    case 'ADD':
      return addLayer(state, step, words, world);
    case 'RUN':
      throw new DockerExit(
        `the stand-in engine runs no commands: RUN in line ${step.line} needs a real engine`,
      );
    case 'ARG':
      return { ...state, variables: withArgs(state, step, world) };
    case 'ENV':
      return withEnv(state, step);
    case 'LABEL':
      return withConfig(state, {
        Labels: { ...record(state.config.config['Labels']), ...pairsOf(step, state) },
      });
    case 'WORKDIR':
      return withConfig(state, { WorkingDir: posix.resolve('/', workingDirectory(state), words[0] ?? '') });
    case 'CMD':
      return withConfig(state, { Cmd: commandOf(step) });
    case 'ENTRYPOINT':
      return withConfig(state, { Entrypoint: commandOf(step), Cmd: undefined });
    case 'USER':
      return withConfig(state, { User: words[0] ?? '' });
    case 'STOPSIGNAL':
      return withConfig(state, { StopSignal: words[0] ?? '' });
    case 'EXPOSE':
      return withConfig(state, {
        ExposedPorts: { ...record(state.config.config['ExposedPorts']), ...portsOf(words) },
      });
    case 'VOLUME':
      return withConfig(state, { Volumes: { ...record(state.config.config['Volumes']), ...keysOf(words) } });
    default:
      // MAINTAINER, SHELL, HEALTHCHECK, ONBUILD: nothing that a registry or ECS looks at.
      return state;
  }
}

function addLayer(
  state: StageState,
  step: Instruction,
  words: readonly string[],
  world: BuildWorld,
): StageState {
  const chmod = step.flags.get('chmod');
  const added = copyEntries(sourceEntries(step, world), {
    ...placesOf(step, words),
    mode: chmod === undefined ? undefined : Number.parseInt(chmod, 8),
    workingDirectory: workingDirectory(state),
  });
  const { layer, diffId } = packLayer(added, world.images);
  return {
    ...state,
    layers: [...state.layers, layer],
    files: state.files === undefined ? undefined : overlaid(state.files, added),
    config: {
      ...state.config,
      rootfs: { type: 'layers', diff_ids: [...state.config.rootfs.diff_ids, diffId] },
    },
  };
}

function placesOf(
  step: Instruction,
  words: readonly string[],
): { readonly sources: readonly string[]; readonly destination: string } {
  const destination = words.at(-1);
  const sources = words.slice(0, -1);
  if (destination === undefined || sources.length === 0) {
    throw new DockerExit(
      `Error response from daemon: dockerfile parse error line ${step.line}: ${step.keyword} requires at least two arguments`,
    );
  }
  const fetched = sources.find((source) => /^(https?|git|ssh):\/\//.test(source) || source.startsWith('<<'));
  if (fetched === undefined) return { sources, destination };
  throw new DockerExit(`the stand-in engine can't ${step.keyword} ${fetched} (line ${step.line})`);
}

/** The context's files, or those of the stage that `--from` names. */
function sourceEntries(step: Instruction, world: BuildWorld): readonly ContextEntry[] {
  const from = step.flags.get('from');
  const entries = from === undefined ? world.context : world.stageFiles(from.toLowerCase());
  if (entries !== undefined) return entries;
  throw new DockerExit(`invalid from flag value ${from}: the stand-in engine has no such stage with files`);
}

function packLayer(added: readonly ContextEntry[], images: LocalImages): { layer: Layer; diffId: string } {
  const folders = new Set(added.flatMap((entry) => parentsOf(entry.path)));
  const own = new Map(added.map((entry) => [entry.path, entry]));
  const entries: TarEntry[] = [
    ...[...folders].filter((path) => !own.has(path)).map((path) => ({ path, mode: 0o755, isFolder: true })),
    ...[...own.values()].map(tarEntry),
  ].sort((left, right) => (left.path < right.path ? -1 : 1));
  const tar = packTar(entries);
  const diffId = images.putBlob(tar);
  const body = gzipSync(tar);
  return { diffId, layer: { diffId, digest: images.putBlob(body), size: body.length } };
}

function tarEntry(entry: ContextEntry): TarEntry {
  const { path, mode, body, linkTarget } = entry;
  if (entry.kind === 'folder') return { path, mode, isFolder: true };
  return entry.kind === 'link' ? { path, mode: 0o777, linkTarget } : { path, mode, body };
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

function overlaid(files: readonly ContextEntry[], added: readonly ContextEntry[]): readonly ContextEntry[] {
  return [...new Map([...files, ...added].map((entry) => [entry.path, entry])).values()];
}

function withArgs(state: StageState, step: Instruction, world: BuildWorld): ReadonlyMap<string, string> {
  const variables = new Map(state.variables);
  for (const [name, given] of step.pairs) {
    const value = world.buildArgs.get(name) ?? given ?? world.globalArgs.get(name);
    if (value !== undefined) variables.set(name, substitute(value, variables));
  }
  return variables;
}

function withEnv(state: StageState, step: Instruction): StageState {
  const pairs = Object.entries(pairsOf(step, state));
  const names = new Set(pairs.map(([name]) => name));
  const before = environmentOf(state).filter((line) => !names.has(line.slice(0, line.indexOf('='))));
  const Env = [...before, ...pairs.map(([name, value]) => `${name}=${value}`)];
  return { ...withConfig(state, { Env }), variables: new Map([...state.variables, ...pairs]) };
}

function environmentOf(state: StageState): readonly string[] {
  const env = state.config.config['Env'];
  return Array.isArray(env) ? env.filter((line) => typeof line === 'string') : [];
}

function pairsOf(step: Instruction, state: StageState): Readonly<Record<string, string>> {
  return Object.fromEntries(
    step.pairs.map(([name, value]) => [name, substitute(value ?? '', state.variables)]),
  );
}

function commandOf(step: Instruction): readonly string[] {
  return step.json ?? ['/bin/sh', '-c', step.text];
}

function portsOf(words: readonly string[]): Readonly<Record<string, object>> {
  return keysOf(words.map((word) => (word.includes('/') ? word : `${word}/tcp`)));
}

function keysOf(words: readonly string[]): Readonly<Record<string, object>> {
  return Object.fromEntries(words.map((word) => [word, {}]));
}

function withConfig(state: StageState, changes: Readonly<Record<string, unknown>>): StageState {
  return { ...state, config: { ...state.config, config: { ...state.config.config, ...changes } } };
}

function workingDirectory(state: StageState): string {
  const folder = state.config.config['WorkingDir'];
  return typeof folder === 'string' ? folder : '/';
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
