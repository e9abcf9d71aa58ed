import type { ContextBlock, SectionBlock } from '@slack/types';
import { type Finding, isHygiene } from '../../finding.ts';
import { oneLine } from '../../runner/text.ts';
import { findingsOf } from '../preflight/preflight.ts';
import { afterwards } from './afterwards.ts';
import { commitUrl, compareUrl, errorUrl, serviceUrl } from './links.ts';
import { deployedCommit, isGreen, type RunReport } from './run-report.ts';
import { escaped, fitting, ownWords, quoted, slackLink } from './slack-text.ts';
import { verdictWords } from './verdict-words.ts';
import { count, duration, placeOf, shortDigest, shortSha } from './words.ts';

/** A message for an incoming webhook: blocks, and the text that notifications and screen readers take. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly (SectionBlock | ContextBlock)[];
}

/** The one message of a run. */
export function slackMessage(report: RunReport): SlackMessage {
  const body = isGreen(report.result) ? successBody(report) : failureBody(report);
  const detail = preflightFailed(report) ? undefined : report.failures[0]?.detail;
  return {
    text: fallback(report),
    blocks: [
      section(fitting([title(report), ...body.filter((line) => line !== '')])),
      ...(detail ? [section(quoted(detail))] : []),
      { type: 'context', elements: [mrkdwn(links(report))] },
    ],
  };
}

/** `verbatim`: Slack makes no links or mentions of what looks like them (Block Kit reference, "Text object"). */
function mrkdwn(text: string) {
  return { type: 'mrkdwn', text, verbatim: true } as const;
}

function section(text: string): SectionBlock {
  return { type: 'section', text: mrkdwn(text) };
}

function preflightFailed(report: RunReport): boolean {
  return findingsOf(report.checks).some(({ level }) => level === 'error');
}

function title(report: RunReport): string {
  const { run, environment } = report;
  const { mark, verb, preposition, addition } = verdictWords(report);
  const { sha, subject } = deployedCommit(report);
  const place = environment ? ` ${preposition} *${escaped(environment, 60)}*` : '';
  const commit = sha
    ? ` · ${slackLink(`\`${shortSha(sha)}\``, commitUrl(report))} ${escaped(subject, 150)}`
    : '';
  return `${mark} *${escaped(run.repository || report.repository, 120)}* ${verb}${place}${addition}${commit}`.trimEnd();
}

/** All that matters, without mark-up: what a phone's lock screen shows, and a screen reader says. */
function fallback(report: RunReport): string {
  const { run, environment } = report;
  const { verb, preposition, addition } = verdictWords(report);
  const { sha, subject } = deployedCommit(report);
  const place = environment ? ` ${preposition} ${oneLine(environment, 60)}` : '';
  const commit = sha ? ` (${`${shortSha(sha)} ${oneLine(subject, 100)}`.trim()})` : '';
  const [failure] = report.failures;
  const why = failure ? `: ${oneLine(failure.title, 300)} Do: ${oneLine(failure.fix, 300)}` : '';
  const name = oneLine(run.repository || report.repository, 120);
  return ownWords(`${name} ${verb}${place}${addition}${commit}${why}`, 3000);
}

function facts(report: RunReport, time: string): string {
  const { run } = report;
  return [run.branch && escaped(run.branch, 80), run.actor && `by ${escaped(run.actor, 60)}`, time]
    .filter(Boolean)
    .join(' · ');
}

function successBody(report: RunReport): readonly string[] {
  const { image, stages } = report;
  const running = report.deployments.map(({ service, outcome }) => {
    const tasks = outcome && report.result !== 'started' ? ` ${outcome.running}/${outcome.desired}` : '';
    return `${escaped(service, 100)}${tasks}`;
  });
  const where = [...running, report.region, report.accountId, image && shortDigest(image.digest)];
  const warnings = report.notes.filter(({ level }) => level !== 'note');
  return [
    `${facts(report, duration(report.totalMs))}${since(report)}`,
    where.filter(Boolean).join(' · '),
    stages.map(({ name, ms }) => `${name} ${duration(ms)}`).join(' · '),
    ...warnings.slice(0, 5).map(({ code, title: words }) => `${code} ${escaped(words, 250)}`),
    ...(warnings.length > 5 ? [`… and ${count(warnings.length - 5, 'more warning')}`] : []),
  ];
}

/** The commits that are new with this deployment, as a link to their comparison. */
function since(report: RunReport): string {
  const { previousCommit: base, commitsSince } = report;
  if (!base || base === deployedCommit(report).sha) return '';
  const words = `${commitsSince ? `${count(commitsSince, 'commit')} ` : ''}since \`${shortSha(base)}\``;
  return ` · ${slackLink(words, compareUrl(report, base))}`;
}

function failureBody(report: RunReport): readonly string[] {
  const [first, ...others] = report.failures;
  const stage = report.stages.at(-1)?.name;
  const facing = [report.region, report.accountId].filter(Boolean).join(' · ');
  return [
    ...(first ? [`*${escaped(first.title, 500)}*${at(first)}`] : []),
    ...others.slice(0, 4).map((other) => `• ${other.code} ${escaped(other.title, 300)}${at(other)}`),
    ...(others.length > 4 ? [`… and ${count(others.length - 4, 'more problem')}`] : []),
    ...afterwards(report)
      .slice(0, 6)
      .map((line) => escaped(line, 300)),
    ...(first ? [`*Do:* ${ownWords(first.fix, 500)}`] : []),
    [first?.code, stage && `in ${stage}`, facts(report, `after ${duration(report.totalMs)}`), facing]
      .filter(Boolean)
      .join(' · '),
  ];
}

/** Where in the repository it is, for a failure of the repository itself. */
function at(finding: Finding): string {
  const place = isHygiene(finding) ? placeOf(finding) : undefined;
  return place ? ` (${escaped(place, 200)})` : '';
}

function links(report: RunReport): string {
  const { run, cluster, accountId } = report;
  const [failure] = report.failures;
  const [service] = report.services;
  const meaning = failure ? errorUrl(report, failure.code) : undefined;
  return (
    [
      slackLink('Run', run.repository ? run.runUrl : undefined),
      meaning?.startsWith('http') ? slackLink('What it means', meaning) : undefined,
      service && accountId ? slackLink('Service', serviceUrl(report, service)) : undefined,
      slackLink('Commit', commitUrl(report)),
    ]
      .filter((text) => text?.startsWith('<'))
      .join(' · ') || escaped(cluster, 100)
  );
}
