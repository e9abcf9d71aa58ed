import { oneLine } from '../../runner/text.ts';

/** A word for a shell, whatever is in it: a command of ours that is pasted must not run what a name holds. */
export function shellWord(text: string): string {
  const word = oneLine(text, 300);
  return /^[\w./@%+,:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
