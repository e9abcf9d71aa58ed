import type { Node } from 'web-tree-sitter';
import type { Entry, Expression } from './syntax.ts';

/** Expressions in expressions deeper than this are not looked into. */
const DEEPEST = 60;
const TOO_DEEP: Expression = { kind: 'opaque', inside: [] };

/** The children that mean something: no comments, no punctuation, no holes. */
export function namedChildren(node: Node): readonly Node[] {
  return node.namedChildren.filter((child) => child.type !== 'comment');
}

/** A `string_lit` as the text that it stands for. */
export function readString(node: Node): string {
  return unquoted(
    namedChildren(node)
      .filter(({ type }) => type === 'template_literal')
      .map(({ text }) => text)
      .join(''),
  );
}

/**
 * An expression, from the nodes that it is made of: its beginning, and what hangs on it (`.name`, `[0]`, `[*]`), which
 * the grammar has side by side.
 */
export function readExpression(nodes: readonly Node[], depth: number): Expression {
  const [first, ...rest] = nodes;
  if (first === undefined || depth > DEEPEST) return TOO_DEEP;
  return rest
    .filter(({ isNamed }) => isNamed)
    .reduce((expression, node) => withSuffix(expression, node, depth), readTerm(first, depth));
}

function readTerm(node: Node, depth: number): Expression {
  const children = namedChildren(node);
  switch (node.type) {
    case 'expression':
    case 'literal_value':
    case 'template_expr':
    case 'collection_value':
    case 'operation':
    case 'for_expr':
      return readExpression(children, depth + 1);
    case 'variable_expr':
      return { kind: 'reference', path: [node.text] };
    case 'quoted_template':
    case 'heredoc_template':
      return { kind: 'template', parts: children.flatMap((part) => readPart(part, depth)) };
    case 'tuple':
      return { kind: 'list', items: each(children, 'expression', depth) };
    case 'object':
      return {
        kind: 'object',
        entries: children.filter(({ type }) => type === 'object_elem').flatMap((e) => readEntry(e, depth)),
      };
    case 'conditional': {
      const [test = TOO_DEEP, yes = TOO_DEEP, no = TOO_DEEP] = each(children, 'expression', depth);
      return { kind: 'conditional', test, yes, no };
    }
    case 'unary_operation':
    case 'binary_operation':
      return readOperation(node, depth);
    case 'function_call':
      return {
        kind: 'call',
        name: children[0]?.text ?? '',
        parameters: children
          .filter(({ type }) => type === 'function_arguments')
          .flatMap((list) => each(namedChildren(list), 'expression', depth)),
      };
    default:
      return readLiteral(node) ?? { kind: 'opaque', inside: expressionsIn(node, depth) };
  }
}

function readLiteral(node: Node): Expression | undefined {
  switch (node.type) {
    case 'string_lit':
      return { kind: 'literal', value: readString(node) };
    case 'numeric_lit':
      return { kind: 'literal', value: Number(node.text) };
    case 'bool_lit':
      return { kind: 'literal', value: node.text === 'true' };
    case 'null_lit':
      return { kind: 'literal', value: null };
    default:
      return undefined;
  }
}

function each(nodes: readonly Node[], type: string, depth: number): readonly Expression[] {
  return nodes.filter((node) => node.type === type).map((node) => readExpression([node], depth + 1));
}

/** What hangs on an expression: a name, an index, or a splat. */
function withSuffix(of: Expression, node: Node, depth: number): Expression {
  const [inner] = namedChildren(node);
  if (node.type === 'get_attr' && inner !== undefined) return withName(of, inner.text);
  if (node.type === 'index' && inner?.type === 'new_index') {
    const [key] = each(namedChildren(inner), 'expression', depth);
    if (key === undefined) return { kind: 'opaque', inside: [of] };
    if (key.kind === 'literal' && key.value !== null) return withName(of, String(key.value));
    return { kind: 'index', of, key };
  }
  if (node.type === 'index') return withName(of, node.text.slice(1));
  return { kind: 'opaque', inside: [of, ...expressionsIn(node, depth)] };
}

function withName(of: Expression, name: string): Expression {
  if (of.kind === 'reference') return { kind: 'reference', path: [...of.path, name] };
  return { kind: 'index', of, key: { kind: 'literal', value: name } };
}

/** The operands stand on both sides of the operator, each in as many nodes as it has. */
function readOperation(node: Node, depth: number): Expression {
  const children = node.children.filter(({ type }) => type !== 'comment');
  const at = children.findIndex(({ isNamed, type }) => !isNamed && type !== '(' && type !== ')');
  const operator = children[at]?.type ?? '';
  const sides = [children.slice(0, at), children.slice(at + 1)]
    .map((side) => side.filter(({ isNamed }) => isNamed))
    .filter((side) => side.length > 0);
  return { kind: 'operation', operator, operands: sides.map((side) => readExpression(side, depth + 1)) };
}

function readEntry(node: Node, depth: number): readonly Entry[] {
  const key = node.childForFieldName('key');
  const value = node.childForFieldName('val');
  if (key === null || value === null) return [];
  const name = readExpression([key], depth + 1);
  const bare = name.kind === 'reference' && name.path.length === 1 && /^[\w-]+$/.test(key.text);
  return [
    {
      key: bare ? { kind: 'literal', value: key.text } : name,
      value: readExpression([value], depth + 1),
      line: node.startPosition.row + 1,
    },
  ];
}

function readPart(node: Node, depth: number): readonly Expression[] {
  if (node.type === 'template_literal') return [{ kind: 'literal', value: unquoted(node.text) }];
  if (node.type === 'template_interpolation') return each(namedChildren(node), 'expression', depth);
  if (node.type === 'template_directive') return [{ kind: 'opaque', inside: expressionsIn(node, depth) }];
  return [];
}

/** The expressions that stand in a node, at whatever depth. */
function expressionsIn(node: Node, depth: number): readonly Expression[] {
  if (depth > DEEPEST) return [];
  return namedChildren(node).flatMap((child) =>
    child.type === 'expression' ? [readExpression([child], depth + 1)] : expressionsIn(child, depth + 1),
  );
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** HCL's escapes in a quoted template: https://developer.hashicorp.com/terraform/language/expressions/strings */
function unquoted(text: string): string {
  return text.replaceAll(/\\u([0-9a-fA-F]{4})|\\(.)|([$%])\3(?=\{)/g, (_, hex, short, sign) => {
    if (typeof hex === 'string') return String.fromCharCode(Number.parseInt(hex, 16));
    if (typeof short === 'string') return ESCAPES[short] ?? short;
    return String(sign);
  });
}
