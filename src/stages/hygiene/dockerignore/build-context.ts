import { posix } from 'node:path';
import { parseDockerignore } from '../../../docker/dockerignore.ts';
import { matcherOf as patternMatcher } from '../../../docker/ignore-pattern.ts';
import { copiedSources, coversAll } from '../dockerfile/copies.ts';
import { type Instruction, readInstructions } from '../dockerfile/instructions.ts';
import { readStages, stageNamed, stagesOf } from '../dockerfile/stages.ts';
import type { Repository } from '../repository.ts';
import { ContextView } from './context-view.ts';
import { type SecretInContext, secretsIn } from './secrets.ts';
import { isUnneeded } from './unneeded.ts';

/** A COPY or an ADD that takes something from the build context. */
export interface Copy {
  readonly line: number;
  /** As it is written: `COPY . .`. */
  readonly text: string;
  /** Into the image that is deployed, or into a stage that helps to build it. */
  readonly into: 'image' | 'stage';
  /** Whether it takes a path, given from the context. */
  readonly takes: (path: string) => boolean;
}

/** A file or a folder that docker would send. */
export interface SentEntry {
  /** From the context's folder, without a `/` at its end. */
  readonly path: string;
  readonly bytes: number;
  readonly tracked: boolean;
  /** What takes it; undefined: it is sent, and nothing takes it. */
  readonly copy: Copy | undefined;
}

/** The build context of the deployed image, as docker would get it. */
export interface BuildContext {
  readonly dockerfile: string;
  /** Path of the .dockerignore that counts; where there is none, of the one to write. */
  readonly ignoreFile: { readonly path: string; readonly isThere: boolean };
  /** Its lines. */
  readonly patterns: readonly string[];
  readonly git: SentEntry | undefined;
  /** Whether actions/checkout left its login in .git/config. */
  readonly hasLogin: boolean;
  /** What no image needs, and what git ignores for the same reason. */
  readonly unneeded: readonly SentEntry[];
  /** What else is not tracked: the build may need it. */
  readonly others: readonly SentEntry[];
  readonly secrets: readonly SecretInContext[];
  /** Paths from the context that are sent, tracked or not. */
  readonly sent: readonly string[];
  /** Those of them that git tracks. */
  readonly tracked: ReadonlySet<string>;
  readonly copies: readonly Copy[];
  readonly builder: 'buildkit' | 'classic' | undefined;
}

const MOST_DOCKERFILE = 100_000;
const MOST_SIZES = 50;

/** Reads what would enter the image that is deployed; undefined where its Dockerfile or context isn't known. */
export async function readBuildContext(repository: Repository): Promise<BuildContext | undefined> {
  const { dockerfile, context } = repository.facts;
  if (dockerfile === undefined || context === undefined) return undefined;
  const instructions = await instructionsOf(repository, dockerfile);
  const copies = instructions && copiesOf(instructions, repository.facts.target);
  if (!instructions || !copies) return undefined;
  const { text, ...ignoreFile } = await ignoreFileOf(repository, dockerfile, context);
  const view = new ContextView(repository, context, parseDockerignore(text), copies);
  const names = instructions.map((each) => `${each.keyword} ${each.text}`).join('\n');
  const tracked = await view.tracked();
  const untracked = await view.untracked();
  const below = await view.below();
  const unneeded = [...tracked, ...below].filter((path) => isUnneeded(path) !== undefined);
  const others = untracked.filter((path) => !isUnneeded(path) && path !== '.git');
  return {
    dockerfile,
    ignoreFile,
    patterns: text.split(/\r?\n/).map((line) => line.trim()),
    git: untracked.includes('.git') ? await view.entry('.git', false) : undefined,
    hasLogin: ((await repository.read('.git/config')) ?? '').includes('extraheader'),
    unneeded: await view.grouped(unneeded, names),
    others: await view.entries(mostOf(others, repository), false),
    secrets: await secretsIn(view, repository),
    sent: [...tracked, ...below],
    tracked: new Set(tracked),
    copies,
    builder: await repository.builder(),
  };
}

/** As many as are told of with their sizes. */
function mostOf(paths: readonly string[], { unread }: Repository): readonly string[] {
  unread.add('contextSize', ...paths.slice(MOST_SIZES));
  return paths.slice(0, MOST_SIZES);
}

async function instructionsOf(
  repository: Repository,
  path: string,
): Promise<readonly Instruction[] | undefined> {
  const text = await repository.read(path);
  return text === undefined || text.length > MOST_DOCKERFILE ? undefined : await readInstructions(text);
}

/** What the stages of the built one copy from the context; undefined where there is no such stage. */
function copiesOf(
  instructions: readonly Instruction[],
  target: string | undefined,
): readonly Copy[] | undefined {
  const stages = readStages(instructions);
  const final = target === undefined ? stages.at(-1) : stageNamed(stages, target, true);
  if (final === undefined) return undefined;
  const inImage = new Set(final.lineage);
  const used = new Set(stagesOf(final, stages).flatMap(({ lineage }) => lineage));
  return [...used].flatMap((instruction) =>
    toCopy(instruction, inImage.has(instruction) ? 'image' : 'stage'),
  );
}

function toCopy(instruction: Instruction, into: Copy['into']): readonly Copy[] {
  const { keyword, text, line, flags } = instruction;
  const sources = copiedSources(instruction);
  // `--exclude` leaves out what only BuildKit can say.
  if (sources.length === 0 || flags.some(({ name }) => name === 'exclude')) return [];
  const matchers = sources.map(matcherOf);
  return [
    { line, text: `${keyword} ${text}`, into, takes: (path) => matchers.some((matches) => matches(path)) },
  ];
}

function matcherOf(source: string): (path: string) => boolean {
  if (coversAll(source)) return () => true;
  const wanted = posix.normalize(source.replaceAll(/^["']|["']$/g, '')).replace(/^(\.?\/)+|\/$/g, '');
  if (!/[*?[]/.test(wanted)) return (path) => path === wanted || path.startsWith(`${wanted}/`);
  return patternMatcher(wanted) ?? (() => false);
}

/** What counts is what stands there, whoever wrote it: the context may be a folder that git lists as one. */
async function ignoreFileOf(repository: Repository, dockerfile: string, context: string) {
  const own = posix.join(context, '.dockerignore');
  for (const path of [`${dockerfile}.dockerignore`, own]) {
    const text = await repository.read(path);
    if (text !== undefined) return { path, isThere: true, text };
  }
  return { path: own, isThere: false, text: '' };
}
