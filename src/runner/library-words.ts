import { githubRunner } from './workflow-commands.ts';

/** What a library or Node says may quote what a service answered: it goes through the one writer, in one line. */
function say(...words: readonly unknown[]): void {
  githubRunner.print(`· ${words.map(wordOf).join(' ').replaceAll(/\s+/g, ' ')}`);
}

function wordOf(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

// Loaded before any library, for one keeps `console.warn` as it finds it.
Object.assign(console, { debug: say, error: say, info: say, log: say, trace: say, warn: say });
// Node's own listener would write to standard error.
process.removeAllListeners('warning');
process.on('warning', say);
