import type { Finding, Result } from '../../finding.ts';
import type { CheckReport } from '../preflight/check.ts';
import { findingsOf } from '../preflight/preflight.ts';
import { afterwards } from './afterwards.ts';
import { commitUrl, errorUrl, serviceUrl } from './links.ts';
import { code, codeBlock, link, own, plain } from './markdown.ts';
import { isGreen, type RunReport } from './run-report.ts';
import { duration, shortDigest, shortSha, shortTag } from './words.ts';

const HEADINGS: Readonly<Record<Result, string>> = {
  succeeded: '✅ Deployed',
  started: '✅ Deployment started',
  checked: '✅ Ready to deploy',
  failed: '❌ Not deployed',
  'rolled-back': '❌ Rolled back',
  superseded: '❌ Superseded by a newer deployment',
  'timed-out': '❌ Not finished in time',
  cancelled: '❌ Cancelled',
};

/** In bytes: GitHub refuses a step summary over 1 MiB (docs.github.com, "Step isolation and limits"). */
const MOST = 900_000;

/** The step summary: the verdict and, where it is bad, the diagnosis first; then services, checks and findings. */
export function renderSummary(report: RunReport): string {
  const sections = [
    heading(report),
    ...(isGreen(report.result) ? [] : [diagnosis(report)]),
    services(report),
    checklist(report),
    findings(report),
    stages(report),
  ].filter((section) => section !== '');
  const bytes = Buffer.from(sections.join('\n\n')).subarray(0, MOST);
  // A character that was cut in half comes out as U+FFFD.
  return `${bytes.toString('utf8').replace(/\ufffd$/, '')}\n`;
}

function heading(report: RunReport): string {
  const { commit, run, image } = report;
  const sha = commit?.sha ?? run.sha;
  const where = report.environment ? ` to ${plain(report.environment)}` : '';
  const facts = [
    sha && link(shortSha(sha), commitUrl(report)),
    commit?.subject && plain(commit.subject, 120),
    run.branch && plain(run.branch, 80),
    run.actor && `by ${plain(run.actor, 60)}`,
    duration(report.totalMs),
    image && code(shortDigest(image.digest)),
  ].filter(Boolean);
  return `## ${HEADINGS[report.result]}: ${plain(report.repository || report.run.repository)}${where}\n\n${facts.join(' · ')}`;
}

function diagnosis(report: RunReport): string {
  const preflight = findingsOf(report.checks).some(({ level }) => level === 'error');
  if (preflight) return 'Nothing was built, pushed or deployed.';
  return [
    ...report.failures.map((failure) => failureText(report, failure)),
    ...(report.failures.length > 0
      ? [
          afterwards(report)
            .map((line) => `- ${plain(line)}`)
            .join('\n'),
        ]
      : []),
  ].join('\n\n');
}

function failureText(report: RunReport, failure: Finding): string {
  return [
    `**${link(failure.code, errorUrl(report, failure.code))}** ${plain(failure.title)}`,
    ...(failure.detail ? [codeBlock(failure.detail)] : []),
    `**Do:** ${own(failure.fix)}`,
  ].join('\n\n');
}

function services(report: RunReport): string {
  if (report.deployments.length === 0) return '';
  const rows = report.deployments.map(({ service, result, reason, seconds, outcome }) => {
    const tasks = outcome ? `${outcome.running} of ${outcome.desired}` : '–';
    return `| ${link(service, serviceUrl(report, service))} | ${isGreen(result) ? '✓' : '✗'} ${result} | ${tasks} | ${duration(seconds * 1000)} | ${plain(reason, 300)} |`;
  });
  return ['| Service | Result | Tasks | Time | |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** What the review's checklist before production asks, ticked only where this run looked. */
function checklist(report: RunReport): string {
  const { image } = report;
  const proven =
    report.deployments.length > 0 &&
    report.deployments.every(
      ({ result, outcome }) => result === 'succeeded' && (outcome?.digests.length ?? 0) > 0,
    );
  const rows = [
    ...report.checks.map(checkRow),
    ...(image
      ? [
          `| ✓ | image | ${code(shortDigest(image.digest))} ${image.reused ? 'was in the repository already' : 'built and pushed'} as ${code(shortTag(image.tag))} |`,
        ]
      : ['| – | image | not checked |']),
    ...report.movedTags.map(
      ({ tag, from, to }) =>
        `| ✓ | tag | ${code(tag)}: ${from && from !== to ? `${code(shortDigest(from))} → ` : ''}${code(shortDigest(to))} |`,
    ),
    proven ? '| ✓ | tasks | every running task runs this image |' : '| – | tasks | not proven |',
    ...(report.health.length > 0
      ? report.health.map(
          ({ url, healthy, said }) => `| ${healthy ? '✓' : '✗'} | health | ${code(url)} ${plain(said)} |`,
        )
      : ['| – | health | not checked: `health-check-urls` is empty |']),
    '| – | yours | Terraform planned, migrations, tests, dashboards: not checked from here |',
  ];
  return ['| | Checked | |', '| --- | --- | --- |', ...rows].join('\n');
}

function checkRow({ subject, passed, findings: found, skipped }: CheckReport): string {
  const mark = found.some(({ level }) => level === 'error')
    ? '✗'
    : found.some(({ level }) => level === 'warning')
      ? '!'
      : passed
        ? '✓'
        : '–';
  const text =
    passed ?? (skipped ? `not checked: ${skipped}` : found.map((finding) => finding.code).join(', '));
  return `| ${mark} | ${subject} | ${plain(text)} |`;
}

function findings(report: RunReport): string {
  const all = [...findingsOf(report.checks), ...report.notes];
  if (all.length === 0) return '';
  const rows = all.map((finding) => {
    const where = finding.where
      ? ` (${code(`${finding.where.file}${finding.where.line ? `:${finding.where.line}` : ''}`)})`
      : '';
    return `| ${link(finding.code, errorUrl(report, finding.code))} | ${finding.level} | ${plain(finding.title)}${where} | ${own(finding.fix)} |`;
  });
  return ['### Findings', '', '| Code | Level | What | Do |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function stages(report: RunReport): string {
  if (report.stages.length === 0) return '';
  const rows = report.stages.map(({ name, ms }) => `| ${name} | ${duration(ms)} |`);
  return [
    '<details><summary>Stages</summary>',
    '',
    '| Stage | Time |',
    '| --- | --- |',
    ...rows,
    '',
    '</details>',
  ].join('\n');
}
