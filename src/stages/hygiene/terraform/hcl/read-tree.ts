import type { Node } from 'web-tree-sitter';
import { blocksOfJson } from './json.ts';
import { namedChildren, readExpression, readString } from './read-expression.ts';
import type { Argument, Block, HclFile } from './syntax.ts';

/** Blocks in blocks deeper than this are no Terraform. */
const DEEPEST = 20;

/** A file's syntax tree as blocks and arguments. Blocks that are not wanted are read without what is in them. */
export function readTree(root: Node, wanted: (type: string, labels: readonly string[]) => boolean): HclFile {
  const top = namedChildren(root);
  const object = top.find(({ type }) => type === 'object');
  if (object !== undefined) {
    const blocks = blocksOfJson(readExpression([object], 0), object.hasError);
    return { blocks, arguments: [], broken: root.hasError };
  }
  const body = readBody(top.filter(({ type }) => type === 'body').flatMap(namedChildren), (node) =>
    readBlock(node, wanted, 0),
  );
  return { blocks: body.blocks, arguments: [...body.arguments.values()], broken: root.hasError };
}

function readBody(
  nodes: readonly Node[],
  blockOf: (node: Node) => Block | undefined,
): Pick<Block, 'arguments' | 'blocks'> {
  const found = new Map<string, Argument>();
  const blocks: Block[] = [];
  for (const node of nodes) {
    if (node.type === 'attribute') {
      const argument = readArgument(node);
      if (argument !== undefined) found.set(argument.name, argument);
    } else if (node.type === 'block') {
      const block = blockOf(node);
      if (block !== undefined) blocks.push(block);
    }
  }
  return { arguments: found, blocks };
}

function readArgument(node: Node): Argument | undefined {
  const [name, value] = namedChildren(node);
  if (name === undefined || value === undefined) return undefined;
  return { name: name.text, line: name.startPosition.row + 1, value: readExpression([value], 0) };
}

function readBlock(
  node: Node,
  wanted: ((type: string, labels: readonly string[]) => boolean) | undefined,
  depth: number,
): Block | undefined {
  const children = namedChildren(node);
  const [name, ...rest] = children;
  if (name?.type !== 'identifier' || depth > DEEPEST) return undefined;
  const labels = rest
    .filter(({ type }) => type === 'string_lit' || type === 'identifier')
    .map((label) => (label.type === 'identifier' ? label.text : readString(label)));
  const line = name.startPosition.row + 1;
  if (wanted !== undefined && !wanted(name.text, labels)) {
    return { type: name.text, labels, line, arguments: new Map(), blocks: [], broken: true };
  }
  const body = rest.filter(({ type }) => type === 'body').flatMap(namedChildren);
  const inside = readBody(body, (inner) => readBlock(inner, undefined, depth + 1));
  return { type: name.text, labels, line, ...inside, broken: node.hasError };
}
