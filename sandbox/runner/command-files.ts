import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const prefixes = {
  GITHUB_PATH: 'add_path_',
  GITHUB_ENV: 'set_env_',
  GITHUB_STEP_SUMMARY: 'step_summary_',
  GITHUB_STATE: 'save_state_',
  GITHUB_OUTPUT: 'set_output_',
} as const;

export type CommandFile = keyof typeof prefixes;

/** The most that GitHub takes as a step's summary, in bytes. */
export const summaryMaxBytes = 1024 * 1024;

/** The files that a step writes to, made empty before it starts. */
export class CommandFiles {
  readonly #paths: Readonly<Record<CommandFile, string>>;

  /** @param folder the runner's temporary folder (RUNNER_TEMP) */
  constructor(folder: string) {
    const suffix = randomUUID();
    const home = join(folder, '_runner_file_commands');
    mkdirSync(home, { recursive: true });
    const path = (file: CommandFile) => join(home, `${prefixes[file]}${suffix}`);
    this.#paths = {
      GITHUB_PATH: path('GITHUB_PATH'),
      GITHUB_ENV: path('GITHUB_ENV'),
      GITHUB_STEP_SUMMARY: path('GITHUB_STEP_SUMMARY'),
      GITHUB_STATE: path('GITHUB_STATE'),
      GITHUB_OUTPUT: path('GITHUB_OUTPUT'),
    };
    for (const file of Object.values(this.#paths)) writeFileSync(file, '');
  }

  /** The variables that tell a step where the files are. */
  env(): Readonly<Record<string, string>> {
    return this.#paths;
  }

  /** What a step wrote; empty where it took the file away. */
  read(file: CommandFile): string {
    try {
      return readFileSync(this.#paths[file], 'utf8').replace(/^\uFEFF/, '');
    } catch {
      return '';
    }
  }

  remove(): void {
    for (const file of Object.values(this.#paths)) rmSync(file, { force: true });
  }
}

/**
 * Reads `NAME=VALUE` lines and `NAME<<DELIMITER` blocks as strictly as the runner does. Pairs before a
 * malformed one count.
 * @returns the pairs, and the runner's sentence where the file is malformed.
 *
 * Source: actions/runner, src/Runner.Worker/FileCommandManager.cs, EnvFileKeyValuePairs
 */
export function parseKeyValueFile(text: string): {
  readonly pairs: readonly (readonly [name: string, value: string])[];
  readonly problem: string | undefined;
} {
  const pairs: (readonly [string, string])[] = [];
  const reader = new LineReader(text);
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    if (line.text === '') continue;
    const pair = readPair(line.text, reader);
    if ('problem' in pair) return { pairs, problem: pair.problem };
    pairs.push([pair.name, pair.value]);
  }
  return { pairs, problem: undefined };
}

function readPair(
  line: string,
  reader: LineReader,
): { readonly name: string; readonly value: string } | { readonly problem: string } {
  const equals = line.indexOf('=');
  const heredoc = line.indexOf('<<');
  if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
    return { name: line.slice(0, equals), value: line.slice(equals + 1) };
  }
  if (heredoc < 0) return { problem: `Invalid format '${line}'` };
  const name = line.slice(0, heredoc);
  const delimiter = line.slice(heredoc + 2);
  if (name === '' || delimiter === '') {
    return { problem: `Invalid format '${line}'. Name must not be empty and delimiter must not be empty` };
  }
  return readHeredoc(name, delimiter, reader);
}

function readHeredoc(
  name: string,
  delimiter: string,
  reader: LineReader,
): { readonly name: string; readonly value: string } | { readonly problem: string } {
  const start = reader.index;
  let end = start;
  for (let line = reader.next(); ; line = reader.next()) {
    if (line === undefined) return { problem: `Invalid value. Matching delimiter not found '${delimiter}'` };
    if (line.text === delimiter) return { name, value: reader.slice(start, end) };
    if (line.newline === '') return { problem: 'Invalid value. EOF marker missing new line.' };
    end = reader.index - line.newline.length;
  }
}

class LineReader {
  readonly #text: string;
  index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next line and what ended it; undefined at the end. */
  next(): { readonly text: string; readonly newline: string } | undefined {
    if (this.index >= this.#text.length) return undefined;
    // The runner on Linux knows no other line break: a carriage return stays in the value.
    const found = this.#text.indexOf('\n', this.index);
    const end = found < 0 ? this.#text.length : found;
    const line = { text: this.#text.slice(this.index, end), newline: found < 0 ? '' : '\n' };
    this.index = end + line.newline.length;
    return line;
  }

  slice(start: number, end: number): string {
    return end > start ? this.#text.slice(start, end) : '';
  }
}
