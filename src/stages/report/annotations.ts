import type { Finding } from '../../finding.ts';
import { findingsOf } from '../preflight/check.ts';
import { fixInOneLine } from './fix-text.ts';
import { withFewHygiene } from './hygiene.ts';
import { errorUrl } from './links.ts';
import type { RunReport } from './run-report.ts';

/** GitHub shows ten of a kind in a step; those of the deploy must not be crowded out. */
const HYGIENE_ANNOTATED = 5;

/**
 * One annotation for each error and each warning, with the address of its entry in docs/errors.md; of those about the repository, the first few. GitHub
 * shows ten of a level for each step, so that what ended the run comes first.
 */
export function annotationsOf(report: RunReport): readonly Finding[] {
  const checks = findingsOf(report.checks).filter(({ level }) => level === 'warning');
  const notes = report.notes.filter(({ level }) => level !== 'note');
  return withFewHygiene([...report.failures, ...checks, ...notes], HYGIENE_ANNOTATED).map((finding) =>
    annotationOf(report, finding),
  );
}

/** A finding for an annotation, which knows no Markdown: its fix in one line, and where there is more about it. */
export function annotationOf(report: RunReport, finding: Finding): Finding {
  return { ...finding, fix: `${ended(fixInOneLine(finding.fix))} More: ${errorUrl(report, finding.code)}` };
}

/** With a full stop, where the fix ends with a line to paste. */
function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
