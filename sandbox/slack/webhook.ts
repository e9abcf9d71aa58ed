import type { IncomingMessage, ServerResponse } from 'node:http';
import { readPayload, type SlackPayload } from './block-limits.ts';

/** A message that Slack took and shows. */
export interface SlackMessage {
  /** Real milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly payload: SlackPayload;
}

/** A request that was refused, with Slack's word and what is wrong with it. */
export interface SlackRefusal {
  readonly answer: string;
  readonly why: string;
  readonly body: string;
}

/**
 * How the webhook answers other than by taking the message:
 * `no_service` 404 (the webhook was removed), `invalid_token` 403, `rate_limited` 429 with Retry-After,
 * `server_error` 500, `hang` (received, never answered), `reset-after-receipt` (the connection is cut
 * after the whole message has arrived and was taken).
 */
export type SlackBehaviour =
  | 'ok'
  | 'no_service'
  | 'invalid_token'
  | 'rate_limited'
  | 'server_error'
  | 'hang'
  | 'reset-after-receipt';

export interface SlackOptions {
  /** One behaviour for all requests, or one for each in turn (the last stays). */
  readonly behaviour?: SlackBehaviour | readonly SlackBehaviour[];
  /** For `rate_limited`, in seconds. */
  readonly retryAfterSeconds?: number;
}

export interface SlackWebhook {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** What a channel shows, in order of arrival. */
  messages(): readonly SlackMessage[];
  /** How many requests arrived, refused ones included. */
  requests(): number;
  refusals(): readonly SlackRefusal[];
}

const bodyMaxBytes = 1024 * 1024;
const webhookPath = /^\/slack\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/[A-Za-z0-9]+$/;
const failures = {
  no_service: { status: 404, body: 'no_service' },
  invalid_token: { status: 403, body: 'invalid_token' },
  rate_limited: { status: 429, body: 'rate_limited' },
  server_error: { status: 500, body: 'server_error' },
} as const;

/**
 * An incoming webhook that keeps what it gets and refuses what Slack would refuse.
 *
 * Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#errors and
 * https://docs.slack.dev/apis/web-api/rate-limits
 */
export function createSlackHandler(options: SlackOptions = {}): SlackWebhook {
  const messages: SlackMessage[] = [];
  const refusals: SlackRefusal[] = [];
  let requests = 0;

  function refuse(res: ServerResponse, status: number, refusal: SlackRefusal): void {
    refusals.push(refusal);
    const headers: Record<string, string> = { 'Content-Type': 'text/html' };
    if (status === 429) headers['Retry-After'] = String(options.retryAfterSeconds ?? 1);
    res.writeHead(status, headers).end(refusal.answer);
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const behaviour = behaviourOf(options, requests);
    requests += 1;
    const body = await readText(req);
    const verdict = judge(req, body, behaviour);
    if ('status' in verdict) {
      refuse(res, verdict.status, { answer: verdict.answer, why: verdict.why, body });
      return;
    }
    messages.push({ receivedAt: Date.now(), payload: verdict.payload });
    if (behaviour === 'reset-after-receipt') req.socket.destroy();
    else if (behaviour !== 'hang') res.writeHead(200, { 'Content-Type': 'text/html' }).end('ok');
  }

  return {
    handle,
    messages: () => [...messages],
    requests: () => requests,
    refusals: () => [...refusals],
  };
}

function judge(
  req: IncomingMessage,
  body: string,
  behaviour: SlackBehaviour,
):
  | { readonly payload: SlackPayload }
  | { readonly status: number; readonly answer: string; readonly why: string } {
  const path = (req.url ?? '').split('?')[0] ?? '';
  if (req.method !== 'POST') {
    return { status: 405, answer: 'method_not_allowed', why: `${req.method} is not POST` };
  }
  if (!webhookPath.test(path)) return { status: 404, answer: 'no_team', why: `no webhook at ${path}` };
  if (behaviour in failures) {
    const { status, body: answer } = failures[behaviour as keyof typeof failures];
    return { status, answer, why: 'behaviour of the sandbox' };
  }
  const read = readPayload(body);
  return 'refusal' in read ? { status: 400, answer: read.refusal, why: read.why } : read;
}

function behaviourOf(options: SlackOptions, index: number): SlackBehaviour {
  const given = options.behaviour ?? 'ok';
  if (typeof given === 'string') return given;
  return given[Math.min(index, given.length - 1)] ?? 'ok';
}

/** A body over the bound is cut, and then isn't JSON any more. */
async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= bodyMaxBytes) chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
