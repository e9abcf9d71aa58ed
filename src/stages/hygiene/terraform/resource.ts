import { asBoolean, asNumber, asText, isList, isMap, unknown, type Value } from './evaluate.ts';
import { type Folder, valueByDefaults, valueIn } from './folder.ts';
import type { Block } from './hcl/syntax.ts';

/** A `resource` block that makes something. */
export interface Resource {
  readonly folder: Folder;
  readonly file: string;
  readonly type: string;
  readonly name: string;
  /** `type.name`, as other blocks refer to it. */
  readonly address: string;
  /** Whether it is one, or as many as `count` or `for_each` say. */
  readonly repeated: 'one' | 'count' | 'for_each';
  readonly block: Block;
}

/** The resources of these types in a folder, file by file, without those that `count = 0` leaves out. */
export function resourcesIn(folder: Folder, ...types: readonly string[]): readonly Resource[] {
  return folder.blocks.flatMap(({ file, block }) => {
    const [type = '', name = ''] = block.labels;
    if (block.type !== 'resource' || !types.includes(type) || leftOut(folder, block)) return [];
    const repeated = block.arguments.has('count')
      ? 'count'
      : block.arguments.has('for_each')
        ? 'for_each'
        : 'one';
    return [{ folder, file, type, name, address: `${type}.${name}`, repeated, block }];
  });
}

function leftOut(folder: Folder, block: Block): boolean {
  const count = block.arguments.get('count');
  if (count !== undefined && asNumber(valueByDefaults(folder, count.value)) === 0) return true;
  const each = block.arguments.get('for_each');
  if (each === undefined) return false;
  const value = valueByDefaults(folder, each.value);
  return (isMap(value) && value.size === 0) || (isList(value) && value.length === 0);
}

/**
 * What a resource, or a block in one, sets an argument to; undefined where it doesn't set it, or to `null`, which for
 * Terraform is the same.
 */
export function settingOf(
  { folder, block }: Pick<Resource, 'folder' | 'block'>,
  name: string,
): Value | undefined {
  const argument = block.arguments.get(name);
  if (argument === undefined) return block.broken ? unknown : undefined;
  const value = valueIn(folder, argument.value);
  return value === null ? undefined : value;
}

type Part = Pick<Resource, 'folder' | 'block'>;

/** A boolean argument, or what the provider takes where it is not set; undefined where that can't be known. */
export function flagOf(part: Part, name: string, byDefault: boolean): boolean | undefined {
  const value = settingOf(part, name);
  return value === undefined ? byDefault : asBoolean(value);
}

/** A number argument, or what the provider takes where it is not set; undefined where that can't be known. */
export function numberOf(part: Part, name: string, byDefault: number): number | undefined {
  const value = settingOf(part, name);
  return value === undefined ? byDefault : asNumber(value);
}

/** A string argument, or what the provider takes where it is not set; undefined where that can't be known. */
export function textOf(part: Part, name: string, byDefault: string): string | undefined {
  const value = settingOf(part, name);
  return value === undefined ? byDefault : asText(value);
}

/** Whether an argument is left away for certain. */
export function isMissing(part: Part, name: string): boolean {
  return settingOf(part, name) === undefined;
}

/** Whether an argument is set, or may be. */
export function maybeSet(part: Part, ...names: readonly string[]): boolean {
  return names.some((name) => !isMissing(part, name) || part.block.blocks.some(({ type }) => type === name));
}

/** The nested blocks of a type; undefined where a `dynamic` block, or text that is no HCL, may make more of them. */
export function nestedIn({ folder, block }: Part, type: string): readonly Part[] | undefined {
  if (block.broken) return undefined;
  if (block.blocks.some((inner) => inner.type === 'dynamic' && inner.labels[0] === type)) return undefined;
  return block.blocks.filter((inner) => inner.type === type).map((inner) => ({ folder, block: inner }));
}

/** The names in `lifecycle { ignore_changes = […] }`; `all` for `ignore_changes = all`. */
export function ignoredChanges({ block }: Part): readonly string[] {
  return block.blocks
    .filter(({ type }) => type === 'lifecycle')
    .flatMap((lifecycle) => lifecycle.arguments.get('ignore_changes')?.value ?? [])
    .flatMap((value) => (value.kind === 'list' ? value.items : [value]))
    .flatMap((item) => {
      if (item.kind === 'reference') return item.path[0] ?? [];
      return item.kind === 'literal' && typeof item.value === 'string' ? item.value : [];
    });
}

/** Where an argument of a resource stands, or the resource itself where it has none. */
export function placeOf(
  { file, block }: Resource,
  name?: string,
): { readonly file: string; readonly line: number } {
  const argument = name === undefined ? undefined : block.arguments.get(name);
  return { file, line: argument?.line ?? block.line };
}

/** Lines to put into a resource, with the place to put them. */
export function linesFor(
  { file, block }: Pick<Resource, 'file' | 'block'>,
  ...lines: readonly string[]
): string {
  const head = [block.type, ...block.labels.map((label) => `"${label}"`)].join(' ');
  return `In ${file}, in \`${head}\`:\n${lines.map((line) => `    ${line}`).join('\n')}`;
}
