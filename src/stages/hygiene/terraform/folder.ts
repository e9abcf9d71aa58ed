import { asText, evaluate, type Lookup, unknown, type Value } from './evaluate.ts';
import type { Block, Expression } from './hcl/syntax.ts';

/** A block with the file that it stands in. */
export interface Located {
  readonly file: string;
  readonly block: Block;
}

/** A call of a folder by another's `module` block. */
export interface Call {
  readonly from: Folder;
  readonly block: Block;
}

/** A folder with Terraform: what Terraform calls a module. */
export interface Folder {
  /** From the repository's root, `.` for the root. */
  readonly path: string;
  readonly blocks: readonly Located[];
  /** A file in it is not whole HCL: what is not seen may be there all the same. */
  readonly broken: boolean;
  /** Values of `terraform.tfvars` and `*.auto.tfvars`. */
  readonly given: Values;
  /** Values in other `.tfvars` files, one of which may be given to Terraform by `-var-file`. */
  readonly maybeGiven: readonly Values[];
  /** Calls of this folder by others of the repository; filled in once all folders are there. */
  readonly calls: Call[];
  /** A `.terraform.lock.hcl` is tracked in it. */
  readonly locked: boolean;
  /** A `terragrunt.hcl` stands in it or above: values, versions and providers may come from there. */
  readonly terragrunt: boolean;
  /** Values that were asked for already, by `var.name` and `local.name`. */
  readonly memory: Map<string, Value>;
  /** The same where the defaults of a module hold. */
  readonly memoryByDefaults: Map<string, Value>;
}

/** What a `.tfvars` file gives to variables, by their names. */
export type Values = ReadonlyMap<string, Expression>;

/** The value of an expression that stands in a folder. */
export function valueIn(folder: Folder, expression: Expression, depth = 0): Value {
  return evaluate(expression, lookupIn(folder), depth);
}

/** The same where the defaults of a module hold that its callers may change: what it makes of its own accord. */
export function valueByDefaults(folder: Folder, expression: Expression): Value {
  return valueIn({ ...folder, terragrunt: false, locked: true, memory: folder.memoryByDefaults }, expression);
}

function lookupIn(folder: Folder): Lookup {
  return (root, name, depth) => {
    if (root !== 'var' && root !== 'local') return unknown;
    const key = `${root}.${name}`;
    const known = folder.memory.get(key);
    if (known !== undefined) return known;
    // Asked for again while it is worked out, it refers to itself.
    folder.memory.set(key, unknown);
    const value = root === 'var' ? variable(folder, name, depth) : local(folder, name, depth);
    folder.memory.set(key, value);
    return value;
  };
}

function local(folder: Folder, name: string, depth: number): Value {
  const [only, ...others] = namesIn(folder).locals.get(name) ?? [];
  return only === undefined || others.length > 0 ? unknown : valueIn(folder, only, depth);
}

/** What a folder declares, by its name. */
interface Names {
  readonly locals: ReadonlyMap<string, readonly Expression[]>;
  readonly variables: ReadonlyMap<string, Block>;
}

/** Gathered once for each folder: there may be as many names as references to them. */
const names = new WeakMap<Folder['blocks'], Names>();

function namesIn({ blocks }: Pick<Folder, 'blocks'>): Names {
  const known = names.get(blocks) ?? gatherNames(blocks);
  names.set(blocks, known);
  return known;
}

function gatherNames(blocks: Folder['blocks']): Names {
  const locals = new Map<string, Expression[]>();
  const variables = new Map<string, Block>();
  for (const { block } of blocks) {
    const [label = ''] = block.labels;
    if (block.type === 'variable' && !variables.has(label)) variables.set(label, block);
    if (block.type !== 'locals') continue;
    for (const { name, value } of block.arguments.values()) {
      const values = locals.get(name) ?? [];
      locals.set(name, values);
      values.push(value);
    }
  }
  return { locals, variables };
}

function variable(folder: Folder, name: string, depth: number): Value {
  const byDefault = namesIn(folder).variables.get(name)?.arguments.get('default');
  const fallback = byDefault === undefined ? unknown : valueIn(folder, byDefault.value, depth);
  if (folder.calls.length > 0) {
    return agreed(
      folder.calls.map(({ from, block }) => {
        const passed = block.arguments.get(name);
        return passed === undefined ? fallback : valueIn(from, passed.value, depth);
      }),
    );
  }
  const given = folder.given.get(name);
  if (given === undefined && isForReuse(folder)) return unknown;
  const value = given === undefined ? fallback : valueIn(folder, given, depth);
  const others = folder.maybeGiven.flatMap((values) => values.get(name) ?? []);
  return agreed([value, ...others.map((one) => valueIn(folder, one, depth))]);
}

/** The one value that all of them are. */
function agreed(values: readonly Value[]): Value {
  const [first = unknown, ...rest] = values;
  if (rest.length === 0) return first;
  const text = asText(first);
  return text !== undefined && rest.every((value) => asText(value) === text) ? first : unknown;
}

/**
 * Whether Terraform is run in a folder, as far as it shows: it sets up a provider or a backend, or has values or a lock,
 * and no other folder calls it.
 */
export function isRoot({ blocks, calls, given, locked }: Folder): boolean {
  if (calls.length > 0) return false;
  return (
    locked ||
    given.size > 0 ||
    blocks.some(
      ({ block }) =>
        block.type === 'provider' ||
        (block.type === 'terraform' &&
          block.blocks.some(({ type }) => type === 'backend' || type === 'cloud')),
    )
  );
}

/** Whether it is for callers that are not read here, Terragrunt among them: what is a default in it, they may change. */
function isForReuse(folder: Folder): boolean {
  if (folder.terragrunt) return true;
  if (isRoot(folder) || folder.calls.length > 0) return false;
  return folder.blocks.some(({ block }) => block.type === 'variable' && !block.arguments.has('default'));
}
