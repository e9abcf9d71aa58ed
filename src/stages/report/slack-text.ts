import { manyLines, oneLine } from '../../runner/text.ts';
import { count } from './words.ts';

/** Longest text of a section or a context element (Slack, Block Kit reference). */
export const SECTION_MOST = 3000;
/** A longer address is left out: its text alone still tells. */
const URL_MOST = 700;

/** Slack's three control characters (Slack, "Formatting text for app surfaces", escaping). */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** A zero-width space after it keeps a sign from pairing up with another one to formatting. */
const APART = /[*~`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** Text from outside: no mention, link or formatting in it works. At most `most` characters as Slack counts them. */
export function escaped(text: string, most: number): string {
  const flat = oneLine(text, most).replaceAll(APART, '$&\u200b');
  return cut(flat, most);
}

/** Text of ours, whose `code` spans work; nothing in it is a mention or a link. */
export function ownWords(text: string, most: number): string {
  return cut(oneLine(text, most), most);
}

/** The last lines of a text in a code block; what is cut is its start, which says less than its end. */
export function quoted(text: string): string {
  const lines = manyLines(text.slice(-2 * SECTION_MOST), 10 * SECTION_MOST)
    .split('\n')
    .slice(-20);
  const safe = lines.join('\n').replaceAll('```', "'''");
  const signs = [...safe].map((sign) => ENTITIES[sign] ?? sign);
  let room = SECTION_MOST - 10;
  const from = signs.findLastIndex((sign) => {
    room -= sign.length;
    return room < 0;
  });
  return `\`\`\`${from < 0 ? '' : '…'}${signs.slice(from + 1).join('')}\`\`\``;
}

/** The text as a link; without an address, or with one that is too long, the text alone. */
export function slackLink(text: string, url: string | undefined): string {
  if (url === undefined) return text;
  const address = cut(url, Number.POSITIVE_INFINITY).replaceAll('|', '%7C').replaceAll(/\s/g, '%20');
  return address.length > URL_MOST ? text : `<${address}|${text}>`;
}

/** As many of the items as `room` characters take, at most `most`, and how many more there are. */
export function some(
  items: readonly string[],
  { most, room, noun, between }: { most: number; room: number; noun: string; between: string },
): readonly string[] {
  let left = room;
  const cutAt = items.findIndex((item, at) => {
    left -= item.length + between.length;
    return at >= most || left < 0;
  });
  if (cutAt < 0) return items;
  return [...items.slice(0, cutAt), `… and ${count(items.length - cutAt, `more ${noun}`)}`];
}

/** As many whole lines as a section takes; a sign of omission where there were more. */
export function fitting(lines: readonly string[]): string {
  let room = SECTION_MOST - 2;
  const kept = lines.filter((line) => {
    room -= line.length + 1;
    return room >= 0;
  });
  return [...kept, ...(kept.length < lines.length ? ['…'] : [])].join('\n');
}

/** Escapes sign by sign, and stops before `most`: neither an entity nor a surrogate pair is cut in two. */
function cut(text: string, most: number): string {
  let result = '';
  for (const sign of text) {
    const written = ENTITIES[sign] ?? sign;
    if (result.length + written.length > most - 1) return `${result}…`;
    result += written;
  }
  return result;
}
