import type { Finding } from '../../finding.ts';
import { type Agents, isLoopback } from '../../runner/http.ts';
import type { Redaction } from '../../runner/redaction.ts';
import type { Told } from '../../runner/run-state.ts';
import type { Runner } from '../../runner/workflow-commands.ts';
import type { Delivery, DeliveryLimits } from '../../slack/webhook.ts';
import type { Config } from '../inputs/config.ts';
import { findingsOf } from '../preflight/preflight.ts';
import { endingLines, problemLines } from './log.ts';
import { codeBlock } from './markdown.ts';
import { outputsOf } from './outputs.ts';
import { isGreen, type RunReport } from './run-report.ts';
import { slackMessage } from './slack-message.ts';
import { renderSummary } from './summary.ts';

/** How people are told. */
export interface TellPorts {
  readonly runner: Runner;
  readonly agents: Agents;
  readonly redaction: Redaction;
  readonly deliver: typeof import('../../slack/webhook.ts').deliver;
  /** Saves how far the telling got, for post. */
  readonly saveTold: (told: Told) => void;
  readonly limits: DeliveryLimits;
}

/** Tells everyone how the run ended: Slack, the log, annotations, outputs and the step summary. Does not throw. */
export async function tell(report: RunReport, config: Config, ports: TellPorts): Promise<void> {
  const delivery = await tellSlack(report, config, ports);
  const told = ports.redaction.applyDeep(
    delivery.finding ? { ...report, notes: [...report.notes, delivery.finding] } : report,
  );
  const preflightFailed = findingsOf(report.checks).some(({ level }) => level === 'error');
  const ending = endingLines(told, delivery.told);
  const lines = preflightFailed
    ? problemLines(told, delivery.told)
    : [...problemLines(told, false), ...ending];
  for (const line of lines) ports.runner.print(line);
  for (const finding of annotationsOf(told)) ports.runner.annotate(finding);
  for (const [name, value] of Object.entries(outputsOf(told))) ports.runner.setOutput(name, value);
  const undelivered = delivery.finding
    ? `\n\n### The Slack message that could not be delivered\n\n${codeBlock(slackMessage(told).text)}\n`
    : '';
  await ports.runner.addSummary(`${renderSummary(told)}${undelivered}`).catch((error: unknown) => {
    ports.runner.print(`! DG803 The step summary could not be written: ${String(error)}`);
  });
}

/** One annotation for each error, and each warning of the preflight. */
function annotationsOf(report: RunReport): readonly Finding[] {
  const checks = findingsOf(report.checks).filter(({ level }) => level === 'warning');
  return [...report.failures, ...checks, ...report.notes.filter(({ level }) => level !== 'note')];
}

interface SlackOutcome {
  readonly told: boolean;
  readonly finding: Finding | undefined;
}

/** The run's one message, unless its mode or `slack-notify` says that there is none. */
export async function tellSlack(report: RunReport, config: Config, ports: TellPorts): Promise<SlackOutcome> {
  const { webhookUrl, notify } = config.slack;
  const green = isGreen(report.result);
  const wanted = notify === 'always' || notify === (green ? 'success' : 'failure');
  if (webhookUrl === undefined || report.mode === 'check' || !wanted) {
    ports.saveTold('yes');
    return { told: false, finding: undefined };
  }
  if (URL.parse(webhookUrl)?.protocol !== 'https:' && !isLoopbackUrl(webhookUrl)) {
    ports.saveTold('yes');
    return { told: false, finding: notAWebhook() };
  }
  ports.saveTold('sending');
  // Before it is rendered: escaping and cutting would hide a secret from the redaction.
  const message = slackMessage(ports.redaction.applyDeep(report));
  const delivery = await ports.deliver(webhookUrl, message, ports.agents, ports.limits);
  // A message that certainly did not arrive is left for post to try once more.
  ports.saveTold(delivery.delivered || delivery.maybe ? 'yes' : 'no');
  return { told: delivery.delivered, finding: delivery.delivered ? undefined : undelivered(delivery) };
}

function isLoopbackUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'http:' && isLoopback(url.hostname);
}

function notAWebhook(): Finding {
  return {
    code: 'DG802',
    level: 'warning',
    title: '`slack-webhook-url` is not an https URL: Slack was not told.',
    fix: 'Set the secret to the incoming webhook of your Slack app, `https://hooks.slack.com/services/…`.',
  };
}

function undelivered(delivery: Delivery & { delivered: false }): Finding {
  return {
    code: 'DG801',
    level: 'warning',
    title: delivery.maybe
      ? `Whether Slack got the message is not known: ${delivery.why}. It was not sent again.`
      : `Slack could not be told: ${delivery.why}.`,
    fix: 'Check `slack-webhook-url` against the incoming webhooks of your Slack app. The step summary has the message.',
  };
}
