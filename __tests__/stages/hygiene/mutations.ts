import fc from 'fast-check';

/** What hostile files are made of: the punctuation of all the languages that are read here. */
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '`',
  '${',
  '${{',
  '}}',
  '\\',
  '\\\n',
  '<<EOF\n',
  '\n',
  '\r',
  '\r\n',
  '\t',
  ' ',
  '#',
  '//',
  '/*',
  '*/',
  ':',
  '- ',
  '&a ',
  '*a ',
  '<<: *a\n',
  '!!js/function ',
  '|',
  '>',
  '!',
  '**/',
  '[^',
  '=',
  ',',
  '\0',
  '\ufeff',
  '\u2028',
  '\ud800',
  '__proto__',
  'constructor',
];

type Mutate = (text: string) => string;

const share = fc.double({ min: 0, max: 1, noNaN: true });
const at = (text: string, part: number) => Math.floor(text.length * part);

/** Changes to a file's text as a hostile or a broken one would have them. */
export const mutations: fc.Arbitrary<Mutate> = fc.oneof(
  fc.tuple(share, share).map(([from, length]): Mutate => {
    return (text) => text.slice(0, at(text, from)) + text.slice(at(text, Math.min(1, from + length)));
  }),
  fc.tuple(share, fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 })).map(
    ([where, pieces]): Mutate =>
      (text) =>
        text.slice(0, at(text, where)) + pieces.join('') + text.slice(at(text, where)),
  ),
  fc.tuple(share, fc.string({ unit: 'binary', maxLength: 40 })).map(
    ([where, piece]): Mutate =>
      (text) =>
        text.slice(0, at(text, where)) + piece + text.slice(at(text, where)),
  ),
  fc.tuple(share, fc.constantFrom(...PIECES), fc.integer({ min: 100, max: 20_000 })).map(
    ([where, piece, times]): Mutate =>
      (text) =>
        text.slice(0, at(text, where)) + piece.repeat(times) + text.slice(at(text, where)),
  ),
  fc.integer({ min: 2, max: 300 }).map(
    (times): Mutate =>
      (text) =>
        `${text}\n`.repeat(times).slice(0, 200_000),
  ),
  fc.constant<Mutate>((text) => text.replaceAll('\n', '\r\n')),
  fc.constant<Mutate>((text) => text.replaceAll(/\s+/g, ' ')),
  fc.constant<Mutate>(() => ''),
);
