import type { Finding } from '../../finding.ts';
import { type Agents, isLoopback } from '../../runner/http.ts';
import type { Redaction } from '../../runner/redaction.ts';
import type { Told } from '../../runner/run-state.ts';
import { oneLine } from '../../runner/text.ts';
import type { Runner } from '../../runner/workflow-commands.ts';
import type { Delivery, DeliveryLimits } from '../../slack/webhook.ts';
import type { Config } from '../inputs/config.ts';
import { findingsOf } from '../preflight/check.ts';
import { annotationOf, annotationsOf } from './annotations.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import { endingLines, problemLines } from './log.ts';
import { codeBlock } from './markdown.ts';
import { outputsOf } from './outputs.ts';
import { isGreen, type RunReport } from './run-report.ts';
import { type SlackMessage, slackMessage } from './slack-message.ts';
import { renderSummary } from './summary.ts';

/** How people are told. */
export interface TellPorts {
  readonly runner: Runner;
  readonly agents: Agents;
  readonly redaction: Redaction;
  readonly deliver: typeof import('../../slack/webhook.ts').deliver;
  /** The deployment at GitHub, with `environment` set. */
  readonly record: Pick<EnvironmentRecord, 'end'> | undefined;
  /** How far the telling of Slack has got already; `no` unless told. */
  readonly told?: Told;
  /** Saves how far it got, for post. */
  readonly saveTold: (told: Told) => void;
  readonly limits: DeliveryLimits;
  /** Ends the waiting between two tries: post then tries again. */
  readonly signal?: AbortSignal;
  /** Ends the waiting for an answer. */
  readonly deadline?: AbortSignal;
}

/**
 * Tells everyone how the run ended. The run's page comes first: it needs no network, and is there whatever becomes
 * of the rest. Does not throw.
 */
export async function tell(
  report: RunReport,
  config: Config,
  ports: TellPorts & { readonly saveShown: () => void },
): Promise<void> {
  const { runner, redaction } = ports;
  const safe = redaction.applyDeep(report);
  for (const [name, value] of Object.entries(outputsOf(safe))) runner.setOutput(name, value);
  await tellPage(safe, runner);
  ports.saveShown();
  await tellOthers(report, config, ports);
}

/**
 * The page of the run: annotations, the end of the log, the step summary. The report holds no secret any more. What
 * can't be shown is said, and keeps nothing else from being.
 */
export async function tellPage(safe: RunReport, runner: Runner): Promise<void> {
  for (const finding of annotationsOf(safe)) runner.annotate(finding);
  const preflightFailed = findingsOf(safe.checks).some(({ level }) => level === 'error');
  for (const line of preflightFailed ? problemLines(safe) : endingLines(safe)) runner.print(line);
  await addSummary(() => renderSummary(safe), runner);
}

/** Tells Slack, if nobody has, and GitHub, side by side; what could not be told is said on the run's page. */
export async function tellOthers(report: RunReport, config: Config, ports: TellPorts): Promise<void> {
  const { runner, redaction } = ports;
  const safe = redaction.applyDeep(report);
  const [slack, notRecorded] = await Promise.all([tellSlack(safe, config, ports), ports.record?.end(safe)]);
  // Once is enough: the preflight tells it, where it could see it.
  const isSaid = findingsOf(safe.checks).some(({ code }) => code === 'DG811');
  const unrecorded = isSaid ? undefined : notRecorded;
  for (const finding of [slack.finding, unrecorded]) {
    if (finding) runner.annotate(annotationOf(safe, redaction.applyDeep(finding)));
  }
  if (slack.told) runner.print('✓ Slack told.');
  if (slack.finding) {
    const heading = '### The Slack message that could not be delivered';
    await addSummary(() => `\n${heading}\n\n${codeBlock(slackMessage(safe).text)}\n`, runner);
  }
}

async function addSummary(render: () => string, runner: Runner): Promise<void> {
  try {
    await runner.addSummary(render());
  } catch (error) {
    runner.print(`! DG803 The step summary could not be written: ${wordsOf(error)}`);
  }
}

function wordsOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error), 200);
}

interface SlackOutcome {
  readonly told: boolean;
  readonly finding: Finding | undefined;
}

/** The run's one message, unless its mode or `slack-notify` says that there is none. The report holds no secret. */
async function tellSlack(safe: RunReport, config: Config, ports: TellPorts): Promise<SlackOutcome> {
  if (ports.told !== undefined && ports.told !== 'no') return { told: false, finding: undefined };
  const { webhookUrl, notify } = config.slack;
  const wanted = notify === 'always' || notify === (isGreen(safe.result) ? 'success' : 'failure');
  if (webhookUrl === undefined || safe.mode === 'check' || !wanted) {
    ports.saveTold('yes');
    return { told: false, finding: undefined };
  }
  if (URL.parse(webhookUrl)?.protocol !== 'https:' && !isLoopbackUrl(webhookUrl)) {
    ports.saveTold('yes');
    // Once is enough: the preflight tells it, where it came to run.
    const isSaid = findingsOf(safe.checks).some(({ code }) => code === 'DG802');
    return { told: false, finding: isSaid ? undefined : notAWebhook() };
  }
  const message = messageOf(safe);
  if (message instanceof Error) {
    ports.saveTold('yes');
    const why = `the message could not be made (${wordsOf(message)})`;
    return { told: false, finding: undelivered({ delivered: false, maybe: false, why }) };
  }
  const delivery = await ports.deliver(webhookUrl, message, {
    agents: ports.agents,
    limits: ports.limits,
    // Only while a request is out may it be the one that arrives: what certainly did not, post sends once more.
    onTry: (isOut) => ports.saveTold(isOut ? 'sending' : 'no'),
    ...(ports.signal ? { signal: ports.signal } : {}),
    deadline: ports.deadline,
  });
  if (delivery.delivered || delivery.maybe || delivery.final) ports.saveTold('yes');
  return { told: delivery.delivered, finding: delivery.delivered ? undefined : undelivered(delivery) };
}

/** Made of the report without secrets: escaping and cutting would hide one from the redaction. */
function messageOf(safe: RunReport): SlackMessage | Error {
  try {
    return slackMessage(safe);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
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
