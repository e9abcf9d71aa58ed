import { type Finding, isHygiene } from '../../finding.ts';
import { manyLines, oneLine } from '../../runner/text.ts';
import { type CheckReport, findingsOf } from '../preflight/check.ts';
import { afterwards } from './afterwards.ts';
import { fixLines } from './fix-text.ts';
import { withFewHygiene } from './hygiene.ts';
import { errorUrl, serviceToSee, serviceUrl } from './links.ts';
import { deployedCommit, isGreen, type RunReport } from './run-report.ts';
import { count, duration, listed, placeOf, shortSha, shortTag } from './words.ts';

const MARKS = { error: '✗', warning: '!', note: '·' } as const;

/** The first line: what runs, of which commit, to where. */
export function headline(report: RunReport): string {
  const { run, commit, version, mode } = report;
  const sha = commit?.sha ?? run.sha;
  const what = `${run.repository || 'this folder'}${sha ? `@${shortSha(sha)}` : ''}${run.branch ? ` (${oneLine(run.branch, 80)})` : ''}`;
  const services =
    report.services.length > 5 ? count(report.services.length, 'service') : listed(report.services);
  const where = `${services || 'no service'}, cluster ${report.cluster}`;
  if (mode === 'rollback') return `deploy-guard ${version}: rollback of ${where}; run from ${what}`;
  return mode === 'check'
    ? `deploy-guard ${version}: check of ${what} for ${where}`
    : `deploy-guard ${version}: ${what} to ${where}`;
}

/** The rows of the preflight, a check a row, each finding below in its place. */
export function preflightLines(checks: readonly CheckReport[]): readonly string[] {
  return checks.flatMap(({ subject, passed, findings, skipped, summed }) => [
    ...(summed === undefined ? [] : [row(markOf(findings), subject, summed)]),
    ...(passed ? [row('✓', subject, passed)] : []),
    ...(skipped ? [row('–', subject, `not checked: ${skipped}`)] : []),
    ...(summed === undefined ? findings : []).map((finding) =>
      row(MARKS[finding.level], subject, `${finding.code} ${oneLine(finding.title)}`),
    ),
  ]);
}

/** Where the codes of the preflight's rows are explained; nothing where they have none. */
export function codesLine(checks: readonly CheckReport[], run: RunReport['run']): readonly string[] {
  const codes = checks.flatMap(({ findings, summed }) => (summed === undefined ? findings : []));
  return codes.length > 0 ? [`  What a code means, and how to fix it: ${run.errorsUrl}`] : [];
}

function more(report: RunReport, code: string): string {
  return `More: ${errorUrl(report, code)}`;
}

function markOf(findings: readonly Finding[]): string {
  const worst = (['error', 'warning'] as const).find((level) =>
    findings.some((each) => each.level === level),
  );
  return worst ? MARKS[worst] : '✓';
}

function row(mark: string, subject: string, text: string): string {
  return `${mark} ${subject.padEnd(10)} ${oneLine(text, 700)}`;
}

/** All that a preflight with errors found, the worst first, each with its cure; for the end of the log. */
export function problemLines(report: RunReport): readonly string[] {
  // Those of the repository that stop nothing have a group of their own above.
  const findings = findingsOf(report.checks).filter((each) => !isHygiene(each) || each.level === 'error');
  const shown = withFewHygiene(findings, HYGIENE_AT_THE_END);
  const more = findings.length - shown.length;
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  const counted = [
    ...(errors > 0 ? [count(errors, 'problem')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  if (counted.length === 0) return [];
  const untouched = errors > 0 ? ' Nothing was built, pushed or deployed.' : '';
  return [
    `${errors > 0 ? '✗' : '!'} ${counted.join(', ')}.${untouched}`,
    ...shown.flatMap((finding) => problem(finding, report)),
    ...(more > 0 ? [`  … and ${more} more of the repository: see the group Hygiene above.`] : []),
  ];
}

/** The end of the log is read without scrolling. */
const HYGIENE_AT_THE_END = 10;

function problem(finding: Finding, report: RunReport): readonly string[] {
  const level = finding.level === 'error' ? '' : `(${finding.level}) `;
  const where = placeOf(finding);
  return [
    `  ${finding.code} ${level}${oneLine(finding.title)}${where ? ` (${oneLine(where, 200)})` : ''}`,
    ...indented(finding.detail, '        '),
    ...fixLines(finding.fix).map((line) => `        ${line}`),
    `        ${more(report, finding.code)}`,
  ];
}

/**
 * How a run ended that got past its preflight, and what to do; for the end of the log, outside any group. The
 * annotations stand just before it: they say the code and the sentence of each failure and warning.
 */
export function endingLines(report: RunReport): readonly string[] {
  const notes = report.notes
    .filter(({ level }) => level === 'note')
    .flatMap(({ code, title, fix }) => [
      `${MARKS.note} ${code} ${oneLine(title)}`,
      `  ${oneLine(fix, 900)} ${more(report, code)}`,
    ]);
  if (isGreen(report.result)) return [...notes, goodEnding(report)];
  const [first, ...others] = report.failures;
  if (!first) return notes;
  const service = serviceToSee(report);
  const page = service && serviceUrl(report, service);
  const consoleLink = page && report.accountId ? `   Console: ${page}` : '';
  return [
    ...notes,
    ...indented(first.detail, '  '),
    ...others.flatMap((other) => indented(other.detail, '  ')),
    ...afterwards(report).map((line) => `  ${line}`),
    `  Do: ${oneLine(first.fix, 900)}`,
    ...others.map(({ code, fix }) => `  ${code}: ${oneLine(fix, 900)} ${more(report, code)}`),
    `  ${more(report, first.code)}${consoleLink}   Known after ${duration(report.totalMs)}.`,
  ];
}

function goodEnding(report: RunReport): string {
  const { result, image } = report;
  const { sha, subject: words } = deployedCommit(report);
  const subject = words ? ` "${oneLine(words, 100)}"` : '';
  const took = `in ${duration(report.totalMs)}`;
  if (result === 'checked') return `✓ Checked ${took}: a deploy from here would start. Nothing was changed.`;
  const what = `${shortSha(sha) || (image ? shortTag(image.tag) : 'the image')}${subject}`;
  if (result === 'started') {
    return `✓ Started the deployment of ${what} ${took}, and did not wait for it (\`wait-for-minutes: 0\`).`;
  }
  return `✓ ${report.mode === 'rollback' ? 'Rolled back to' : 'Deployed'} ${what} ${took}.`;
}

function indented(text: string | undefined, indent: string): readonly string[] {
  if (!text) return [];
  return manyLines(text, 6000)
    .split('\n')
    .map((line) => `${indent}${line}`);
}
