/**
 * What deploy-guard has to say about something that is, or may go, wrong. One shape for the preflight's
 * findings, a failed stage and a rollout's verdict, so that every renderer (log, summary, Slack) treats
 * them alike. Codes are `DGnnn`, grouped by their first digit as in CONTRACT: see docs/errors.md.
 */
export interface Finding {
  readonly code: `DG${number}`;
  readonly level: 'error' | 'warning' | 'note';
  /** What is wrong and where, in one sentence that stands alone in Slack or an annotation. */
  readonly title: string;
  /** Evidence worth reading after the title: quoted answers, log lines. May span lines. */
  readonly detail?: string;
  /** What to do: a command, a setting or a line to paste. */
  readonly fix: string;
  /** A file of the repository that is at fault, for annotations. */
  readonly where?: { readonly file: string; readonly line?: number };
}

/** Whether a finding is about the repository itself: there can be many, and they are shown apart. */
export function isHygiene({ code }: Pick<Finding, 'code'>): boolean {
  return code.startsWith('DG0');
}

/** How a run, or one service in it, ended: the `result` output. */
export type Result =
  | 'succeeded'
  | 'started'
  | 'checked'
  | 'failed'
  | 'rolled-back'
  | 'superseded'
  | 'timed-out'
  | 'cancelled';

/** A finding that ends the run. Anything else thrown is a bug of ours and becomes DG901. */
export class Failure extends Error {
  readonly findings: readonly [Finding, ...Finding[]];
  readonly result: Result;

  constructor(
    findings: Finding | readonly [Finding, ...Finding[]],
    result: Result = 'failed',
    cause?: unknown,
  ) {
    const all = 'code' in findings ? ([findings] as const) : findings;
    super(all[0].title, { cause });
    this.name = 'Failure';
    this.findings = all;
    this.result = result;
  }
}
