import { describe, expect, it } from 'vitest';
import { type HclReader, loadHclReader } from '../../../../../src/stages/hygiene/terraform/hcl/parser.ts';
import {
  type Block,
  type Expression,
  referencesIn,
} from '../../../../../src/stages/hygiene/terraform/hcl/syntax.ts';

const read: HclReader = await loadHclReader();
const all = (text: string) => read(text, () => true);

/** The expression of `x = …`. */
function expression(text: string): Expression | undefined {
  return all(`x = ${text}\n`).arguments[0]?.value;
}

const literal = (value: string | number | boolean | null): Expression => ({ kind: 'literal', value });
const reference = (...path: readonly string[]): Expression => ({ kind: 'reference', path });

describe('expressions', () => {
  it.each<[string, Expression]>([
    ['"a\\"b\\n\\u00e4 $${c} %%{d}"', literal('a"b\nä ${c} %{d}')],
    ['""', literal('')],
    ['1.5', literal(1.5)],
    ['true', literal(true)],
    ['null', literal(null)],
    ['var.a', reference('var', 'a')],
    ['local.a[0].b["c"].1', reference('local', 'a', '0', 'b', 'c', '1')],
    ['"${var.a}"', { kind: 'template', parts: [reference('var', 'a')] }],
    ['"x-${var.a}"', { kind: 'template', parts: [literal('x-'), reference('var', 'a')] }],
    ['[1, var.a,]', { kind: 'list', items: [literal(1), reference('var', 'a')] }],
    ['(1)', literal(1)],
    ['f(1, 2)', { kind: 'call', name: 'f', parameters: [literal(1), literal(2)] }],
    ['a.b[var.c]', { kind: 'index', of: reference('a', 'b'), key: reference('var', 'c') }],
    ['-1', { kind: 'operation', operator: '-', operands: [literal(1)] }],
    [
      'var.a.b == "c" # said\n',
      { kind: 'operation', operator: '==', operands: [reference('var', 'a', 'b'), literal('c')] },
    ],
    ['var.a ? 1 : 2', { kind: 'conditional', test: reference('var', 'a'), yes: literal(1), no: literal(2) }],
  ])('%s', (text, expected) => {
    expect(expression(text)).toEqual(expected);
  });

  it('take names of an object as texts, and parentheses as expressions', () => {
    const value = expression('{\n  a = 1, "b" : 2\n  (var.c) = 3\n}');
    expect(value?.kind === 'object' ? value.entries : []).toEqual([
      { key: literal('a'), value: literal(1), line: 2 },
      { key: literal('b'), value: literal(2), line: 2 },
      { key: reference('var', 'c'), value: literal(3), line: 3 },
    ]);
  });

  it.each([
    ['[for k, v in var.m : v.x if k != local.y]', ['var.m', 'v.x', 'k', 'local.y']],
    ['aws_ecr_repository.app[*].name', ['aws_ecr_repository.app']],
    ['<<-EOT\n    hello ${var.a}\n    EOT', ['var.a']],
    ['"%{ if var.a }${var.b}%{ endif }"', ['var.a', 'var.b']],
    ['merge({ a = var.a }, var.b)', ['var.a', 'var.b']],
  ])('name what they refer to: %s', (text, expected) => {
    const value = expression(text);
    expect(value && referencesIn(value).map((path) => path.join('.'))).toEqual(expected);
  });
});

describe('blocks', () => {
  it('have labels, lines, arguments and blocks of their own', () => {
    const { blocks, broken } = all(
      '# first\nresource "a" b {\n\n  x = 1 /* y = 2 */\n  inner {\n    z = 3\n  }\n  dynamic "d" {\n    content {}\n  }\n}\n',
    );
    expect(broken).toBe(false);
    const [block] = blocks;
    expect(block).toMatchObject({ type: 'resource', labels: ['a', 'b'], line: 2, broken: false });
    expect([...(block?.arguments.values() ?? [])]).toEqual([{ name: 'x', line: 4, value: literal(1) }]);
    expect(block?.blocks.map(({ type, labels, line }) => [type, labels, line])).toEqual([
      ['inner', [], 5],
      ['dynamic', ['d'], 8],
    ]);
  });

  it('are read by readers that were loaded at the same time', async () => {
    const readers = await Promise.all([loadHclReader(), loadHclReader(), loadHclReader()]);
    for (const each of readers) expect(each('a "b" {\n}\n', () => true).blocks).toHaveLength(1);
  });

  it('that nobody asked for are not looked into', () => {
    const { blocks } = read('a "b" {\n  c = 1\n}\nd {\n  e = 1\n}\n', (type) => type === 'd');
    expect(blocks.map((block) => [block.type, block.arguments.size, block.broken])).toEqual([
      ['a', 0, true],
      ['d', 1, false],
    ]);
  });

  it('are broken where something in them is no HCL, and those before are not', () => {
    const { blocks, broken } = all('c "d" {\n  x = 1\n}\na "b" {\n  x = 1\n  y = = 2\n}\n');
    expect(broken).toBe(true);
    const of = (type: string): Block | undefined => blocks.find((block) => block.type === type);
    expect(of('a')?.broken).toBe(true);
    expect(of('c')?.broken).toBe(false);
    expect(of('c')?.arguments.get('x')?.value).toEqual(literal(1));
  });

  it('are read from JSON too, with their lines', () => {
    const { blocks } = all(
      '{\n  "resource": {\n    "a": {\n      "b": [{\n        "x": "${var.y}",\n        "inner": { "z": 1 },\n        "dynamic": { "d": { "content": {} } }\n      }]\n    }\n  },\n  "locals": { "l": true }\n}\n',
    );
    const [resource, locals] = blocks;
    expect(resource).toMatchObject({ type: 'resource', labels: ['a', 'b'], line: 4 });
    expect(resource?.arguments.get('x')).toEqual({
      name: 'x',
      line: 5,
      value: { kind: 'template', parts: [reference('var', 'y')] },
    });
    expect(resource?.blocks.map(({ type, labels }) => [type, labels])).toEqual([
      ['inner', []],
      ['dynamic', ['d']],
    ]);
    expect(locals?.arguments.get('l')?.value).toEqual(literal(true));
  });
});

describe('hostile text', () => {
  it.each([
    ['brackets without end', `x = ${'['.repeat(50_000)}`],
    ['operations without end', `x = ${'!'.repeat(50_000)}true`],
    ['blocks without end', 'a {\n'.repeat(20_000)],
    ['quotes and interpolations', 'x = "${"${'.repeat(5_000)],
    ['a heredoc that never ends', `x = <<EOT\n${'y\n'.repeat(50_000)}`],
    ['a comment that never ends', `/*${'*'.repeat(100_000)}`],
    ['names of the prototype', '__proto__ {\n  constructor = 1\n}\nconstructor = { __proto__ = 1 }\n'],
    ['half a character', 'x = "\ud800"\n'],
  ])('ends in time: %s', (_, text) => {
    const before = process.cpuUsage();
    expect(all(text)).toBeDefined();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(3);
  });

  it('leaves the reader as good as before', () => {
    all(`x = ${'['.repeat(50_000)}`);
    expect(expression('"fine"')).toEqual(literal('fine'));
  });
});
