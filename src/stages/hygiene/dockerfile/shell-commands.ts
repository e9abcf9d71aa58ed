import { type ShellWord, wordGroups } from './shell-words.ts';

/** One command of a shell script, without what only wraps it (`sudo`, `exec`, `time`, assignments, `then`). */
export interface ShellCommand {
  /** The program and its arguments, quotes taken off; variables stay as they are written. */
  readonly words: readonly string[];
  /** `NAME=value` before the program. */
  readonly assignments: readonly string[];
  /** Whether `exec` is before it: the program takes the shell's place. */
  readonly replacesShell: boolean;
  /** Where it begins in the script, in characters. */
  readonly offset: number;
}

const KEYWORDS = new Set(['if', 'then', 'else', 'elif', 'do', 'while', 'until', '!', '{', 'time']);
const WRAPPERS = new Set(['sudo', 'env', 'exec', 'command', 'nice', 'nohup']);
const ASSIGNMENT = /^[A-Za-z_]\w*\+?=/;

/**
 * Takes a shell script apart into its simple commands, also those that `sh -c '…'` runs. It is no shell: what it
 * can't make sense of becomes words. Never throws, and takes time in proportion to the text.
 */
export function shellCommands(script: string): readonly ShellCommand[] {
  return commandsOf(script, 2);
}

function commandsOf(script: string, depth: number): readonly ShellCommand[] {
  return wordGroups(script).flatMap((group) => {
    const command = toCommand(group);
    if (command === undefined) return [];
    const inner = depth > 0 ? scriptOfShell(command.words) : undefined;
    if (inner === undefined) return [command];
    return commandsOf(inner, depth - 1).map((each) => ({ ...each, offset: command.offset }));
  });
}

function toCommand(group: readonly ShellWord[]): ShellCommand | undefined {
  const wraps = ({ text }: ShellWord, at: number) =>
    ASSIGNMENT.test(text) ||
    WRAPPERS.has(text) ||
    KEYWORDS.has(text) ||
    (at > 0 && WRAPPERS.has(group[at - 1]?.text ?? '') && text.startsWith('-'));
  const start = group.findIndex((word, at) => !wraps(word, at));
  const first = group[start];
  if (first === undefined) return undefined;
  const before = group.slice(0, start).map(({ text }) => text);
  return {
    words: group.slice(start).map(({ text }) => text),
    assignments: before.filter((text) => ASSIGNMENT.test(text)),
    replacesShell: before.includes('exec'),
    offset: first.offset,
  };
}

/** The script in `sh -c 'script'` or `bash -exc "script"`. */
function scriptOfShell(words: readonly string[]): string | undefined {
  if (!/^(\/\S*\/)?(ba|da|a|z)?sh$/.test(words[0] ?? '')) return undefined;
  const flag = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  return flag > 0 ? words[flag + 1] : undefined;
}
