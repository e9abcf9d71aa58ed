import type { Finding } from '../../finding.ts';
import { manyLines, oneLine } from '../../runner/text.ts';
import type { PushedImage } from '../image/image.ts';
import type { MovedTag } from '../image/moving-tags.ts';
import type { CheckReport } from '../preflight/check.ts';
import { findingsOf } from '../preflight/preflight.ts';
import { errorUrl, serviceUrl } from './links.ts';
import { changedAnything, isGreen, type RunReport } from './run-report.ts';
import { count, duration, listed, shortDigest, shortSha, shortTag } from './words.ts';

const MARKS = { error: '✗', warning: '!', note: '·' } as const;

/** The first line: what runs, of which commit, to where. */
export function headline(report: RunReport): string {
  const { run, commit, version, mode } = report;
  const sha = commit?.sha ?? run.sha;
  const what = `${run.repository || 'this folder'}${sha ? `@${shortSha(sha)}` : ''}${run.branch ? ` (${oneLine(run.branch, 80)})` : ''}`;
  const where = `${listed(report.services) || 'no service'}, cluster ${report.cluster}`;
  return `deploy-guard ${version}: ${mode === 'deploy' ? '' : `${mode}, `}${what} to ${where}`;
}

/** The rows of the preflight, a check a row, each finding below in its place. */
export function preflightLines(checks: readonly CheckReport[]): readonly string[] {
  return checks.flatMap(({ subject, passed, findings, skipped }) => [
    ...(passed ? [row('✓', subject, passed)] : []),
    ...(skipped ? [row('–', subject, `not checked: ${skipped}`)] : []),
    ...findings.map((finding) =>
      row(MARKS[finding.level], subject, `${finding.code} ${oneLine(finding.title)}`),
    ),
  ]);
}

function row(mark: string, subject: string, text: string): string {
  return `${mark} ${subject.padEnd(10)} ${text}`;
}

/** All that the preflight found, the worst first, each with its cure; for the end of the log, outside any group. */
export function problemLines(report: RunReport, slackTold: boolean): readonly string[] {
  const findings = findingsOf(report.checks);
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  const counted = [
    ...(errors > 0 ? [count(errors, 'problem')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  if (counted.length === 0) return [];
  const untouched = errors > 0 ? ' Nothing was built, pushed or deployed.' : '';
  const told = slackTold ? ' Slack told.' : '';
  return [
    `${errors > 0 ? '✗' : '!'} ${counted.join(', ')}.${untouched}${told}`,
    ...findings.flatMap(problem),
  ];
}

function problem(finding: Finding): readonly string[] {
  const level = finding.level === 'error' ? '' : `(${finding.level}) `;
  return [
    `  ${finding.code} ${level}${oneLine(finding.title)}`,
    ...indented(finding.detail, '        '),
    `        ${oneLine(finding.fix, 900)}`,
  ];
}

/** How a run ended that got past its preflight, and what to do; for the end of the log, outside any group. */
export function endingLines(report: RunReport, slackTold: boolean): readonly string[] {
  const told = slackTold ? ' Slack told.' : '';
  if (isGreen(report.result)) return [...noteLines(report), `${goodEnding(report)}${told}`];
  const [first, ...others] = report.failures;
  if (!first) return [];
  const service = report.services.find((name) => serviceUrl(report, name));
  const consoleLink = service && report.accountId ? `   Console: ${serviceUrl(report, service)}` : '';
  return [
    `✗ ${first.code} ${oneLine(first.title)}`,
    ...indented(first.detail, '  '),
    ...afterwards(report).map((line) => `  ${line}`),
    `  Do: ${oneLine(first.fix, 900)}`,
    `  More: ${errorUrl(report, first.code)}${consoleLink}   Known after ${duration(report.totalMs)}.${told}`,
    ...others.flatMap(problem),
    ...noteLines(report),
  ];
}

function noteLines(report: RunReport): readonly string[] {
  return report.notes.flatMap((note) => [
    `${MARKS[note.level]} ${note.code} ${oneLine(note.title)}`,
    `  ${oneLine(note.fix, 900)}`,
  ]);
}

function goodEnding(report: RunReport): string {
  const { commit, run, result, image } = report;
  const sha = commit?.sha ?? run.sha;
  const subject = commit?.subject ? ` "${oneLine(commit.subject, 100)}"` : '';
  const took = `in ${duration(report.totalMs)}`;
  if (result === 'checked') return `✓ Checked ${took}: a deploy from here would start. Nothing was changed.`;
  const what = `${shortSha(sha) || (image ? shortTag(image.tag) : 'the image')}${subject}`;
  if (result === 'started') {
    return `✓ Started the deployment of ${what} ${took}, and did not wait for it (\`wait-for-minutes: 0\`).`;
  }
  return `✓ Deployed ${what} ${took}.`;
}

/** What is true in AWS after a run that failed: who serves, and where the moving tag points. */
export function afterwards(report: RunReport): readonly string[] {
  if (!changedAnything(report)) return ['Nothing was pushed, moved or deployed.'];
  const started = report.deployments.some(({ deploymentId }) => deploymentId);
  const { image, movedTags } = report;
  const moved = movedTags.find(({ from, to }) => from !== to && from !== undefined);
  const serving = report.deployments.flatMap(({ service, outcome }) => {
    const still = outcome?.stillServing;
    if (!still) return [];
    const of = still.image ? ` of the previous image (${shortTag(still.image)})` : ' of the previous image';
    return [
      `${service}: ${count(still.running, 'task')}${of} still ${still.running === 1 ? 'serves' : 'serve'}.`,
    ];
  });
  return [
    ...serving,
    ...(started || report.unanswered.length > 0 ? [] : ['No service was changed.']),
    ...(image && moved && report.result !== 'superseded' ? [whereLatestPoints(report, image, moved)] : []),
  ];
}

function whereLatestPoints({ latestDigest }: RunReport, image: PushedImage, { tag, from }: MovedTag): string {
  if (latestDigest !== undefined && latestDigest !== image.digest) {
    return `${tag} points at ${shortDigest(latestDigest)}: somebody else has moved it since.`;
  }
  return `${tag} points at the new image ${shortDigest(image.digest)} (before: ${shortDigest(from ?? '')}): the next forced deployment would use it.`;
}

function indented(text: string | undefined, indent: string): readonly string[] {
  if (!text) return [];
  return manyLines(text, 6000)
    .split('\n')
    .map((line) => `${indent}${line}`);
}
