import type { Argument, Block, Entry, Expression } from './syntax.ts';

/** How many labels a block has, where it stands in no other. */
const LABELS: Readonly<Record<string, number>> = {
  resource: 2,
  data: 2,
  variable: 1,
  output: 1,
  provider: 1,
  module: 1,
  terraform: 0,
  locals: 0,
};

/**
 * The blocks of a `.tf.json` file, from its one object. Inside a block JSON doesn't tell an argument that is an object
 * from a nested block, so that such a one is given as both.
 * https://developer.hashicorp.com/terraform/language/syntax/json
 */
export function blocksOfJson(file: Expression, broken: boolean): readonly Block[] {
  return entriesOf(file).flatMap((entry) => {
    const type = nameOf(entry);
    const labels = Object.hasOwn(LABELS, type) ? LABELS[type] : undefined;
    return labels === undefined ? [] : blocksBelow(entry, type, [], labels, broken);
  });
}

function blocksBelow(
  entry: Entry,
  type: string,
  labels: readonly string[],
  missing: number,
  broken: boolean,
): readonly Block[] {
  if (missing === 0)
    return bodiesOf(entry.value).map((body) => blockOf(body, type, labels, entry.line, broken));
  return bodiesOf(entry.value)
    .flatMap(entriesOf)
    .flatMap((inner) => blocksBelow(inner, type, [...labels, nameOf(inner)], missing - 1, broken));
}

function blockOf(
  body: Expression,
  type: string,
  labels: readonly string[],
  line: number,
  broken: boolean,
): Block {
  const found = new Map<string, Argument>();
  const blocks: Block[] = [];
  for (const entry of entriesOf(body)) {
    const name = nameOf(entry);
    found.set(name, { name, line: entry.line, value: entry.value });
    if (name === 'dynamic') blocks.push(...blocksBelow(entry, name, [], 1, broken));
    else {
      const inner = bodiesOf(entry.value);
      blocks.push(...inner.map((one) => blockOf(one, name, [], entry.line, broken)));
    }
  }
  return { type, labels, line, arguments: found, blocks, broken };
}

/** The objects that a value is, or is a list of. */
function bodiesOf(value: Expression): readonly Expression[] {
  if (value.kind === 'object') return [value];
  return value.kind === 'list' ? value.items.filter(({ kind }) => kind === 'object') : [];
}

function entriesOf(value: Expression): readonly Entry[] {
  return value.kind === 'object' ? value.entries : [];
}

function nameOf({ key }: Entry): string {
  return key.kind === 'literal' ? String(key.value) : '';
}
