import { oneLine } from '../../../runner/text.ts';

/** A name or a line from a file, between backquotes, bounded and on one line. */
export function code(text: string): string {
  return `\`${oneLine(text.replaceAll('`', "'"), 80)}\``;
}
