import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSlackHandler, type SlackOptions } from '../../sandbox/slack/webhook.ts';
import { createAgents } from '../../src/runner/http.ts';
import { type Delivery, type DeliveryLimits, deliver as deliverBy } from '../../src/slack/webhook.ts';
import type { SlackMessage } from '../../src/stages/report/slack-message.ts';
import { slackMessage } from '../../src/stages/report/slack-message.ts';
import { refusedPort, serve } from '../runner/socket-server.ts';
import { REPORTS } from '../stages/report/reports.ts';

const agents = createAgents({ http: undefined, no: undefined });
const PATH = '/slack/services/T000/B000/XXXX';
const message = slackMessage(REPORTS.crashed);
const LIMITS = { answerMs: 1_500, totalMs: 6_000 };
const closing: (() => Promise<void>)[] = [];
/** What was noted down of the requests, in order: `true` one is out, `false` it surely brought nothing. */
let noted: boolean[] = [];

async function deliver(
  url: string,
  sent: SlackMessage,
  limits: DeliveryLimits,
  signal?: AbortSignal,
): Promise<Delivery> {
  noted = [];
  const onTry = (isOut: boolean) => void noted.push(isOut);
  return await deliverBy(url, sent, { agents, limits, onTry, ...(signal ? { signal } : {}) });
}

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function slack(options: SlackOptions = {}) {
  const handler = createSlackHandler(options);
  const server = createServer((request, response) => void handler.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { handler, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}` };
}

describe('deliver', () => {
  it.each(Object.entries(REPORTS))('delivers the message of %s, whole and once', async (_, report) => {
    const { handler, url } = await slack();
    const sent = slackMessage(report);
    expect(await deliver(url, sent, LIMITS)).toEqual({ delivered: true });
    expect(handler.refusals()).toEqual([]);
    expect(handler.requests()).toBe(1);
    expect(handler.messages()[0]?.payload).toMatchObject({ text: sent.text, blocks: sent.blocks });
  });

  it('says JSON, in UTF-8', async () => {
    const server = await serve((_, response) => response.end('ok'));
    closing.push(server.close);
    await deliver(`${server.url}${PATH}`, { ...message, text: 'Größe 🚀' }, LIMITS);
    expect(server.requests[0]?.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ text: 'Größe 🚀' });
  });

  it.each(['hang', 'reset-after-receipt'] as const)(
    'sends once where the message was received and not answered (%s)',
    async (behaviour) => {
      const { handler, url } = await slack({ behaviour });
      expect(await deliver(url, message, LIMITS)).toMatchObject({ delivered: false, maybe: true });
      expect(handler.requests()).toBe(1);
      expect(handler.messages()).toHaveLength(1);
    },
  );

  it.each([
    ['no_service', 404, 'removed or disabled'],
    ['invalid_token', 403, 'not valid'],
  ] as const)('does not send again what Slack refuses (%s)', async (behaviour, status, why) => {
    const { handler, url } = await slack({ behaviour });
    const delivery = await deliver(url, message, LIMITS);
    expect(delivery).toMatchObject({
      delivered: false,
      maybe: false,
      why: expect.stringContaining(String(status)),
    });
    expect(delivery).toMatchObject({ final: true, why: expect.stringContaining(why) });
    expect(handler.requests()).toBe(1);
  });

  it('waits as long as Slack asks where it is limited, and then gets through', async () => {
    const { handler, url } = await slack({ behaviour: ['rate_limited', 'ok'], retryAfterSeconds: 1 });
    const started = Date.now();
    expect(await deliver(url, message, LIMITS)).toEqual({ delivered: true });
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
    expect(handler.messages()).toHaveLength(1);
    expect(handler.requests()).toBe(2);
  });

  it('does not wait longer than there is time', async () => {
    const { handler, url } = await slack({ behaviour: 'rate_limited', retryAfterSeconds: 3600 });
    const started = Date.now();
    expect(await deliver(url, message, LIMITS)).toMatchObject({ delivered: false, maybe: false });
    expect(Date.now() - started).toBeLessThan(LIMITS.totalMs);
    expect(handler.requests()).toBe(1);
  });

  it('gets through after two errors of Slack', async () => {
    const { handler, url } = await slack({ behaviour: ['server_error', 'server_error', 'ok'] });
    expect(await deliver(url, message, LIMITS)).toEqual({ delivered: true });
    expect(handler.messages()).toHaveLength(1);
  });

  it('gives up after some errors, and says what Slack said', async () => {
    const { handler, url } = await slack({ behaviour: 'server_error' });
    expect(await deliver(url, message, { answerMs: 2_000, totalMs: 3_000 })).toMatchObject({
      delivered: false,
      maybe: false,
      why: expect.stringContaining('500'),
    });
    expect(handler.requests()).toBeLessThanOrEqual(4);
    expect(handler.requests()).toBeGreaterThan(1);
  });

  it.each([502, 504])('does not send again what a gateway may have passed on: %i', async (status) => {
    const server = await serve((_, response) => response.writeHead(status).end());
    closing.push(server.close);
    expect(await deliver(`${server.url}${PATH}`, message, LIMITS)).toMatchObject({
      delivered: false,
      maybe: true,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('tries again where nobody could be reached, and knows that nothing arrived', async () => {
    const url = `http://127.0.0.1:${await refusedPort()}${PATH}`;
    expect(await deliver(url, message, { answerMs: 400, totalMs: 800 })).toMatchObject({
      delivered: false,
      maybe: false,
    });
  });

  it.each([
    ['ok', [true]],
    ['hang', [true]],
    ['reset-after-receipt', [true]],
    ['no_service', [true, false]],
  ] as const)(
    'notes down before each request that it is out, and after it only where it surely brought nothing (%s)',
    async (behaviour, expected) => {
      const { url } = await slack({ behaviour });
      await deliver(url, message, LIMITS);
      expect(noted).toEqual(expected);
    },
  );

  it('stops waiting for the next try when the run is cancelled', async () => {
    const { handler, url } = await slack({ behaviour: 'server_error' });
    const cancel = new AbortController();
    const delivering = deliver(url, message, { answerMs: 10_000, totalMs: 60_000 }, cancel.signal);
    await expect.poll(() => noted).toEqual([true, false]);
    cancel.abort();
    expect(await delivering).toMatchObject({ delivered: false, maybe: false });
    expect(handler.requests()).toBe(1);
    expect(noted).toEqual([true, false]);
  });

  it('keeps the webhook, which is a secret, out of what it says', async () => {
    for (const behaviour of ['hang', 'server_error', 'no_service'] as const) {
      const { url } = await slack({ behaviour });
      expect(JSON.stringify(await deliver(url, message, { answerMs: 200, totalMs: 200 }))).not.toContain(
        'XXXX',
      );
    }
    expect(JSON.stringify(await deliver('https://[/services/SECRET', message, LIMITS))).not.toContain(
      'SECRET',
    );
  });

  it('follows no redirect, and shows no answer at length', async () => {
    const server = await serve((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(`::error::${'x'.repeat(500)}`),
    );
    closing.push(server.close);
    const delivery = await deliver(`${server.url}${PATH}`, message, LIMITS);
    expect(delivery).toMatchObject({ delivered: false, maybe: false });
    expect('why' in delivery ? delivery.why.length : 0).toBeLessThan(150);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a Slack, or what stands before it, that answers oddly', () => {
  const quick = { answerMs: 1_300, totalMs: 1_500 };

  async function answering(
    handle: Parameters<typeof serve>[0],
    limits: DeliveryLimits = quick,
  ): Promise<{ delivery: Delivery; requests: number; ms: number }> {
    const server = await serve(handle);
    closing.push(server.close);
    const started = Date.now();
    const delivery = await deliver(`${server.url}${PATH}`, message, limits);
    return { delivery, requests: server.requests.length, ms: Date.now() - started };
  }

  it.each(['0', '-5', 'NaN', '1e309', 'soon', '', '5, 10', '1'.repeat(400), 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'ends in time where it limits us and asks to wait %s',
    async (retryAfter) => {
      const { delivery, ms, requests } = await answering((_, response) =>
        response.writeHead(429, { 'retry-after': retryAfter }).end('rate_limited'),
      );
      expect(delivery).toMatchObject({ delivered: false, maybe: false });
      expect(ms).toBeLessThan(6_000);
      expect(requests).toBeLessThanOrEqual(4);
    },
  );

  it('waits until the time that it names', async () => {
    const at = new Date(Date.now() + 60_000).toUTCString();
    const { requests } = await answering((_, response) =>
      response.writeHead(429, { 'retry-after': at }).end('rate_limited'),
    );
    // That is beyond the time that there is: it is not asked before.
    expect(requests).toBe(1);
  });

  const PAGE = `<html>${'x'.repeat(300_000)}</html>`;

  it.each([
    [404, { maybe: false, final: true }, 1],
    [407, { maybe: false, final: true }, 1],
    [500, { maybe: false, final: false }, 2],
  ] as const)('takes a refusal with a huge page for one: %i', async (status, expected, least) => {
    const { delivery, requests } = await answering((_, response) => response.writeHead(status).end(PAGE));
    expect(delivery).toMatchObject({ delivered: false, ...expected });
    expect(requests).toBeGreaterThanOrEqual(least);
    expect('why' in delivery ? delivery.why.length : 999).toBeLessThan(150);
  });

  it('takes a status for an answer where the body never ends', async () => {
    const { delivery, requests } = await answering((_, response) => response.writeHead(404).write('no_se'));
    expect(delivery).toMatchObject({ delivered: false, maybe: false, final: true });
    expect(requests).toBe(1);
  });

  it.each([
    ['a huge one', PAGE],
    ['a short one', ' \n<!DOCTYPE html><title>Sign in</title>'],
  ])('does not take a web page for Slack: %s', async (_, page) => {
    const { delivery, requests } = await answering((_, response) => response.writeHead(200).end(page));
    expect(delivery).toMatchObject({ delivered: false, maybe: true });
    expect('why' in delivery ? delivery.why : '').toMatch(/web page/);
    expect(requests).toBe(1);
  });

  it('is believed where it takes the message in other words', async () => {
    const { delivery } = await answering((_, response) => response.writeHead(200).end('{"ok":true}'));
    expect(delivery).toEqual({ delivered: true });
  });

  it('that is behind a proxy which refuses is tried again, and nothing arrived', async () => {
    const proxy = createServer().on('connect', (_, socket) => {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise<void>((resolve) => proxy.close(() => resolve())));
    const { port } = proxy.address() as AddressInfo;
    const by = createAgents({ http: `http://127.0.0.1:${port}`, no: undefined });
    const delivery = await deliverBy('https://hooks.slack.com/services/T/B/X', message, {
      agents: by,
      limits: quick,
      onTry: () => undefined,
    });
    expect(delivery).toMatchObject({ delivered: false, maybe: false });
  });
});
