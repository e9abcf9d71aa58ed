import { setTimeout as sleep } from 'node:timers/promises';
import { IncomingWebhook } from '@slack/webhook';
import { type Agents, ask, type HttpAnswer, type HttpQuestion, NoAnswer } from '../runner/http.ts';
import { oneLine } from '../runner/text.ts';
import type { SlackMessage } from '../stages/report/slack-message.ts';

/** What became of a message. */
export type Delivery =
  | { readonly delivered: true }
  /**
   * `maybe`: it was sent and not answered, so that it may have arrived: it must not be sent again. `final`: Slack
   * refused it, and would again.
   */
  | { readonly delivered: false; readonly maybe: boolean; readonly final?: boolean; readonly why: string };

/** How long and how often. */
export interface DeliveryLimits {
  readonly answerMs: number;
  /** For all tries together. */
  readonly totalMs: number;
}

/** What a delivery goes by. */
export interface DeliveryPorts {
  readonly agents: Agents;
  readonly limits: DeliveryLimits;
  /** `true` just before a request leaves, `false` when it is certain that it brought nothing. */
  readonly onTry: (isOut: boolean) => void;
  /** Ends the waiting for the next try. */
  readonly signal?: AbortSignal;
  /** Ends the waiting for an answer. */
  readonly deadline?: AbortSignal | undefined;
}

const TRIES = 4;
/** A gateway lost the answer of what stands behind it, which may have taken the message (RFC 9110, 15.6.3 and 15.6.5). */
const BEHIND_A_GATEWAY: ReadonlySet<number> = new Set([502, 504]);

/**
 * Posts the message to an incoming webhook. What was limited (429), failed on Slack's side (5xx) or never
 * connected is sent again, within the limits; what was sent and not answered never is. Does not throw.
 */
export async function deliver(
  webhookUrl: string,
  message: SlackMessage,
  { agents, limits, onTry, signal, deadline }: DeliveryPorts,
): Promise<Delivery> {
  const until = Date.now() + limits.totalMs;
  for (let attempt = 1; ; attempt += 1) {
    onTry(true);
    const answer = await post(webhookUrl, message, agents, { timeoutMs: limits.answerMs, deadline });
    if (!(answer instanceof NoAnswer) && answer.status >= 200 && answer.status < 300) {
      return isWebPage(answer) ? { delivered: false, maybe: true, why: NOT_SLACK } : { delivered: true };
    }
    const maybe = answer instanceof NoAnswer ? answer.maybeReceived : BEHIND_A_GATEWAY.has(answer.status);
    if (maybe) return { delivered: false, maybe, why: reason(answer) };
    onTry(false);
    const final = !(answer instanceof NoAnswer) && answer.status !== 429 && answer.status < 500;
    const waitMs = retryAfterMs(answer) ?? 500 * 2 ** (attempt - 1);
    const inTime = Date.now() + waitMs <= until && signal?.aborted !== true;
    if (final || attempt === TRIES || !inTime) return { delivered: false, maybe, final, why: reason(answer) };
    await sleep(waitMs, undefined, signal ? { signal } : {}).catch(() => undefined);
    if (signal?.aborted) return { delivered: false, maybe, final, why: reason(answer) };
  }
}

/** Slack's answer, through its own client; `ask` carries the request, and says how far one without an answer got. */
async function post(
  url: string,
  message: SlackMessage,
  agents: Agents,
  bounds: Pick<HttpQuestion, 'timeoutMs' | 'deadline'>,
): Promise<HttpAnswer | NoAnswer> {
  let answer: HttpAnswer | NoAnswer = new NoAnswer('nothing was sent', false);
  const webhook = new IncomingWebhook(url, {
    fetch: async (target, init) => {
      try {
        answer = await ask(agents, {
          method: 'POST',
          url: new URL(target),
          headers: { ...init?.headers },
          body: typeof init?.body === 'string' ? init.body : '',
          ...bounds,
          mostBytes: 64 * 1024,
          statusSuffices: true,
        });
      } catch (error) {
        answer = error instanceof NoAnswer ? error : new NoAnswer(String(error), false, error);
        throw answer;
      }
      return toResponse(answer, String(target));
    },
  });
  await webhook.send({ text: message.text, blocks: [...message.blocks] }).catch(() => undefined);
  return answer;
}

function toResponse({ status, header, body }: HttpAnswer, url: string) {
  const text = body.toString('utf8');
  return {
    ok: status >= 200 && status < 300,
    status,
    statusText: '',
    url,
    headers: { get: (name: string) => header(name) ?? null, entries: () => [] },
    arrayBuffer: () => Promise.resolve(new Uint8Array(body).buffer),
    json: () => Promise.resolve(JSON.parse(text) as unknown),
    text: () => Promise.resolve(text),
  };
}

const NOT_SLACK = 'a web page came for an answer, from something between here and Slack';

/** Slack says `ok`, and what is made like it says so in JSON; a page is that of a proxy or a portal. */
function isWebPage({ body }: HttpAnswer): boolean {
  return body.toString('utf8', 0, 200).trimStart().startsWith('<');
}

/** `Retry-After` in milliseconds (Slack, "Rate limits": whole seconds; RFC 9110, 10.2.3: or a date). */
function retryAfterMs(answer: HttpAnswer | NoAnswer): number | undefined {
  if (answer instanceof NoAnswer) return undefined;
  const said = answer.header('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(said)) return Number(said) > 0 ? Number(said) * 1000 : undefined;
  const ms = Date.parse(said) - Date.now();
  return /[a-z]/i.test(said) && ms > 0 ? ms : undefined;
}

function reason(answer: HttpAnswer | NoAnswer): string {
  if (answer instanceof NoAnswer) return answer.message;
  const said = oneLine(answer.body.toString('utf8'), 80);
  const known: Readonly<Record<string, string>> = {
    no_service: 'the webhook was removed or disabled',
    no_team: 'the workspace of the webhook is gone',
    invalid_token: 'the webhook URL is not valid (any more)',
    channel_not_found: 'the channel of the webhook is gone',
    channel_is_archived: 'the channel of the webhook is archived',
    action_prohibited: "the workspace's administrators don't allow it",
  };
  return `Slack answered ${answer.status}: ${known[said] ?? (said || 'nothing')}`;
}
