import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IncomingWebhook } from '@slack/webhook';
import { afterEach, describe, expect, it } from 'vitest';
import { createSlackHandler, type SlackOptions, type SlackWebhook } from '../../../sandbox/slack/webhook.ts';

let server: Server | undefined;

async function start(options: SlackOptions = {}): Promise<{ url: string; slack: SlackWebhook }> {
  const slack = createSlackHandler(options);
  server = createServer((req, res) => {
    slack.handle(req, res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/slack/services/T000/B000/XXXX`, slack };
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

describe('a webhook', () => {
  it("takes a message from Slack's own client and keeps it", async () => {
    const { url, slack } = await start();
    const answer = await new IncomingWebhook(url).send({ text: 'deployed', blocks: [section('*deployed*')] });
    expect(answer.text).toBe('ok');
    expect(slack.messages().map((message) => message.payload.text)).toEqual(['deployed']);
    expect(slack.messages()[0]?.payload.blocks).toEqual([section('*deployed*')]);
  });

  it.each([
    ['no JSON', '{', 'invalid_payload'],
    ['neither text nor blocks', {}, 'no_text'],
    ['an empty text', { text: '' }, 'no_text'],
    ['51 blocks', { blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }, 'invalid_blocks'],
    ['a section of 3001 characters', { blocks: [section('x'.repeat(3001))] }, 'invalid_blocks'],
    ['an empty section', { blocks: [{ type: 'section' }] }, 'invalid_blocks'],
    [
      'a header in mrkdwn',
      { blocks: [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }] },
      'invalid_blocks',
    ],
    [
      'a header of 151 characters',
      { blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] },
      'invalid_blocks',
    ],
    [
      '11 elements of a context',
      {
        blocks: [
          { type: 'context', elements: Array.from({ length: 11 }, () => ({ type: 'mrkdwn', text: 'x' })) },
        ],
      },
      'invalid_blocks',
    ],
    ['an unknown block', { blocks: [{ type: 'blink' }] }, 'invalid_blocks'],
  ])('refuses %s', async (_what, body, word) => {
    const { url, slack } = await start();
    const response = await post(url, body);
    expect([response.status, await response.text()]).toEqual([400, word]);
    expect(slack.messages()).toEqual([]);
    expect(slack.requests()).toBe(1);
    expect(slack.refusals()[0]?.why).not.toBe('');
  });

  it('takes messages that are just within the limits', async () => {
    const { url } = await start();
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: 'x'.repeat(150) } },
      section('x'.repeat(3000)),
      ...Array.from({ length: 48 }, () => ({ type: 'divider' })),
    ];
    expect((await post(url, { text: 'x', blocks })).status).toBe(200);
  });

  it('knows no other path and takes nothing but POST', async () => {
    const { url, slack } = await start();
    expect((await post(url.replace('/services/', '/nowhere/'), { text: 'x' })).status).toBe(404);
    expect((await fetch(url)).status).toBe(405);
    expect(slack.messages()).toEqual([]);
  });
});

describe('a webhook that misbehaves', () => {
  it.each([
    ['no_service', 404],
    ['invalid_token', 403],
    ['server_error', 500],
  ] as const)('%s answers %d', async (behaviour, status) => {
    const { url, slack } = await start({ behaviour });
    const response = await post(url, { text: 'x' });
    expect([response.status, await response.text()]).toEqual([status, behaviour]);
    expect(slack.messages()).toEqual([]);
  });

  it('limits the rate, then takes the message', async () => {
    const { url, slack } = await start({ behaviour: ['rate_limited', 'ok'], retryAfterSeconds: 7 });
    const limited = await post(url, { text: 'x' });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await post(url, { text: 'x' })).status).toBe(200);
    expect(slack.messages().length).toBe(1);
  });

  it('cuts the connection after it has taken the message', async () => {
    const { url, slack } = await start({ behaviour: 'reset-after-receipt' });
    await expect(post(url, { text: 'x' })).rejects.toThrow('fetch failed');
    expect(slack.messages().length).toBe(1);
  });

  it('takes the message and never answers', async () => {
    const { url, slack } = await start({ behaviour: 'hang' });
    const asked = fetch(url, { method: 'POST', body: '{"text":"x"}', signal: AbortSignal.timeout(200) });
    await expect(asked).rejects.toThrow(/timeout|aborted/i);
    expect(slack.messages().length).toBe(1);
  });
});
