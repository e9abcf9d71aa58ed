import { format } from 'node:util';
import { githubRunner } from './workflow-commands.ts';

let hide = (text: string): string => text;

/** From here on `apply` takes the run's secrets out of what libraries say. */
export function hideInLibraryWords(apply: (text: string) => string): void {
  hide = apply;
}

/** What a library or Node says may quote what a service answered: it goes through the one writer, in one line. */
function say(...words: readonly unknown[]): void {
  // An error without its stack; the rest as the console itself has it, also what holds itself.
  const text = format(...words.map((word) => (word instanceof Error ? word.message : word)));
  githubRunner.print(`· ${hide(text).replaceAll(/\s+/g, ' ')}`);
}

// Loaded before any library, for one keeps `console.warn` as it finds it.
Object.assign(console, { debug: say, error: say, info: say, log: say, trace: say, warn: say });
// Node's own listener would write to standard error.
process.removeAllListeners('warning');
process.on('warning', say);
