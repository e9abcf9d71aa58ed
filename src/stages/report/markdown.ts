import { manyLines, oneLine } from '../../runner/text.ts';

/** Text from outside for a line or a table cell of GitHub's Markdown: nothing in it is mark-up, HTML or a mention. */
export function plain(text: string, most = 500): string {
  return oneLine(text, most)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#|~!]/g, '\\$&')
    .replaceAll('@', '@\u200b')
    .replaceAll('://', ':\u200b//');
}

/** Text of ours that may hold `code` spans and links of ours: only what could break a table is taken out. */
export function own(text: string, most = 900): string {
  return oneLine(text, most).replaceAll('<', '&lt;').replaceAll('|', '\\|');
}

/** Text as inline code. */
export function code(text: string, most = 200): string {
  return `\`${oneLine(text, most).replaceAll('`', 'ˋ').replaceAll('|', '¦')}\``;
}

/** Text of several lines as a code block; the fence is longer than any in the text. */
export function codeBlock(text: string, most = 6000): string {
  const safe = manyLines(text, most);
  const longest = Math.max(2, ...[...safe.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${safe}\n${fence}`;
}

/** A link whose text is made plain and whose address can't end it early. */
export function link(text: string, url: string | undefined): string {
  return url
    ? `[${plain(text)}](${encodeURI(decodeSafely(url)).replaceAll(/[()]/g, encodeURIComponent)})`
    : plain(text);
}

function decodeSafely(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
