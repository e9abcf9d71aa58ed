import { posix } from 'node:path';
import { oneLine } from '../../../runner/text.ts';
import { shellWord } from '../../report/shell-word.ts';

/** Names of variables and files in a sentence, at most three by name. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => oneLine(name, 80));
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The commands that take a file out of git and keep it where it is, with the line for .gitignore. */
export function untrack(path: string, pattern = `/${path}`): string {
  return [
    'Take it out of git, and keep it out:',
    '```sh',
    `git rm --cached -- ${shellWord(path)}`,
    `echo ${shellWord(pattern)} >> .gitignore`,
    '```',
  ].join('\n');
}

/** The pattern that keeps all files of that name out, wherever they stand. */
export function byName(path: string): string {
  return posix.basename(path);
}
