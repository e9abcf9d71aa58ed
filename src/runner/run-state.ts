import * as v from 'valibot';

/** Whether Slack was told: `sending` means that a request went out whose answer was not seen. */
export type Told = 'no' | 'sending' | 'yes';

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));

const code = v.pipe(
  v.string(),
  v.custom<`DG${number}`>((value) => typeof value === 'string' && /^DG\d{3}$/.test(value)),
);

const milliseconds = v.pipe(v.number(), v.finite());

const STATE = v.object({
  version: v.literal(1),
  told: v.picklist(['no', 'sending', 'yes']),
  /** Counts the saves: of two states the later one holds. */
  revision: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0),
  stage: text(40),
  startedAtMs: milliseconds,
  changed: v.boolean(),
  privateFolder: v.optional(text(4096)),
  accountId: v.optional(v.pipe(v.string(), v.regex(/^\d{12}$/))),
  commit: v.optional(
    v.object({ sha: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)), subject: v.optional(text(500)) }),
  ),
  /** Services that ECS was asked to deploy and whose answer had not come. */
  unanswered: v.pipe(v.array(text(600)), v.maxLength(50)),
  /** How the run ended, once it has. */
  ended: v.optional(
    v.object({
      result: v.picklist([
        'succeeded',
        'started',
        'checked',
        'failed',
        'rolled-back',
        'superseded',
        'timed-out',
        'cancelled',
      ]),
      totalMs: milliseconds,
      code: v.optional(code),
      title: v.optional(text(2000)),
      fix: v.optional(text(2000)),
    }),
  ),
  /** Why a deployment was being undone, and how far that got. */
  cause: v.optional(v.object({ code, title: text(2000), fix: text(2000) })),
  undo: v.optional(
    v.object({
      asked: v.pipe(v.array(text(600)), v.maxLength(50)),
      begun: v.pipe(v.array(v.object({ service: text(600), deploymentId: text(200) })), v.maxLength(50)),
      over: v.boolean(),
    }),
  ),
  /** The task of `pre-deploy-command` that runs. */
  oneOffTask: v.optional(
    v.object({
      task: v.optional(text(300)),
      startedBy: text(40),
      command: text(300),
      isStopped: v.boolean(),
    }),
  ),
  deployments: v.pipe(
    v.array(v.object({ service: text(600), deploymentId: text(200), finished: v.optional(v.boolean()) })),
    v.maxLength(50),
  ),
  /** The tags that point at the new image. */
  movedTags: v.optional(v.pipe(v.array(text(300)), v.maxLength(50))),
  /** The job was cancelled: main got the runner's signal. */
  cancelled: v.optional(v.boolean()),
  /** The log's ending, the annotations, the outputs and the step summary are out. */
  shown: v.optional(v.boolean()),
  /** The deployment at GitHub, and whether its last status is recorded, or was tried and reported. */
  github: v.optional(
    v.object({ id: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))), over: v.boolean() }),
  ),
});

/** What main hands to post. Small, and without secrets. */
export type RunState = v.InferOutput<typeof STATE>;

/** Name under which the state is saved: the runner hands it to post as `STATE_run`. */
export const STATE_NAME = 'run';

/** The variables that a state may come in: the file's, and the command's where the file could not be written. */
const VARIABLES = [`STATE_${STATE_NAME}`, `STATE_${lateName(STATE_NAME)}`] as const;

/** The name of a state that is handed over by a command, because its file can't be written any more. */
export function lateName(name: string): string {
  return `${name}_late`;
}

/**
 * The state that main saved last; undefined where there is none, or where it is not of this shape: anything a
 * step prints can forge it, so nothing in it is trusted further than its shape goes.
 */
export function readRunState(
  environment: Readonly<Record<string, string | undefined>>,
): RunState | undefined {
  return VARIABLES.flatMap((variable) => parsed(environment[variable]) ?? []).sort(
    (a, b) => b.revision - a.revision,
  )[0];
}

function parsed(saved: string | undefined): RunState | undefined {
  if (!saved || saved.length > 100_000) return undefined;
  try {
    const read = v.safeParse(STATE, JSON.parse(saved));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}
