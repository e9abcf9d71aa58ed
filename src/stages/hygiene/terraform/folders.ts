import { posix } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Repository } from '../repository.ts';
import { asText } from './evaluate.ts';
import type { Call, Folder, Located, Values } from './folder.ts';
import { loadHclReader, UNREAD } from './hcl/parser.ts';
import type { Block, HclFile } from './hcl/syntax.ts';

/** Folders in which Terraform is shown or tested, or that tools fill. */
const ASIDE =
  /(^|\/)(\.terraform|\.terragrunt-cache|node_modules|vendor|cdk\.out|examples?|samples?|tests?|testdata|test-data|fixtures?|__tests__|e2e|specs?)\//;

/**
 * Bounds for one run: 2.6 MB of HCL are parsed in a second. Folders with the resources that rules look at come first, and
 * one that is not read whole counts as broken.
 */
const MOST_FILES = 5_000;
const MOST_CHARACTERS = 2_000_000;
/** Time that parsing takes at most, all files together, and how long it holds the event loop at a time. In milliseconds. */
const MOST_PARSING_MS = 3_000;
const TURN_MS = 8;

/** Types of resources that rules look at, without the `aws_` in front. */
const LOOKED_AT =
  '(?:db_instance|rds_cluster|ecs_cluster|ecs_service|ecr_\\w{1,60}|lb_target_group|alb_target_group|appautoscaling_target)';
const RESOURCES = new RegExp(`^aws_${LOOKED_AT}$`);
/** Files that say something about a folder by being there. */
const BESIDE = new Set(['.terraform.lock.hcl', 'terragrunt.hcl']);
const BLOCKS = new Set(['variable', 'locals', 'output', 'provider', 'terraform', 'module']);

// The same in a text that is not parsed yet. No `\s*` behind `^`: on a megabyte of blank lines that never ends.
const WITH_RESOURCES = new RegExp(`"?aws_${LOOKED_AT}"?\\s+"|^[ \\t\\ufeff]*"?module\\b`, 'm');
const WITH_SETTINGS = /^[ \t\ufeff]*"?(variable|provider|terraform|module)\b/m;
const WITH_VALUES = new RegExp(`^[ \\t\\ufeff]*"?(locals|output)\\b|"?aws_${LOOKED_AT}\\b`, 'm');

const isTerraform = (path: string) => path.endsWith('.tf') || path.endsWith('.tf.json');
const isValues = (path: string) => path.endsWith('.tfvars') || path.endsWith('.tfvars.json');
const isGivenAlways = (path: string) =>
  /(^|\/)terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$/.test(path);
const isOverride = (path: string) => /(^|[/_])override\.tf(\.json)?$/.test(path);

/** Every folder with Terraform that git tracks, parsed; undefined where there is none. */
export async function readFolders(
  repository: Repository,
  mostParsingMs = MOST_PARSING_MS,
): Promise<readonly Folder[] | undefined> {
  const files = repository.tracked.filter((path) => !ASIDE.test(path));
  const sources = files.filter(isTerraform);
  if (sources.length === 0) return undefined;
  const texts = neededOf(await textsOf(repository, sources));
  const values = await textsOf(repository, files.filter(isValues));
  const { unread } = repository;
  const reader = await loadHclReader();
  const spent = { ms: 0, most: mostParsingMs };
  const parsed = await parseAll(firstOf(texts), spent, (path, text) => {
    const file = reader(text, isWanted);
    if (file === UNREAD) unread.add('terraformSlow', path);
    return file;
  });
  const given = await parseAll(firstOf(values), spent, (path, text) => {
    const file = reader(asHcl(path, text), () => true);
    if (file === UNREAD) unread.add('terraformSlow', path);
    return valuesOf(file, path);
  });
  unread.add('terraform', ...texts.flatMap(([path]) => (parsed.has(path) ? [] : [path])));
  unread.add('terraform', ...values.flatMap(([path]) => (given.has(path) ? [] : [path])));
  const byFolder = [...Map.groupBy(texts, ([path]) => posix.dirname(path))];
  const beside = new Set(files.filter((path) => BESIDE.has(posix.basename(path))));
  const folders = byFolder.map(([path, own]) => folderOf(path, beside, own, parsed, given));
  joinCalls(folders);
  return folders;
}

type Text = readonly [path: string, text: string];

async function textsOf(repository: Repository, all: readonly string[]): Promise<readonly Text[]> {
  repository.unread.add('terraform', ...all.slice(MOST_FILES));
  const paths = all.slice(0, MOST_FILES);
  const texts = await Promise.all(paths.map(async (path) => [path, await repository.read(path)] as const));
  return texts.flatMap(([path, text]): readonly Text[] => (text === undefined ? [] : [[path, text]]));
}

/** The files in which something stands that rules look at, or that its values may come from; the rest is not parsed. */
function neededOf(texts: readonly Text[]): readonly Text[] {
  const rich = new Set(
    texts.filter(([, text]) => WITH_RESOURCES.test(text)).map(([path]) => posix.dirname(path)),
  );
  const needed = texts.filter(
    ([path, text]) =>
      path.endsWith('.json') ||
      WITH_SETTINGS.test(text) ||
      (rich.has(posix.dirname(path)) && WITH_VALUES.test(text)),
  );
  const isRich = ([path]: Text) => (rich.has(posix.dirname(path)) ? 0 : 1);
  return needed.toSorted((a, b) => isRich(a) - isRich(b));
}

/** As many of the texts as are within the bound. */
function firstOf(texts: readonly Text[]): readonly Text[] {
  let sum = 0;
  return texts.filter(([, { length }]) => {
    sum += length;
    return sum <= MOST_CHARACTERS;
  });
}

/** What a parser makes of each text, until the time for all is spent; requests to AWS get their turns between them. */
async function parseAll<Parsed>(
  texts: readonly Text[],
  spent: { ms: number; readonly most: number },
  parse: (path: string, text: string) => Parsed,
): Promise<ReadonlyMap<string, Parsed>> {
  const parsed = new Map<string, Parsed>();
  let turnAt = performance.now();
  for (const [path, text] of texts) {
    if (spent.ms > spent.most) break;
    const start = performance.now();
    parsed.set(path, parse(path, text));
    const end = performance.now();
    spent.ms += end - start;
    if (end - turnAt < TURN_MS) continue;
    await nextTurn();
    turnAt = performance.now();
  }
  return parsed;
}

function isWanted(type: string, labels: readonly string[]): boolean {
  return BLOCKS.has(type) || (type === 'resource' && RESOURCES.test(labels[0] ?? ''));
}

/** The object of a `.tfvars.json` is read as the one block of a file whose variables it would be the locals of. */
function asHcl(path: string, text: string): string {
  return path.endsWith('.json') ? `{"locals": ${text}}` : text;
}

function valuesOf({ blocks, arguments: own }: HclFile, path: string): Values {
  const values = path.endsWith('.json') ? blocks.flatMap((block) => [...block.arguments.values()]) : own;
  return new Map(values.map(({ name, value }) => [name, value]));
}

function folderOf(
  path: string,
  beside: ReadonlySet<string>,
  own: readonly Text[],
  parsed: ReadonlyMap<string, HclFile>,
  given: ReadonlyMap<string, Values>,
): Folder {
  const files = own.map(([file]) => file).sort();
  const blocksIn = (some: readonly string[]): readonly Located[] =>
    some.flatMap((file) => (parsed.get(file)?.blocks ?? []).map((block) => ({ file, block })));
  const overrides = Map.groupBy(blocksIn(files.filter(isOverride)), nameOf);
  const always = [...given].filter(([file]) => isGivenAlways(file) && posix.dirname(file) === path);
  return {
    path,
    blocks: blocksIn(files.filter((file) => !isOverride(file))).map((one) => overridden(one, overrides)),
    broken: files.some((file) => parsed.get(file)?.broken ?? true),
    given: new Map(always.flatMap(([, values]) => [...values])),
    maybeGiven: [...given].flatMap(([file, values]) =>
      !isGivenAlways(file) && isNear(file, path) ? [values] : [],
    ),
    calls: [],
    locked: beside.has(posix.join(path, '.terraform.lock.hcl')),
    terragrunt: aboveAnd(path).some((folder) => beside.has(posix.join(folder, 'terragrunt.hcl'))),
    memory: new Map(),
    memoryByDefaults: new Map(),
  };
}

/** A folder and all above it, up to the root. */
function aboveAnd(path: string): readonly string[] {
  return path === '.' ? ['.'] : [path, ...aboveAnd(posix.dirname(path))];
}

/** Whether a `.tfvars` file may be meant for a folder: it stands in it, below it, or below the folder above it. */
function isNear(file: string, folder: string): boolean {
  const above = posix.dirname(folder);
  return above === '.' || file.startsWith(`${above}/`);
}

/** https://developer.hashicorp.com/terraform/language/files/override: an argument there takes this one's place. */
function overridden(one: Located, overrides: ReadonlyMap<string, readonly Located[]>): Located {
  const over = overrides.get(nameOf(one)) ?? [];
  return over.slice(-MOST_OVERRIDES).reduce<Located>(({ file, block }, { block: by }) => {
    const types = new Set(by.blocks.map(({ type }) => type));
    // Lines are those of the first file: that is where the resource is looked for.
    const replaced = [...by.arguments].map(
      ([name, argument]) =>
        [name, { ...argument, line: block.arguments.get(name)?.line ?? block.line }] as const,
    );
    const merged: Block = {
      ...block,
      arguments: new Map([...block.arguments, ...replaced]),
      blocks: [...block.blocks.filter(({ type }) => !types.has(type)), ...by.blocks],
    };
    return { file, block: merged };
  }, one);
}

/** Nobody has a block overridden more often. */
const MOST_OVERRIDES = 20;

function nameOf({ block: { type, labels } }: Located): string {
  return [type, ...labels].join('.');
}

function joinCalls(folders: readonly Folder[]): void {
  const byPath = new Map(folders.map((folder) => [folder.path, folder]));
  for (const from of folders) {
    for (const { block } of from.blocks) {
      if (block.type !== 'module') continue;
      const source = block.arguments.get('source')?.value;
      const text = source?.kind === 'literal' ? asText(source.value) : undefined;
      if (text === undefined || !/^\.\.?(\/|$)/.test(text)) continue;
      const call: Call = { from, block };
      byPath.get(posix.join(from.path, text).replace(/\/$/, ''))?.calls.push(call);
    }
  }
}
