import type { ContextBlock, SectionBlock } from '@slack/types';
import { type Finding, isHygiene } from '../../finding.ts';
import { oneLine } from '../../runner/text.ts';
import { findingsOf } from '../preflight/check.ts';
import { whatElse, whoServes } from './afterwards.ts';
import { fixInOneLine } from './fix-text.ts';
import { commitUrl, comparison, errorUrl, serviceToSee, serviceUrl } from './links.ts';
import { deployedCommit, failedStages, isGreen, type RunReport } from './run-report.ts';
import { escaped, fitting, ownWords, quoted, SECTION_MOST, slackLink, some } from './slack-text.ts';
import { verdictWords } from './verdict-words.ts';
import { duration, placeOf, shortDigest, shortSha } from './words.ts';

/** A message for an incoming webhook: blocks, and the text that notifications and screen readers take. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly (SectionBlock | ContextBlock)[];
}

/** The one message of a run. */
export function slackMessage(report: RunReport): SlackMessage {
  const [what, next] = isGreen(report.result) ? [successBody(report), []] : failureBody(report);
  const detail = preflightFailed(report) ? undefined : report.failures[0]?.detail;
  return {
    text: fallback(report),
    blocks: [
      ...sections([title(report), ...what.filter(Boolean)], next),
      ...(detail ? [section(quoted(detail))] : []),
      { type: 'context', elements: [mrkdwn(links(report))] },
    ],
  };
}

/** One section for both groups of lines where it takes them, else one each: what is to be done is never cut off. */
function sections(first: readonly string[], second: readonly string[]): readonly SectionBlock[] {
  const all = [...first, ...second].join('\n');
  if (all.length <= SECTION_MOST || second.length === 0) return [section(fitting([...first, ...second]))];
  return [section(fitting(first)), section(fitting(second))];
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
  const why = failure
    ? `: ${oneLine(failure.title, 300)}${at(failure, (text) => oneLine(text, 200))} Do: ${fixInOneLine(failure.fix, 300)}`
    : '';
  const name = oneLine(run.repository || report.repository, 120);
  return ownWords(`${name} ${verb}${place}${addition}${commit}${why}`, 3000);
}

function facts(report: RunReport, time: string): string {
  const { run } = report;
  return [run.branch && escaped(run.branch, 80), run.actor && `by ${escaped(run.actor, 60)}`, time]
    .filter(Boolean)
    .join(' · ');
}

/** A stage of "0.0 s" says nothing. */
const SHOWN_FROM_MS = 50;

function successBody(report: RunReport): readonly string[] {
  const { image, stages } = report;
  const isOne = report.deployments.length === 1;
  const running = report.deployments.map(({ service, outcome }) => {
    const tasks = outcome && report.result !== 'started' ? ` ${outcome.running}/${outcome.desired}` : '';
    const name = escaped(service, 100);
    // One service has its link below.
    return `${isOne ? name : slackLink(name, serviceUrl(report, service))}${tasks}`;
  });
  const services = some(running, { most: 20, room: 1000, noun: 'service', between: ' · ' });
  const where = [...services, report.region, report.accountId, image && shortDigest(image.digest)];
  const warnings = report.notes.filter(({ level }) => level !== 'note');
  return [
    `${facts(report, duration(report.totalMs))}${since(report)}`,
    where.filter(Boolean).join(' · '),
    stages
      .filter(({ ms }) => ms >= SHOWN_FROM_MS)
      .map(({ name, ms }) => `${name} ${duration(ms)}`)
      .join(' · '),
    ...some(
      warnings.map(({ code, title: words }) => `${code} ${escaped(words, 250)}`),
      { most: 5, room: 700, noun: 'warning', between: '\n' },
    ),
  ];
}

/** The commits that are new with this deployment, or are taken back, as a link to their comparison. */
function since(report: RunReport): string {
  const between = comparison(report);
  return between ? ` · ${slackLink(`${between.words} \`${between.sha}\``, between.url)}` : '';
}

/** What went wrong; and what is true now, what to do, and of which run that is. */
function failureBody(report: RunReport): readonly [what: readonly string[], next: readonly string[]] {
  const [first, ...others] = report.failures;
  const stage = failedStages(report).at(-1);
  const facing = [report.region, report.accountId].filter(Boolean).join(' · ');
  const what = [
    ...(first ? [`*${escaped(first.title, 500)}*${at(first)}`] : []),
    ...some(
      others.map((other) => `• ${other.code} ${escaped(other.title, 400)}${at(other)}`),
      { most: 4, room: 1000, noun: 'problem', between: '\n' },
    ),
  ];
  const serving = whoServes(report).map((line) => escaped(line, 400));
  const next = [
    ...some(serving, { most: 5, room: 1000, noun: 'service', between: '\n' }),
    ...whatElse(report).map((line) => ownWords(line, 900)),
    ...(first ? [`*Do:* ${ownWords(fixInOneLine(first.fix), 600)}`] : []),
    [first?.code, stage && `in ${stage}`, facts(report, `after ${duration(report.totalMs)}`), facing]
      .filter(Boolean)
      .join(' · '),
  ];
  return [what, next];
}

/** Where in the repository it is, for a failure of the repository itself. */
function at(finding: Finding, safe = (text: string) => escaped(text, 200)): string {
  const place = isHygiene(finding) ? placeOf(finding) : undefined;
  return place ? ` (${safe(place)})` : '';
}

function links(report: RunReport): string {
  const { run, cluster, accountId } = report;
  const [failure] = report.failures;
  const service = serviceToSee(report);
  const isListed = isGreen(report.result) && report.deployments.length > 1;
  const meaning = failure ? errorUrl(report, failure.code) : undefined;
  return (
    [
      slackLink('Run', run.repository ? run.runUrl : undefined),
      meaning?.startsWith('http') ? slackLink('What it means', meaning) : undefined,
      service && accountId && !isListed ? slackLink('Service', serviceUrl(report, service)) : undefined,
      slackLink('Commit', commitUrl(report)),
    ]
      .filter((text) => text?.startsWith('<'))
      .join(' · ') || escaped(cluster, 100)
  );
}
