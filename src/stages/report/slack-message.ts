import type { ContextBlock, SectionBlock } from '@slack/types';
import type { Finding, Result } from '../../finding.ts';
import { manyLines, oneLine, shorten } from '../../runner/text.ts';
import { findingsOf } from '../preflight/preflight.ts';
import { commitUrl, compareUrl, errorUrl, serviceUrl } from './links.ts';
import { afterwards } from './log.ts';
import { changedAnything, isGreen, type RunReport } from './run-report.ts';
import { count, duration, shortDigest, shortSha } from './words.ts';

/** A message for an incoming webhook: blocks, and the text that notifications and screen readers take. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly (SectionBlock | ContextBlock)[];
}

/** Longest text of a section (Slack, Block Kit reference, "Section block"). */
const SECTION_MOST = 3000;

const VERBS: Readonly<Record<Result, string>> = {
  succeeded: 'deployed',
  started: 'deployment started',
  checked: 'checked',
  failed: 'not deployed',
  'rolled-back': 'rolled back',
  superseded: 'superseded by a newer deployment',
  'timed-out': 'not finished in time',
  cancelled: 'cancelled',
};

/** The one message of a run. */
export function slackMessage(report: RunReport): SlackMessage {
  const green = isGreen(report.result);
  const title = titleOf(report);
  const body = green ? successBody(report) : failureBody(report);
  const sections = [`${green ? '✅' : '❌'} ${title.mrkdwn}\n${body.join('\n')}`, ...quoted(report)];
  return {
    text: entities(`${title.text}${report.failures[0] ? `: ${oneLine(report.failures[0].title, 300)}` : ''}`),
    blocks: [
      ...sections.map((text) => ({ type: 'section', text: mrkdwn(text) }) as const),
      { type: 'context', elements: [mrkdwn(links(report))] },
    ],
  };
}

/** `verbatim`: Slack makes no links or mentions of what looks like them (Block Kit reference, "Text object"). */
function mrkdwn(text: string) {
  return { type: 'mrkdwn', text: shorten(text, SECTION_MOST), verbatim: true } as const;
}

function titleOf(report: RunReport): { mrkdwn: string; text: string } {
  const { run, commit, environment, result } = report;
  const name = run.repository || report.repository;
  const sha = shortSha(commit?.sha ?? run.sha);
  const subject = commit?.subject ?? run.headline ?? '';
  // `deployed to`, but `rolled back in`, `cancelled in`, …
  const into = VERBS[result].endsWith('deployed') ? 'to' : 'in';
  const to = environment ? ` ${into} *${escaped(environment, 60)}*` : '';
  const commitLink = sha ? ` · ${slackLink(`\`${sha}\``, commitUrl(report))} ${escaped(subject, 150)}` : '';
  return {
    mrkdwn: `*${escaped(name, 120)}* ${VERBS[result]}${to}${commitLink}`,
    text: `${oneLine(name, 120)} ${VERBS[result]}${environment ? ` ${into} ${oneLine(environment, 60)}` : ''}${sha ? ` (${sha} ${oneLine(subject, 100)})` : ''}`,
  };
}

function facts(report: RunReport, time: string): string {
  const { run } = report;
  return [run.branch && escaped(run.branch, 80), run.actor && `by ${escaped(run.actor, 60)}`, time]
    .filter(Boolean)
    .join(' · ');
}

function successBody(report: RunReport): readonly string[] {
  const { image } = report;
  const base = report.previousCommit;
  const compare = base ? ` · ${slackLink(`since \`${shortSha(base)}\``, compareUrl(report, base))}` : '';
  const running = report.deployments.map(({ service, outcome }) => {
    const tasks = outcome && report.result !== 'started' ? ` ${outcome.running}/${outcome.desired}` : '';
    return `${escaped(service, 100)}${tasks}`;
  });
  const where = [...running, report.region, report.accountId, image && shortDigest(image.digest)].filter(
    Boolean,
  );
  const warnings = [...report.notes]
    .filter(({ level }) => level !== 'note')
    .map(({ code, title }) => `${code} ${escaped(title, 250)}`);
  return [`${facts(report, duration(report.totalMs))}${compare}`, where.join(' · '), ...warnings];
}

function failureBody(report: RunReport): readonly string[] {
  const [first, ...others] = report.failures;
  const state = changedAnything(report) ? afterwards(report) : ['Nothing was changed.'];
  return [
    ...(first ? [`*${escaped(first.title, 500)}*`] : []),
    ...others.slice(0, 5).map(({ code, title }) => `• ${code} ${escaped(title, 300)}`),
    ...(others.length > 5 ? [`… and ${count(others.length - 5, 'more problem')}`] : []),
    ...state.map((line) => escaped(line, 300)),
    ...(first ? [`Do: ${fixText(first)}`] : []),
    [first?.code, facts(report, `after ${duration(report.totalMs)}`)].filter(Boolean).join(' · '),
  ];
}

function fixText(finding: Finding): string {
  return entities(oneLine(finding.fix, 500));
}

/** What the failure quotes (log lines, docker's last words), in a code block of its own. */
function quoted(report: RunReport): readonly string[] {
  const preflightFailed = findingsOf(report.checks).some(({ level }) => level === 'error');
  const detail = report.failures[0]?.detail;
  if (!detail || preflightFailed) return [];
  const lines = manyLines(detail.slice(-2 * SECTION_MOST), 10 * SECTION_MOST)
    .split('\n')
    .slice(-20)
    .join('\n');
  return [`\`\`\`${shortenedFromStart(entities(lines).replaceAll('```', "'''"), SECTION_MOST - 10)}\`\`\``];
}

/** The end of a log says more than its start. */
function shortenedFromStart(text: string, most: number): string {
  return text.length <= most
    ? text
    : `…${text.slice(text.length - most + 1).replace(/^(?:[\udc00-\udfff]|[a-z]{0,3};)/, '')}`;
}

function links(report: RunReport): string {
  const [failure] = report.failures;
  const service = report.services[0];
  const meaning = failure ? errorUrl(report, failure.code) : undefined;
  return (
    [
      slackLink('Run', report.run.repository ? report.run.runUrl : undefined),
      meaning?.startsWith('http') ? slackLink('What it means', meaning) : undefined,
      service && report.accountId ? slackLink('Service', serviceUrl(report, service)) : undefined,
      slackLink('Commit', commitUrl(report)),
    ]
      .filter((text) => text?.startsWith('<'))
      .join(' · ') || escaped(report.cluster, 100)
  );
}

function slackLink(text: string, url: string | undefined): string {
  return url ? `<${entities(url).replaceAll('|', '%7C')}|${text}>` : text;
}

/** Slack's three control characters (Slack, "Formatting text for app surfaces", escaping). */
function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Text from outside: no mention, link or formatting in it works. A zero-width space keeps signs from pairing up. */
function escaped(text: string, most: number): string {
  return entities(oneLine(text, most)).replaceAll(/[*~`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '$&\u200b');
}
