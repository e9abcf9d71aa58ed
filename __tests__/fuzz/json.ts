import fc from 'fast-check';
import { hostileText } from '../stages/report/hostile-text.ts';

/** A value of a type that nobody expects at its place, or too much of one that they do. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  fc.constantFrom<unknown>(null, '', 0, -1, 0.5, 1e308, -1e13, 1e13, true, [], {}, [null], [[{}]], {
    toString: 1,
    valueOf: 1,
    length: 3,
  }),
  fc.constantFrom('x'.repeat(20_000), '\n'.repeat(20_000), '1'.repeat(400), '__proto__', 'constructor'),
  fc
    .integer({ min: 1, max: 3_000 })
    .map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown),
  fc.jsonValue(),
);

/** JSON of a shape, in which some values are others, are left out, or stand twice. */
export function oddly(shape: unknown): fc.Arbitrary<unknown> {
  const odd = { weight: 1, arbitrary: oddValue };
  if (Array.isArray(shape)) {
    const [item] = shape as readonly unknown[];
    return fc.oneof({ weight: 12, arbitrary: fc.array(oddly(item), { maxLength: 4 }) }, odd);
  }
  if (typeof shape === 'object' && shape !== null) {
    const fields = Object.entries(shape).map(([key, value]) => [key, oddly(value)] as const);
    const known = fc.record(Object.fromEntries(fields), { requiredKeys: [] });
    const whole = fc.record(Object.fromEntries(fields));
    return fc.oneof({ weight: 8, arbitrary: whole }, { weight: 4, arbitrary: known }, odd);
  }
  return fc.oneof({ weight: 14, arbitrary: fc.constant(shape) }, odd);
}

/** A text that is mostly JSON of a shape, and sometimes broken off or something else. */
export function jsonText(shape: unknown): fc.Arbitrary<string> {
  const text = oddly(shape).map((value) => JSON.stringify(value) ?? '');
  return fc.oneof(
    { weight: 10, arbitrary: text },
    fc
      .tuple(text, fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([all, part]) => all.slice(0, Math.floor(all.length * part))),
    hostileText,
    fc.constantFrom(
      '',
      '<html><body>502</body></html>',
      '\ufeff{}',
      'null',
      '[]',
      '[null]',
      '7',
      '"x"',
      '{}{}',
    ),
    fc.integer({ min: 1, max: 20_000 }).map((depth) => `{"errors":${'['.repeat(depth)}${']'.repeat(depth)}}`),
  );
}
