import { type PlacedText, parseYaml, type YamlEntry } from './yaml-entry.ts';

/** A step of a job. */
export interface Step {
  readonly line: number;
  readonly id: string | undefined;
  readonly name: string;
  readonly uses: PlacedText | undefined;
  /** The lines of its shell script. */
  readonly run: readonly PlacedText[];
  readonly with: YamlEntry | undefined;
  readonly env: YamlEntry | undefined;
  /** The shell of `run`, its own or a default's; undefined: the runner's. */
  readonly shell: string | undefined;
  readonly timeoutMinutes: YamlEntry | undefined;
  readonly continueOnError: YamlEntry | undefined;
}

/** A job of a workflow: steps, or a call of a reusable workflow. */
export interface Job {
  readonly id: string;
  readonly line: number;
  readonly name: string;
  readonly needs: readonly string[];
  /** The reusable workflow that it calls. */
  readonly uses: PlacedText | undefined;
  /** Its steps; where it calls a reusable workflow, the commands that it hands over to be run there. */
  readonly steps: readonly Step[];
  readonly with: YamlEntry | undefined;
  readonly secrets: YamlEntry | undefined;
  readonly env: YamlEntry | undefined;
  readonly permissions: YamlEntry | undefined;
  readonly concurrency: YamlEntry | undefined;
  readonly services: YamlEntry | undefined;
  readonly runsOn: YamlEntry | undefined;
  readonly timeoutMinutes: YamlEntry | undefined;
  readonly continueOnError: YamlEntry | undefined;
}

/** A workflow file of GitHub Actions, each part with its line. */
export interface Workflow {
  readonly path: string;
  readonly text: string;
  readonly name: string;
  /** Names of the events that start it: `push`, `workflow_call`. */
  readonly events: readonly string[];
  /** Names of the workflows that it starts after (`on: workflow_run`). */
  readonly after: readonly string[];
  readonly env: YamlEntry | undefined;
  readonly permissions: YamlEntry | undefined;
  readonly concurrency: YamlEntry | undefined;
  readonly jobs: readonly Job[];
  /** It has more jobs, or a job more steps, than are read. */
  readonly isCut: boolean;
}

const MOST_JOBS = 200;
const MOST_STEPS = 500;
/** Of all jobs together: by an anchor each of them may have the same hundreds. */
const MOST_STEPS_IN_ALL = 2_000;

/** A workflow from its text; undefined where that is not valid YAML or has no jobs. */
export function parseWorkflow(path: string, text: string): Workflow | undefined {
  const root = parseYaml(text);
  const all = root?.at('jobs')?.pairs ?? [];
  const jobs = all.slice(0, MOST_JOBS);
  if (root === undefined || jobs.length === 0) return undefined;
  const on = root.at('on');
  const shell = root.at('defaults', 'run', 'shell')?.text;
  const counts = jobs.map(([, job]) => job.at('steps')?.items.length ?? 0);
  let left = MOST_STEPS_IN_ALL;
  const shares = counts.map((count) => {
    const share = Math.min(count, MOST_STEPS, left);
    left -= share;
    return share;
  });
  return {
    path,
    text,
    // GitHub names a workflow without a name by its path.
    name: root.at('name')?.text ?? path,
    events: [...texts(on), ...(on?.pairs.map(([event]) => event) ?? [])],
    after: texts(on?.at('workflow_run', 'workflows')),
    env: root.at('env'),
    permissions: root.at('permissions'),
    concurrency: root.at('concurrency'),
    jobs: jobs.map(([id, job], at) => jobFrom(id, job, shell, shares[at] ?? 0)),
    isCut: all.length > MOST_JOBS || counts.some((count, at) => count > (shares[at] ?? 0)),
  };
}

function jobFrom(id: string, job: YamlEntry, workflowShell: string | undefined, mostSteps: number): Job {
  const shell = job.at('defaults', 'run', 'shell')?.text ?? workflowShell;
  return {
    id,
    line: job.line,
    name: job.at('name')?.text ?? id,
    // Of more than are read, none is found.
    needs: [...new Set(texts(job.at('needs')))].slice(0, MOST_JOBS),
    uses: placed(job.at('uses')),
    steps: [
      ...(job.at('steps')?.items ?? []).slice(0, mostSteps).map((step) => stepFrom(step, shell)),
      ...(job.at('uses') === undefined ? [] : commandSteps(job.at('with'))),
    ],
    with: job.at('with'),
    secrets: job.at('secrets'),
    env: job.at('env'),
    permissions: job.at('permissions'),
    concurrency: job.at('concurrency'),
    services: job.at('services'),
    runsOn: job.at('runs-on'),
    timeoutMinutes: job.at('timeout-minutes'),
    continueOnError: job.at('continue-on-error'),
  };
}

/** Inputs of a reusable workflow, deploy-guard's own among them, that hold a script. */
const COMMANDS = new Set(['setup-command', 'lint-command', 'test-command']);

function commandSteps(inputs: YamlEntry | undefined): readonly Step[] {
  return (inputs?.pairs ?? [])
    .filter(([name]) => COMMANDS.has(name))
    .map(([name, command]) => ({
      line: command.line,
      id: undefined,
      name,
      uses: undefined,
      run: command.textLines,
      with: undefined,
      env: undefined,
      // With pipefail, as deploy-guard's own does.
      shell: 'bash',
      timeoutMinutes: undefined,
      continueOnError: undefined,
    }));
}

function stepFrom(step: YamlEntry, shell: string | undefined): Step {
  return {
    line: step.line,
    id: step.at('id')?.text,
    name: step.at('name')?.text ?? '',
    uses: placed(step.at('uses')),
    run: step.at('run')?.textLines ?? [],
    with: step.at('with'),
    env: step.at('env'),
    shell: step.at('shell')?.text ?? shell,
    timeoutMinutes: step.at('timeout-minutes'),
    continueOnError: step.at('continue-on-error'),
  };
}

function placed(entry: YamlEntry | undefined): PlacedText | undefined {
  const text = entry?.text?.trim();
  return entry === undefined || text === undefined ? undefined : { text, line: entry.line };
}

function texts(entry: YamlEntry | undefined): readonly string[] {
  return (entry?.items ?? []).flatMap((item) => item.text ?? []);
}
