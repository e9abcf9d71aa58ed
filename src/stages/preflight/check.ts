import type { Finding } from '../../finding.ts';
import type { CheckedOutCommit } from '../../github/checked-out-commit.ts';
import type { RunContext } from '../../github/run-context.ts';
import type { Config } from '../inputs/config.ts';
import type { Lookups } from './lookups/lookups.ts';

/** What a check may look at. */
export interface CheckContext {
  readonly config: Config;
  readonly inputFindings: readonly Finding[];
  readonly run: RunContext;
  readonly commit: CheckedOutCommit | undefined;
  /** Answers from outside, each asked for once however many checks need it. */
  readonly lookups: Lookups;
}

/** What a check has to say. */
export interface CheckReport {
  /** One word: the row in the log and the summary. */
  readonly subject: string;
  /** What was found in order, in a line; undefined where nothing was. */
  readonly passed: string | undefined;
  readonly findings: readonly Finding[];
  /** All findings in a line, where they are many and shown apart: those of the repository itself. */
  readonly summed?: string;
  /** Why nothing could be checked: another check says what is wrong. */
  readonly skipped?: string;
}

/** A check of the preflight: changes nothing, and never throws for what it looks for. */
export type Check = (context: CheckContext) => Promise<CheckReport>;

/** The report of a check that waits for another to be put right. */
export function skipped(subject: string, why: string): CheckReport {
  return { subject, passed: undefined, findings: [], skipped: why };
}

const WORST_FIRST = ['error', 'warning', 'note'] as const;

/** The findings of all checks, the worst first, otherwise in the order of the checks. */
export function findingsOf(reports: readonly CheckReport[]): readonly Finding[] {
  const all = reports.flatMap(({ findings }) => findings);
  return WORST_FIRST.flatMap((level) => all.filter((finding) => finding.level === level));
}
