const ESC = '\u001b';
/** ANSI escape sequences: ECMA-48 control sequences, operating system commands and single escapes. */
const ANSI = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\u0007${ESC}]*(?:\\u0007|${ESC}\\\\)?|[@-Z\\\\-_])`,
  'g',
);
/** Control characters, those that turn the direction of a text, and tags, which nobody sees and which spell one. */
const CONTROLS =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;

/**
 * Text from outside made safe to stand in a line of ours: no control characters, no line breaks, nothing that
 * the runner obeys (`::command::` at the start, `##[command]` anywhere), at most `most` characters.
 */
export function oneLine(text: string, most = 500): string {
  const flat = text
    .slice(0, most * 4)
    .toWellFormed()
    .replace(ANSI, '')
    .replace(/\s+/g, ' ')
    .replace(CONTROLS, '')
    .trim();
  return shorten(`${disarm(flat)}${isCut(text, most) ? '…' : ''}`, most);
}

/** The same for text of several lines: its line breaks stay. */
export function manyLines(text: string, most = 4000): string {
  const lines = text
    .slice(0, most * 4)
    .toWellFormed()
    .split(/\r\n|\n|\r/)
    .map((line) => disarm(line.replace(ANSI, '').replaceAll('\t', '    ').replace(CONTROLS, '').trimEnd()));
  return shorten(`${lines.join('\n')}${isCut(text, most) ? '…' : ''}`, most);
}

/** Whether more than could be shown was there: much of it may be of no width, so that what is left is short. */
function isCut(text: string, most: number): boolean {
  return text.length > most * 4;
}

/** `text` cut to `most` characters, the last one an ellipsis where something was cut. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not between the halves of a surrogate pair.
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 2)) ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}

/**
 * Text in which the runner obeys nothing: it takes `::name::` at a line's start (after white space as .NET knows
 * it, U+0085 too) and `##[name]` anywhere for commands, and ends a line at CR, LF or both.
 */
export function disarm(text: string): string {
  return text.replaceAll('##[', '# #[').replaceAll(/(^|[\r\n])((?:[^\S\r\n]|\u0085)*)::/g, '$1$2: :');
}
