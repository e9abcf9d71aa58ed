import { type Finding, isHygiene, type Result } from '../../finding.ts';
import { findingsOf } from '../preflight/check.ts';
import { earlierText } from '../rollout/progress.ts';
import { afterwards } from './afterwards.ts';
import { checklist } from './checklist.ts';
import { fixMarkdown } from './fix-text.ts';
import { hygieneSection, withFewHygiene } from './hygiene.ts';
import { commitUrl, comparison, errorUrl, serviceUrl } from './links.ts';
import { code, codeBlock, link, own, ownCell, plain } from './markdown.ts';
import { deployedCommit, isGreen, type RunReport } from './run-report.ts';
import { timeline } from './timeline.ts';
import { verdictWords } from './verdict-words.ts';
import { count, duration, placeOf, shortSha } from './words.ts';

/** In bytes: GitHub refuses a step summary over 1 MiB (docs.github.com, "Step isolation and limits"). */
const MOST = 900_000;
/** A diagnosis of more is not read; the log has them all. */
const FAILURES_SHOWN = 20;
const HYGIENE_SHOWN = 5;

/** The step summary: the verdict and, where it is bad, the diagnosis first; then services, checklist and the rest. */
export function renderSummary(report: RunReport): string {
  const sections = [
    heading(report),
    ...(isGreen(report.result) ? [] : diagnosis(report)),
    services(report),
    plan(report),
    checklist(report),
    timelineSection(report),
    findings(report),
    hygieneSection(report),
    images(report),
    events(report),
  ].filter((section) => section !== '');
  return `${fitting(sections).join('\n\n')}\n`;
}

/** The sections that GitHub's limit leaves room for: one is shown whole or not at all. */
function fitting(sections: readonly string[]): readonly string[] {
  let room = MOST;
  const kept = sections.filter((section) => {
    const bytes = Buffer.byteLength(section) + 2;
    if (bytes > room) return false;
    room -= bytes;
    return true;
  });
  const left = sections.length - kept.length;
  return left === 0 ? kept : [...kept, `${count(left, 'section')} left out for length: the log has it all.`];
}

function heading(report: RunReport): string {
  const { run, environment } = report;
  const { mark, verb, preposition, addition } = verdictWords(report);
  const { sha, subject } = deployedCommit(report);
  const place = environment ? ` ${preposition} ${plain(environment, 100)}` : '';
  const words = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}${place}${addition}`;
  const between = comparison(report);
  const facts = [
    sha && link(shortSha(sha), commitUrl(report)),
    subject && plain(subject, 120),
    run.branch && plain(run.branch, 80),
    run.actor && `by ${plain(run.actor, 60)}`,
    duration(report.totalMs),
    between && link(`${between.words} ${between.sha}`, between.url),
  ].filter(Boolean);
  return `## ${mark} ${words}: ${plain(report.repository || run.repository)}\n\n${facts.join(' · ')}`;
}

/** What went wrong, what to do, and what is true in AWS now: each a section of its own, the first failure first. */
function diagnosis(report: RunReport): readonly string[] {
  const shown = shownFailures(report);
  const more = report.failures.length - shown.length;
  return [
    ...shown.map((failure) => failureText(report, failure)),
    ...(more > 0 ? [`And ${count(more, 'more problem')}: see the findings below.`] : []),
    afterwards(report)
      .map((line) => `- ${own(line, 500)}`)
      .join('\n'),
  ];
}

/** The failures that are told in full, at the top. */
function shownFailures({ failures }: RunReport): readonly Finding[] {
  return withFewHygiene(failures, HYGIENE_SHOWN).slice(0, FAILURES_SHOWN);
}

function failureText(report: RunReport, failure: Finding): string {
  return [
    `**${link(failure.code, errorUrl(report, failure.code))}** ${own(failure.title, 500)}${place(failure)}`,
    ...(failure.detail ? [codeBlock(failure.detail)] : []),
    `**Do:** ${fixMarkdown(failure.fix)}`,
  ].join('\n\n');
}

function place(finding: Finding): string {
  const where = placeOf(finding);
  return where ? ` (${code(where)})` : '';
}

function services(report: RunReport): string {
  if (report.deployments.length === 0) return '';
  const rows = report.deployments.map(({ service, result, seconds, outcome, taskDefinition, reason }) => {
    const tasks = outcome ? `${outcome.running} of ${outcome.desired}` : '–';
    const usual = outcome ? earlierText(outcome.earlierSeconds) : undefined;
    const time = outcome ? `${duration(seconds * 1000)}${usual ? ` (${usual})` : ''}` : '–';
    // The reason of a service that is the run's own reason stands above.
    const why = reason && report.deployments.length > 1 ? `: ${plain(reason, 300)}` : '';
    const revision = taskDefinition ? plain(taskDefinition, 120) : '–';
    return `| ${link(service, serviceUrl(report, service))} | ${markOf(result)} ${result}${why} | ${tasks} | ${revision} | ${time} |`;
  });
  return [
    '| Service | Result | New tasks | Task definition | Time |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** Of what nobody did wrong, neither. */
function markOf(result: Result): '✓' | '✗' | '–' {
  if (isGreen(result)) return '✓';
  return result === 'superseded' || result === 'cancelled' ? '–' : '✗';
}

/** `mode: check`: what a deploy from here would do, in the log's own lines. */
function plan({ plan: lines = [] }: RunReport): string {
  const [title, ...steps] = lines;
  return title === undefined ? '' : `### ${plain(title)}\n\n${codeBlock(steps.join('\n'))}`;
}

function timelineSection(report: RunReport): string {
  const drawn = timeline(report);
  return drawn === '' ? '' : `### Timeline\n\n${drawn}`;
}

function findings(report: RunReport): string {
  // What ended the run stands above already.
  const above = new Set(shownFailures(report).map(keyOf));
  const checked = findingsOf(report.checks).filter((each) => !isHygiene(each));
  const all = [...checked, ...report.notes].filter((each) => !above.has(keyOf(each)));
  if (all.length === 0) return '';
  const rows = all.map(
    (finding) =>
      `| ${link(finding.code, errorUrl(report, finding.code))} | ${finding.level} | ${ownCell(finding.title, 500)}${place(finding)} | ${ownCell(finding.fix)} |`,
  );
  return ['### Findings', '', '| Code | Level | What | Do |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function keyOf({ code: id, title }: Finding): string {
  return `${id} ${title}`;
}

/** The names in full, to be copied. */
function images({ image, previousImage, movedTags, deployments }: RunReport): string {
  const tags = image ? [...new Set([image.tag, ...movedTags.map(({ tag }) => tag)])] : [];
  const lines = [
    ...(image
      ? [`this image      ${image.repositoryUri}@${image.digest}`, `its tags        ${tags.join(' ')}`]
      : []),
    ...(previousImage ? [`image before    ${previousImage}`] : []),
    ...deployments.flatMap(({ service, deploymentId }) =>
      deploymentId ? [`deployment      ${service} ${deploymentId}`] : [],
    ),
  ];
  if (lines.length === 0) return '';
  return folded('Images and deployments in full', codeBlock(lines.join('\n')));
}

/** What ECS wrote about each service meanwhile. */
function events({ deployments }: RunReport): string {
  const lines = deployments.flatMap(({ outcome }) =>
    (outcome?.events ?? []).map(
      ({ at, message }) => `${new Date(at).toISOString().slice(0, 19)}Z  ${message}`,
    ),
  );
  if (lines.length === 0) return '';
  return folded(`What ECS said (${count(lines.length, 'event')})`, codeBlock(lines.join('\n'), 60_000));
}

function folded(title: string, markdown: string): string {
  return `<details><summary>${title}</summary>\n\n${markdown}\n\n</details>`;
}
