import { randomUUID } from 'node:crypto';
import { EOL } from 'node:os';
import type { Finding } from '../finding.ts';
import * as core from './actions-core.ts';
import type { OnLines } from './command.ts';
import { lateName } from './run-state.ts';
import { disarm, manyLines, oneLine } from './text.ts';

/** What a run says to GitHub's runner, through workflow commands and command files. */
export interface Runner {
  /** Prints a line of ours. What it quotes from outside can't act as a command. */
  print(line: string): void;
  /** Opens a group that folds; groups don't nest. */
  openGroup(title: string): void;
  /** Does nothing where none is open. */
  closeGroup(): void;
  /**
   * Prints what another program printed, as it comes. The runner's commands are off for as long as it takes, so
   * that nothing in it is obeyed; those that this runner issues meanwhile are.
   */
  foreignOutput(): { lines: OnLines; end(): void };
  /** Waits until all that was printed has left the process. */
  flush(): Promise<void>;
  /** Its fix in one line: `annotationOf` makes it so where there is a report. */
  annotate(finding: Finding): void;
  mask(secret: string): void;
  setOutput(name: string, value: string): void;
  saveState(name: string, value: string): void;
  addSummary(markdown: string): Promise<void>;
}

/** In characters. What is longer is no line of ours. */
const LONGEST = 20_000;

function say(line: string): void {
  process.stdout.write(line + EOL);
}

/** By which the commands are turned on again, while they are off for what another program prints. */
let offToken: string | undefined;
let isGroupOpen = false;

function turnOff(): void {
  offToken = randomUUID();
  say(`::stop-commands::${offToken}`);
}

function turnOn(): void {
  if (offToken !== undefined) say(`::${offToken}::`);
  offToken = undefined;
}

/** Issues a command of ours, also in the midst of what another program prints: a cancelled run is told of there. */
function command(...[name, properties, message]: Parameters<typeof core.issueCommand>): void {
  const wasOff = offToken !== undefined;
  turnOn();
  core.issueCommand(name, properties, message);
  if (wasOff) turnOff();
}

/** An output or a state, in the file that the runner names for it. A run by hand has none, and is shown it. */
function writeCommandFile(file: 'OUTPUT' | 'STATE', name: string, value: string): void {
  if (process.env[`GITHUB_${file}`]) {
    core.issueFileCommand(file, core.prepareKeyValueMessage(name, value));
    return;
  }
  command(file === 'OUTPUT' ? 'set-output' : 'save-state', { name }, value);
}

// Where the runner has died nobody reads: the run goes on, for ECS and Slack are still there. Without a listener
// each line would be an uncaught exception, whose own line would be the next.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** Writes to standard output, and waits where its reader is behind: what is printed is never piled up. */
async function write(text: string): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
}

/** A command file that can't be written (a runner out of disk) is said, and does not end a deploy half-way. */
function told(what: string, write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    say(
      disarm(
        `! DG805 The runner did not take ${what}: ${oneLine(error instanceof Error ? error.message : 'unknown')}`,
      ),
    );
    return false;
  }
}

/** GitHub's runner, reached through @actions/core. */
export const githubRunner: Runner = {
  print: (line) => say(manyLines(line, LONGEST)),
  openGroup(title) {
    isGroupOpen = true;
    command('group', {}, oneLine(title));
  },
  closeGroup() {
    if (isGroupOpen) command('endgroup', {}, '');
    isGroupOpen = false;
  },
  foreignOutput() {
    turnOff();
    return {
      lines: async (lines) => {
        await write(`${lines.map(disarm).join('\n')}\n`);
      },
      end: turnOn,
    };
  },
  flush: () => write(''),
  annotate(finding) {
    const title = `${finding.code} ${oneLine(finding.title, 200)}`;
    const properties = finding.where
      ? { title, file: finding.where.file, ...(finding.where.line ? { startLine: finding.where.line } : {}) }
      : { title };
    const words = oneLine(finding.title);
    // What AWS said may end a title, and has no full stop of its own everywhere.
    const text = `${finding.code} ${words}${/[.!?…]$/.test(words) ? '' : '.'} ${oneLine(finding.fix, 1_200)}`;
    const level = finding.level === 'note' ? 'notice' : finding.level;
    command(level, core.toCommandProperties(properties), text);
  },
  mask(secret) {
    // The runner masks line by line: each line of a secret is one of its own.
    for (const part of new Set([secret, ...secret.split(/\r?\n/)])) {
      if (part.trim() !== '') command('add-mask', {}, part);
    }
  },
  setOutput: (name, value) => {
    told('an output', () => writeCommandFile('OUTPUT', name, value));
  },
  saveState: (name, value) => {
    const isTaken = told('the state', () => writeCommandFile('STATE', name, value));
    // Post would tell people once more what main has told: a command takes no room on a disk.
    if (!isTaken) command('save-state', { name: lateName(name) }, value);
  },
  async addSummary(markdown) {
    if (!process.env['GITHUB_STEP_SUMMARY']) return;
    await core.summary.addRaw(markdown, true).write();
  },
};
