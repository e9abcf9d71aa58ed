import fc from 'fast-check';
import { HOSTILE } from '../stages/report/hostile-text.ts';

/** Punctuation of all the languages that are read, and words that mean something to JavaScript. */
const PIECES = [
  ...HOSTILE,
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '"',
    "'",
    '"""',
    '${',
    '%{',
    '${{',
    '}}',
    '\\\n',
    '<<EOF\n',
    '<<-A\n',
    'EOF\n',
  ],
  ...[
    '//',
    '/*',
    '*/',
    ':',
    ': ',
    '- ',
    '? ',
    '&a ',
    '*a ',
    '<<: *a\n',
    '!!binary ',
    '!!js/function ',
    '|\n',
    '>-\n',
  ],
  ...['!', '**/', '[^', '[z-a]', '=', ',', '\0', '\ufeff', '---\n', '...\n', '%YAML 9.9\n', '# escape=`\n'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '-1',
    '1e999',
    '0x10',
    'NaN',
    '9'.repeat(400),
  ],
] as const;

const share = fc.double({ min: 0, max: 1, noNaN: true });
const pieces = fc
  .array(fc.constantFrom<string>(...PIECES), { minLength: 1, maxLength: 12 })
  .map((list) => list.join(''));
/** Mostly little: what is large costs time in each run. */
const times = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 2, max: 60 }) },
  { weight: 3, arbitrary: fc.integer({ min: 60, max: 2_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 2_000, max: 40_000 }) },
);

type Mutate = (text: string) => string;

const at = (text: string, part: number) => Math.floor(text.length * part);
const linesOf = (text: string) => text.split('\n');
const put = (text: string, where: number, piece: string) =>
  text.slice(0, at(text, where)) + piece + text.slice(at(text, where));

/** A text many times over, as far as that is no more than a file that is read. */
const repeated = (text: string, count: number) =>
  text.repeat(Math.min(count, Math.ceil(400_000 / Math.max(1, text.length)))).slice(0, 400_000);

/** What text looks like where bytes of it are lost. */
function halfUtf8(text: string, where: number): string {
  const bytes = Buffer.from(put(text, where, 'ä€🚀'));
  return Buffer.concat([
    bytes.subarray(0, at(text, where) + 1),
    bytes.subarray(at(text, where) + 2),
  ]).toString('utf8');
}

/** One change to a text; `others` are what pieces of it may come from. */
function mutation(others: readonly string[]): fc.Arbitrary<Mutate> {
  const cut = fc.tuple(share, share).map(([from, length]): Mutate => {
    return (text) => text.slice(0, at(text, from)) + text.slice(at(text, Math.min(1, from + length / 4)));
  });
  const insert = fc.tuple(share, pieces).map(
    ([where, piece]): Mutate =>
      (text) =>
        put(text, where, piece),
  );
  const any = fc.tuple(share, fc.string({ unit: 'binary', maxLength: 40 })).map(
    ([where, piece]): Mutate =>
      (text) =>
        put(text, where, piece),
  );
  const repeat = fc.tuple(share, fc.constantFrom<string>(...PIECES), times).map(
    ([where, piece, count]): Mutate =>
      (text) =>
        put(text, where, repeated(piece, count)),
  );
  const nest = fc
    .tuple(
      share,
      fc.constantFrom(['{a: ', '}'], ['[', ']'], ['"${', '}"'], ['a {\n', '}\n'], ['$(', ')'], ["'", "'"]),
      times,
    )
    .map(
      ([where, [open = '', close = ''], count]): Mutate =>
        (text) =>
          put(text, where, open.repeat(count) + close.repeat(count)),
    );
  const line = fc.tuple(share, share, times).map(([from, to, count]): Mutate => {
    return (text) => {
      const all = linesOf(text);
      const one = `${all[Math.floor(from * (all.length - 1))] ?? ''}\n`;
      return put(text, to, repeated(one, count));
    };
  });
  const longLine = fc.tuple(share, times).map(([from, count]): Mutate => {
    return (text) =>
      linesOf(text)
        .map((one, index, all) =>
          index === Math.floor(from * (all.length - 1)) ? repeated(one, count) : one,
        )
        .join('\n');
  });
  const splice = fc.tuple(fc.constantFrom(...others), share, share).map(([other, from, to]): Mutate => {
    return (text) => text.slice(0, at(text, from)) + other.slice(at(other, to));
  });
  const word = fc
    .tuple(share, fc.oneof(pieces, fc.constantFrom('', 'null', 'true', '~', '0', '"', '$A', '${A:-b}')))
    .map(([which, by]): Mutate => {
      return (text) => {
        const words = [...text.matchAll(/[\w./-]+/g)];
        const found = words[Math.floor(which * (words.length - 1))];
        return found === undefined
          ? by
          : text.slice(0, found.index) + by + text.slice(found.index + found[0].length);
      };
    });
  const half = share.map(
    (where): Mutate =>
      (text) =>
        halfUtf8(text, where),
  );
  const whole = fc.constantFrom<Mutate>(
    (text) => text.replaceAll('\n', '\r\n'),
    (text) => text.replaceAll('\n', '\r'),
    (text) => `\ufeff${text}`,
    (text) => text.replaceAll(/\s+/g, ' '),
    (text) => text.replaceAll(' ', '\t'),
    (text) => text.trimEnd(),
    (text) => `${text}\0`,
    (text) => text.toUpperCase(),
    (text) => repeated(`${text}\n`, 300).slice(0, 90_000),
    () => '',
  );
  return fc.oneof(
    { weight: 3, arbitrary: word },
    { weight: 2, arbitrary: fc.oneof(cut, insert, line, splice) },
    { weight: 1, arbitrary: fc.oneof(any, repeat, nest, longLine, half, whole) },
  );
}

/** Texts as they are, or changed once or a few times as a hostile or a broken one would be. */
export function mutated(text: fc.Arbitrary<string>, others: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.array(mutation(others), { maxLength: 4 }))
    .map(([original, changes]) => changes.reduce((changed, change) => change(changed), original));
}
