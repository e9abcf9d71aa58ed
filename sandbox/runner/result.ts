import type { JobStatus } from './action-metadata.ts';
import { findLeaks, type Place } from './leaks.ts';
import type { LeftFile } from './left-files.ts';
import type { SecretMasks } from './masks.ts';
import type { Orphan } from './orphans.ts';
import type { ProcessEnd } from './process.ts';
import type { Annotation, JobState, StepLog } from './step.ts';

/** How main or post went. */
export interface StageRun extends ProcessEnd {
  readonly log: StepLog;
  /** How the job stood when the stage began. */
  readonly before: JobStatus;
  readonly conclusion: JobStatus;
}

/** A group of the log, as it folds on the run's page. */
export interface LogGroup {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What an action did, as the runner and a person saw it. */
export interface ActionRun {
  /** What the runner prints before the action starts (`with:` and `env:`); not part of the log here. */
  readonly header: readonly string[];
  readonly main: StageRun;
  /** undefined: there is no post step, or its condition did not hold. */
  readonly post: StageRun | undefined;
  /** How the job ends: a failed post step fails it as well. */
  readonly conclusion: JobStatus;
  /** The log of main and post as the runner writes it: commands obeyed and taken out, secrets masked. */
  readonly log: string;
  readonly lines: readonly string[];
  /** Unmasked, with the commands still in it. */
  readonly rawStdout: string;
  readonly rawStderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  /** Markdown, masked. */
  readonly summary: string;
  /** As many as GitHub shows: ten of a level for each step. */
  readonly annotations: readonly Annotation[];
  readonly droppedAnnotations: number;
  readonly groups: readonly LogGroup[];
  /** The values that are masked, the encoded forms apart. */
  readonly masks: readonly string[];
  /** Variables exported to later steps. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders added to PATH for later steps. */
  readonly paths: readonly string[];
  readonly debugLines: readonly string[];
  /** Processes that were still there after post (and were then ended, as the runner does). */
  readonly orphans: readonly Orphan[];
  /** Where secrets show: log, summary, outputs, state, annotations, exported variables, files left behind. */
  readonly leaks: (secrets: readonly string[]) => readonly string[];
  /** Paths of the files left after post, `home/…` and `temp/…`. */
  readonly filesLeft: () => readonly string[];
}

/** Puts together what the stages, their job and the file system have to tell. */
export function actionRun(parts: {
  readonly header: readonly string[];
  readonly main: StageRun;
  readonly post: StageRun | undefined;
  readonly masks: SecretMasks;
  readonly state: JobState;
  readonly orphans: readonly Orphan[];
  readonly left: readonly LeftFile[];
}): ActionRun {
  const { main, post, state, left } = parts;
  const stages = post === undefined ? [main] : [main, post];
  const lines = stages.flatMap((stage) => stage.log.lines);
  const run = {
    header: parts.header,
    main,
    post,
    conclusion: post?.conclusion === 'failure' && main.conclusion === 'success' ? 'failure' : main.conclusion,
    log: lines.join('\n'),
    lines,
    rawStdout: stages.map((stage) => stage.stdout).join(''),
    rawStderr: stages.map((stage) => stage.stderr).join(''),
    outputs: Object.fromEntries(state.outputs),
    state: Object.fromEntries(state.state),
    summary: stages.map((stage) => stage.log.summary).join(''),
    annotations: stages.flatMap((stage) => stage.log.annotations),
    droppedAnnotations: stages.reduce((total, stage) => total + stage.log.droppedAnnotations, 0),
    groups: groupsOf(lines),
    masks: parts.masks.registered(),
    env: Object.fromEntries(state.env),
    paths: [...state.paths],
    debugLines: stages.flatMap((stage) => stage.log.debugLines),
    orphans: parts.orphans,
  } as const;
  return {
    ...run,
    leaks: (secrets) => findLeaks(secrets, places(run, left)),
    filesLeft: () => left.map((file) => file.path),
  };
}

function places(run: Omit<ActionRun, 'leaks' | 'filesLeft'>, left: readonly LeftFile[]): readonly Place[] {
  const named = (what: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([name, value]) => ({ name: `${what} ${name}`, text: `${name}\n${value}` }));
  return [
    { name: 'the log', text: run.log },
    { name: 'the debug log', text: run.debugLines.join('\n') },
    { name: 'the step summary', text: run.summary },
    ...named('the output', run.outputs),
    ...named('the state', run.state),
    ...named('the exported variable', run.env),
    ...run.annotations.map((annotation, index) => ({
      name: `annotation ${index + 1}`,
      text: [annotation.title, annotation.file, annotation.message].join('\n'),
    })),
    ...left.map((file) => ({ name: `the file ${file.path}`, text: file.text })),
  ];
}

/** A group ends at its endgroup, or where the next one begins: groups do not nest. */
function groupsOf(lines: readonly string[]): readonly LogGroup[] {
  const groups: { title: string; lines: string[] }[] = [];
  let open: { title: string; lines: string[] } | undefined;
  for (const line of lines) {
    if (line.startsWith('##[group]')) {
      open = { title: line.slice('##[group]'.length), lines: [] };
      groups.push(open);
    } else if (line.startsWith('##[endgroup]')) open = undefined;
    else open?.lines.push(line);
  }
  return groups;
}
