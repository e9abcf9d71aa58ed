import { parseArgsStringToArgv } from 'string-argv';

/**
 * The words of `pre-deploy-command`: a JSON array of strings, or words with quotes as in a shell, but without a
 * shell: no variable, pipe or substitution in it does anything. Undefined where it is neither.
 */
export function commandWords(text: string): readonly string[] | undefined {
  if (!text.trimStart().startsWith('[')) {
    const words = parseArgsStringToArgv(text);
    return words.length > 0 ? words : undefined;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    const isWords =
      Array.isArray(parsed) && parsed.length > 0 && parsed.every((word) => typeof word === 'string');
    return isWords ? (parsed as readonly string[]) : undefined;
  } catch {
    return undefined;
  }
}
