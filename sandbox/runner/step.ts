import { type CommandFiles, parseKeyValueFile, summaryMaxBytes } from './command-files.ts';
import { parseCommand, type WorkflowCommand } from './commands.ts';
import type { SecretMasks } from './masks.ts';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** Masked, at most 4096 characters. */
  readonly message: string;
}

/** What outlives a step: for the steps after it and for its own post step. */
export interface JobState {
  readonly env: Map<string, string>;
  readonly paths: string[];
  readonly outputs: Map<string, string>;
  readonly state: Map<string, string>;
}

// GitHub keeps ten annotations of a level for a step, and 4096 characters of each.
const annotationsPerLevel = 10;
const annotationMaxCharacters = 4096;
const builtIn = new Set(
  'stop-commands set-env set-output save-state add-mask add-path add-matcher remove-matcher debug warning error notice group endgroup echo'.split(
    ' ',
  ),
);
const disabled = (command: string) =>
  `The \`${command}\` command is disabled. Please upgrade to using Environment Files or opt into unsecure command execution by setting the \`ACTIONS_ALLOW_UNSECURE_COMMANDS\` environment variable to \`true\`. For more information see: https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/`;
const badStopToken =
  "You cannot use a endToken that is an empty string, the string 'pause-logging', or another workflow command. For more information see: https://docs.github.com/actions/learn-github-actions/workflow-commands-for-github-actions#example-stopping-and-starting-workflow-commands or opt into insecure command execution by setting the `ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS` environment variable to `true`.";

/**
 * One step's output as the runner treats it: commands are obeyed and taken out, the rest is masked and
 * becomes the log. After the process has ended, the command files are read.
 *
 * Source: actions/runner, src/Runner.Worker/ActionCommandManager.cs, Handlers/OutputManager.cs
 */
export class StepLog {
  readonly #masks: SecretMasks;
  readonly #job: JobState;
  readonly #onLine: ((line: string) => void) | undefined;
  #stopToken: string | undefined;
  #echo = false;
  readonly lines: string[] = [];
  readonly debugLines: string[] = [];
  readonly annotations: Annotation[] = [];
  /** Annotations over GitHub's ten of a level: in the log, but not shown on the run's page. */
  droppedAnnotations = 0;
  /** A command that failed fails the step, whatever its exit code. */
  hasFailedCommand = false;
  summary = '';

  constructor(masks: SecretMasks, job: JobState, onLine?: (line: string) => void) {
    this.#masks = masks;
    this.#job = job;
    this.#onLine = onLine;
  }

  /** Takes a line of standard output or standard error. */
  take(line: string): void {
    const command = parseCommand(line, (name) => this.#isRegistered(name));
    if (command !== undefined && this.#obey(command, line)) return;
    this.write(
      line.replaceAll('##[start-action', '##[\\start-action').replaceAll('##[end-action', '##[\\end-action'),
    );
  }

  /** Writes to the log, masked. */
  write(text: string): void {
    const masked = this.#masks.mask(text);
    this.lines.push(masked);
    this.#onLine?.(masked);
  }

  /** Adds an annotation and its line in the log. */
  annotate(annotation: Annotation): void {
    const message = this.#masks.mask(annotation.message).slice(0, annotationMaxCharacters);
    const ofLevel = this.annotations.filter((other) => other.level === annotation.level);
    if (ofLevel.length < annotationsPerLevel) this.annotations.push({ ...annotation, message });
    else this.droppedAnnotations += 1;
    if (message !== '') this.write(`##[${annotation.level}]${message}`);
  }

  /** Reads the command files, in the runner's order. A malformed one fails the step. */
  readFiles(files: CommandFiles): void {
    for (const line of files.read('GITHUB_PATH').split(/\r\n|\r|\n/)) if (line !== '') this.#addPath(line);
    this.#readPairs(files, 'GITHUB_ENV', 'env', (name, value) => {
      if (name.toUpperCase() === 'NODE_OPTIONS') {
        this.#error("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
      } else this.#job.env.set(name, value);
    });
    this.#readSummary(files.read('GITHUB_STEP_SUMMARY'));
    this.#readPairs(files, 'GITHUB_STATE', 'state', (name, value) => this.#job.state.set(name, value));
    this.#readPairs(files, 'GITHUB_OUTPUT', 'output', (name, value) => this.#setOutput(name, value));
  }

  #isRegistered(name: string): boolean {
    const lower = name.toLowerCase();
    return builtIn.has(lower) || (this.#stopToken !== undefined && lower === this.#stopToken.toLowerCase());
  }

  /** Whether the command was taken; while commands are stopped, only the token that ends it is. */
  #obey(command: WorkflowCommand, line: string): boolean {
    const name = command.name.toLowerCase();
    if (this.#stopToken !== undefined) {
      if (name !== this.#stopToken.toLowerCase()) return false;
      this.write(line);
      this.#stopToken = undefined;
      return true;
    }
    if (name === 'stop-commands') {
      this.#stop(command.data, line);
      return true;
    }
    if (this.#echo && !['add-mask', 'debug', 'warning', 'error', 'notice'].includes(name)) this.write(line);
    this.#run(name, command, line);
    return true;
  }

  #stop(token: string, line: string): void {
    if (token === '' || this.#isRegistered(token) || token.toLowerCase() === 'pause-logging') {
      // The runner throws here, past its own handling of a command's failure: the step is over.
      this.hasFailedCommand = true;
      this.#error(badStopToken);
      return;
    }
    this.#stopToken = token;
    if (token.length > 6) this.#masks.add(token);
    this.write(line);
  }

  #run(name: string, command: WorkflowCommand, line: string): void {
    const { data, properties } = command;
    switch (name) {
      case 'set-output':
        this.#named(name, properties, line, (key) => this.#setOutput(key, data));
        break;
      case 'save-state':
        this.#named(name, properties, line, (key) => this.#job.state.set(key, data));
        break;
      case 'add-mask':
        this.#addMask(data);
        break;
      case 'set-env':
      case 'add-path':
        this.#fail(line, disabled(name));
        break;
      case 'error':
      case 'warning':
      case 'notice':
        this.annotate({ level: name, ...annotationPlace(properties), message: data });
        break;
      case 'group':
        this.write(`##[group]${data}`);
        break;
      case 'endgroup':
        this.write('##[endgroup]');
        break;
      case 'echo':
        this.#setEcho(data, line);
        break;
      case 'debug':
        this.debugLines.push(this.#masks.mask(data));
        break;
      // Matchers change nothing that this runner shows.
    }
  }

  #named(
    name: string,
    properties: WorkflowCommand['properties'],
    line: string,
    set: (key: string) => void,
  ): void {
    const key = properties.get('name');
    if (key !== undefined) set(key);
    else this.#fail(line, `Required field 'name' is missing in ##[${name}] command.`);
  }

  #addMask(value: string): void {
    if (value.trim() === '') {
      this.write("##[warning]Can't add secret mask for empty string in ##[add-mask] command.");
      return;
    }
    if (this.#echo) this.write('::add-mask::***');
    this.#masks.add(value);
  }

  #setEcho(data: string, line: string): void {
    const value = data.trim().toUpperCase();
    if (value === 'ON' || value === 'OFF') this.#echo = value === 'ON';
    else
      this.#fail(
        line,
        `Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: '${data}'.`,
      );
  }

  #fail(line: string, reason: string): void {
    this.#error(`Unable to process command '${line}' successfully.`);
    this.#error(reason);
    this.hasFailedCommand = true;
  }

  #error(message: string): void {
    this.annotate({ level: 'error', title: undefined, file: undefined, line: undefined, message });
  }

  #setOutput(name: string, value: string): void {
    this.#job.outputs.set(name, value);
  }

  #addPath(path: string): void {
    const index = this.#job.paths.indexOf(path);
    if (index >= 0) this.#job.paths.splice(index, 1);
    this.#job.paths.push(path);
  }

  #readPairs(
    files: CommandFiles,
    file: 'GITHUB_ENV' | 'GITHUB_STATE' | 'GITHUB_OUTPUT',
    context: string,
    set: (name: string, value: string) => void,
  ): void {
    const { pairs, problem } = parseKeyValueFile(files.read(file));
    for (const [name, value] of pairs) set(name, value);
    if (problem === undefined) return;
    this.#error(`Unable to process file command '${context}' successfully.`);
    this.#error(problem);
    this.hasFailedCommand = true;
  }

  #readSummary(text: string): void {
    const size = Buffer.byteLength(text);
    if (size > summaryMaxBytes) {
      this.#error(
        `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${summaryMaxBytes / 1024}k, got ${Math.floor(size / 1024)}k. For more information see: https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-markdown-summary`,
      );
      return;
    }
    this.summary = text
      .split(/\r\n|\r|\n/)
      .map((line) => this.#masks.mask(line))
      .join('\n');
  }
}

function annotationPlace(
  properties: WorkflowCommand['properties'],
): Pick<Annotation, 'title' | 'file' | 'line'> {
  const line = Number.parseInt(properties.get('line') ?? properties.get('endline') ?? '', 10);
  return {
    title: properties.get('title'),
    file: properties.get('file'),
    line: Number.isNaN(line) ? undefined : line,
  };
}
