import { format } from 'node:util';
import { redaction } from './secrets.ts';
import { githubRunner } from './workflow-commands.ts';

/** What a library or Node says may quote what a service answered: it goes through the one writer, in one line. */
function say(...words: readonly unknown[]): void {
  // An error without its stack; the rest as the console itself has it, also what holds itself.
  const text = format(...words.map((word) => (word instanceof Error ? word.message : word)));
  githubRunner.print(`· ${redaction.apply(text).replaceAll(/\s+/g, ' ')}`);
}

// Loaded before any library, for one keeps `console.warn` as it finds it.
Object.assign(console, { debug: say, error: say, info: say, log: say, trace: say, warn: say });
// Node's own listener would write to standard error.
process.removeAllListeners('warning');
process.on('warning', say);
