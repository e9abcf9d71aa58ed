import { manyLines, oneLine } from '../../runner/text.ts';

/** Text from outside for a line or a table cell of GitHub's Markdown: nothing in it is mark-up, HTML or a mention. */
export function plain(text: string, most = 500): string {
  return plainWithin(oneLine(text, most));
}

function plainWithin(line: string): string {
  return line
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#|~!]/g, '\\$&')
    .replaceAll('@', '@\u200b')
    .replaceAll('://', ':\u200b//')
    .replaceAll(/ww(?=w\.)/gi, '$&\u200b');
}

/** Words of ours between HTML tags, where Markdown does not apply. */
export function inHtml(text: string): string {
  return oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Text of ours whose `code` spans work, for a paragraph. What it quotes from outside, a name or a reason, is plain:
 * no link, image, HTML or mention in it works.
 */
export function own(text: string, most = 900): string {
  return oneLine(text, most)
    .split(/(`[^`]+`)/)
    .map((piece) => (/^`[^`]+`$/.test(piece) ? piece : plainWithin(piece)))
    .join('');
}

/** The same for the cell of a table, in which a pipe is escaped even within code (GFM, 4.10 "Tables"). */
export function ownCell(text: string, most = 900): string {
  return own(text, most).replaceAll(/\\?\|/g, '\\|');
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
  return url ? `[${plain(text)}](${address(url)})` : plain(text);
}

/** Escapes that stand in the URL stay as they are; parentheses, which encodeURI leaves, would end the link. */
function address(url: string): string {
  return encodeURI(url.toWellFormed()).replaceAll('%25', '%').replaceAll('(', '%28').replaceAll(')', '%29');
}
