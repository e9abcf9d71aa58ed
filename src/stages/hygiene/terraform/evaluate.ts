import type { Expression } from './hcl/syntax.ts';

/** What can't be known from the files alone: another's output, a function, a value given at the time of `apply`. */
export const unknown: unique symbol = Symbol('unknown');

/** A value as far as it is known; lists and maps may hold what is not. */
export type Value =
  | string
  | number
  | boolean
  | null
  | typeof unknown
  | readonly Value[]
  | ReadonlyMap<string, Value>;

/** What a reference (`var.name`) stands for, where an expression is evaluated; `depth` is to be passed on. */
export type Lookup = (root: string, name: string, depth: number) => Value;

const DEEPEST = 60;
/** What would grow larger is not known: nested interpolations double at each step. */
const LARGEST = { characters: 10_000, entries: 1_000 };

/** The value of an expression: pure, bounded, and `unknown` wherever Terraform would have to ask. */
export function evaluate(expression: Expression, lookup: Lookup, depth = 0): Value {
  if (depth > DEEPEST) return unknown;
  const inner = (one: Expression): Value => evaluate(one, lookup, depth + 1);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'template':
      return joined(expression.parts.map(inner));
    case 'list':
      return expression.items.map(inner);
    case 'object':
      return mapOf(expression.entries.map(({ key, value }) => [inner(key), inner(value)]));
    case 'reference': {
      const [root = '', name = '', ...rest] = expression.path;
      return rest.reduce<Value>(member, lookup(root, name, depth + 1));
    }
    case 'index':
      return member(inner(expression.of), inner(expression.key));
    case 'conditional': {
      const test = asBoolean(inner(expression.test));
      return test === undefined ? unknown : inner(test ? expression.yes : expression.no);
    }
    case 'operation':
      return calculated(expression.operator, expression.operands.map(inner));
    case 'call':
      return called(expression.name, expression.parameters.map(inner));
    case 'opaque':
      return unknown;
  }
}

function joined(parts: readonly Value[]): Value {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const texts = parts.map(asText);
  if (!texts.every((text) => text !== undefined)) return unknown;
  return texts.reduce((sum, { length }) => sum + length, 0) > LARGEST.characters ? unknown : texts.join('');
}

/** A map where every key is known. */
function mapOf(entries: readonly (readonly [Value, Value])[]): Value {
  const map = new Map<string, Value>();
  for (const [key, value] of entries) {
    const name = asText(key);
    if (name === undefined) return unknown;
    map.set(name, value);
  }
  return map;
}

function member(of: Value, key: Value): Value {
  const name = asText(key);
  if (name === undefined) return unknown;
  if (isList(of)) return of[Number(name)] ?? unknown;
  return isMap(of) ? (of.get(name) ?? unknown) : unknown;
}

function calculated(operator: string, operands: readonly Value[]): Value {
  const [left = unknown, right] = operands;
  if (right === undefined) return unary(operator, left);
  if (operator === '&&' || operator === '||')
    return logical(operator === '||', asBoolean(left), asBoolean(right));
  if (operator === '==' || operator === '!=') {
    const same = equal(left, right);
    return same === undefined ? unknown : same === (operator === '==');
  }
  const [a, b] = [asNumber(left), asNumber(right)];
  return a === undefined || b === undefined ? unknown : (ARITHMETIC[operator]?.(a, b) ?? unknown);
}

function unary(operator: string, operand: Value): Value {
  if (operator === '!') {
    const value = asBoolean(operand);
    return value === undefined ? unknown : !value;
  }
  const value = asNumber(operand);
  return operator === '-' && value !== undefined ? -value : unknown;
}

/** `or` is decided by one `true`, `and` by one `false`, whatever the other side is. */
function logical(deciding: boolean, left: boolean | undefined, right: boolean | undefined): Value {
  if (left === deciding || right === deciding) return deciding;
  return left === undefined || right === undefined ? unknown : !deciding;
}

/** Whether two values are the same, as far as that can be told of values that are no lists or maps. */
function equal(left: Value, right: Value): boolean | undefined {
  if (left === null || right === null) {
    return left === unknown || right === unknown ? undefined : left === right;
  }
  const [a, b] = [asText(left), asText(right)];
  return a === undefined || b === undefined ? undefined : a === b;
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function called(name: string, parameters: readonly Value[]): Value {
  return Object.hasOwn(FUNCTIONS, name) ? (FUNCTIONS[name]?.(parameters) ?? unknown) : unknown;
}

const same = ([value = unknown]: readonly Value[]): Value => value;
const ofText = (change: (text: string) => string) => (parameters: readonly Value[]) => {
  const text = asText(parameters[0] ?? unknown);
  return text === undefined ? unknown : change(text);
};

/** The functions that settings are commonly written with. */
const FUNCTIONS: Readonly<Record<string, (parameters: readonly Value[]) => Value>> = {
  lower: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  trimspace: ofText((text) => text.trim()),
  tostring: same,
  tonumber: same,
  tobool: same,
  tolist: same,
  toset: same,
  tomap: same,
  sensitive: same,
  nonsensitive: same,
  merge: (maps) =>
    maps.every(isMap) && isBounded(maps.map(({ size }) => size))
      ? new Map(maps.flatMap((map) => [...map]))
      : unknown,
  concat: (lists) =>
    lists.every(isList) && isBounded(lists.map(({ length }) => length)) ? lists.flat() : unknown,
  lookup: ([map = unknown, key = unknown, otherwise = unknown]) => {
    const name = asText(key);
    if (!isMap(map) || name === undefined) return unknown;
    return map.get(name) ?? otherwise;
  },
};

/** Asked before they are put together: a hundred thousand long lists in one call are more than the memory holds. */
function isBounded(sizes: readonly number[]): boolean {
  return sizes.reduce((sum, size) => sum + size, 0) <= LARGEST.entries;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is ReadonlyMap<string, Value> {
  return value instanceof Map;
}

/** A value as Terraform makes a string of it; undefined where it is none, or not known. */
export function asText(value: Value): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** A value as Terraform makes a number of it; undefined where it is none, or not known. */
export function asNumber(value: Value): number | undefined {
  const text = typeof value === 'boolean' ? undefined : asText(value)?.trim();
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? undefined : number;
}

/** A value as Terraform makes a boolean of it; undefined where it is none, or not known. */
export function asBoolean(value: Value): boolean | undefined {
  const text = asText(value);
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}
