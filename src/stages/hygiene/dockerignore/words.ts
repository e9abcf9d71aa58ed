import { oneLine } from '../../../runner/text.ts';
import { size } from '../../report/words.ts';
import type { BuildContext, Copy, SentEntry } from './build-context.ts';

/** The COPY as a subject of a sentence. */
export function copyText({ text }: Copy): string {
  return `\`${oneLine(text, 80).replaceAll('`', "'")}\``;
}

/** Where it puts things. */
export function intoText({ into }: Copy): string {
  return into === 'image' ? 'into the image' : 'into a build stage';
}

/** Things with their sizes, the first five by name. */
export function sizedList(entries: readonly SentEntry[]): string {
  const shown = entries.slice(0, 5).map(({ path, bytes }) => `${oneLine(path, 60)} (${size(bytes)})`);
  const more = entries.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The lines to add to the .dockerignore that counts, or to a new one. */
export function addLines({ ignoreFile }: BuildContext, lines: readonly string[]): string {
  const verb = ignoreFile.isThere ? 'Add to' : 'Create';
  const shown = [...new Set(lines)].map((line) => oneLine(line, 200));
  return `${verb} \`${oneLine(ignoreFile.path, 120)}\`:\n\`\`\`text\n${shown.join('\n')}\n\`\`\``;
}
