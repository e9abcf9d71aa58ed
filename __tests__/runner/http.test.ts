import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Agents,
  ask,
  createAgents,
  type HttpQuestion,
  isLoopback,
  NoAnswer,
} from '../../src/runner/http.ts';
import { refusedPort, serve, type TestServer } from './socket-server.ts';

const agents = createAgents({ http: undefined, no: undefined });
const open: TestServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function server(...given: Parameters<typeof serve>): Promise<TestServer> {
  const started = await serve(...given);
  open.push(started);
  return started;
}

async function failureOf(
  question: Partial<HttpQuestion> & { url: URL },
  by: Agents = agents,
): Promise<NoAnswer> {
  const error: unknown = await ask(by, { method: 'POST', body: 'x', timeoutMs: 2000, ...question }).then(
    () => 'an answer',
    (reason: unknown) => reason,
  );
  if (!(error instanceof NoAnswer)) throw new Error(`not a NoAnswer: ${String(error)}`, { cause: error });
  return error;
}

describe('ask', () => {
  it('gives status, headers and body, and sends once', async () => {
    const { url, requests } = await server((_, res) => res.writeHead(418, { 'x-a': ['1', '2'] }).end('tea'));
    const answer = await ask(agents, {
      method: 'PUT',
      url: new URL('/p?q=1', url),
      headers: { 'x-b': 'c' },
      body: 'body',
      timeoutMs: 2000,
    });
    expect(answer.status).toBe(418);
    expect(answer.header('X-A')).toBe('1, 2');
    expect(answer.header('absent')).toBeUndefined();
    expect(answer.body.toString()).toBe('tea');
    expect(requests).toMatchObject([
      { method: 'PUT', path: '/p?q=1', body: 'body', headers: { 'x-b': 'c' } },
    ]);
  });

  it('follows no redirect', async () => {
    const { url, requests } = await server((_, res) => res.writeHead(302, { location: '/elsewhere' }).end());
    expect((await ask(agents, { method: 'GET', url: new URL(url), timeoutMs: 2000 })).status).toBe(302);
    expect(requests).toHaveLength(1);
  });

  it('knows that a refused connection received nothing', async () => {
    const error = await failureOf({ url: new URL(`http://127.0.0.1:${await refusedPort()}/`) });
    expect(error.maybeReceived).toBe(false);
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ refused the connection$/);
  });

  it('knows that a host without address received nothing', async () => {
    const error = await failureOf({ url: new URL('http://no-such-host.invalid/') });
    expect(error.maybeReceived).toBe(false);
    expect(error.message).toContain('no-such-host.invalid');
  });

  it('takes a connection that is cut before the answer for one that may have received', async () => {
    const { url, requests } = await server((request) => request.socket.destroy());
    expect((await failureOf({ url: new URL(url) })).maybeReceived).toBe(true);
    expect(requests).toHaveLength(1);
  });

  it('takes a kept connection that is cut for one that may have received', async () => {
    const { url } = await server((request, res, attempt) =>
      attempt === 1 ? res.end('ok') : request.socket.destroy(),
    );
    await ask(agents, { method: 'GET', url: new URL(url), timeoutMs: 2000 });
    expect((await failureOf({ url: new URL(url) })).maybeReceived).toBe(true);
  });

  it.each([
    ['never', () => undefined],
    ['only in part', (res: { write: (text: string) => void }) => res.write('half')],
  ])('gives up on an answer that comes %s when the time is over', async (_, begin) => {
    const { url } = await server((_request, res) => begin(res));
    const error = await failureOf({ url: new URL(url), timeoutMs: 300 });
    expect(error.maybeReceived).toBe(true);
    expect(error.message).toContain('did not answer within 0.3 s');
  });

  it('gives up on a slow body that keeps trickling when the time is over', async () => {
    const { url } = await server((_request, res) => {
      const drip = setInterval(() => res.write('.'), 50);
      res.on('close', () => clearInterval(drip));
    });
    expect((await failureOf({ url: new URL(url), timeoutMs: 300 })).message).toContain(
      'did not answer within 0.3 s',
    );
  });

  it('refuses a body that breaks off', async () => {
    const { url } = await server((request, res) => {
      res.writeHead(200, { 'content-length': '100' });
      res.write('half', () => request.socket.destroy());
    });
    expect((await failureOf({ url: new URL(url) })).maybeReceived).toBe(true);
  });

  it('reads no more of a body than it is told, with a length or without', async () => {
    for (const headers of [{}, { 'content-length': '10000' }]) {
      const { url } = await server((_, res) => res.writeHead(200, headers).end('x'.repeat(10_000)));
      const error = await failureOf({ url: new URL(url), mostBytes: 9_999 });
      expect(error.message).toContain('larger than 9999 bytes');
      const whole = await ask(agents, {
        method: 'GET',
        url: new URL(url),
        timeoutMs: 2000,
        mostBytes: 10_000,
      });
      expect(whole.body).toHaveLength(10_000);
    }
  });

  it('says so where the other side speaks no HTTP', async () => {
    const garbage = createSocketServer((socket) => socket.end('220 smtp ready\r\n'));
    await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve));
    const { port } = garbage.address() as AddressInfo;
    const error = await failureOf({ url: new URL(`http://127.0.0.1:${port}/`) });
    expect(error.message).toContain(`127.0.0.1:${port} gave no usable answer`);
    garbage.close();
  });

  it('ends at its deadline as at the end of its time: what was sent may have arrived', async () => {
    const over = new AbortController();
    const { url } = await server(() => over.abort());
    const deadline = over.signal;
    const sent = await failureOf({ url: new URL(url), deadline, timeoutMs: 60_000 });
    expect(sent).toMatchObject({
      maybeReceived: true,
      message: expect.stringContaining('before the run had to end'),
    });
    expect(await failureOf({ url: new URL(url), deadline })).toMatchObject({ maybeReceived: false });
  });

  it('throws the reason of a cancel, before and during the request', async () => {
    const { url } = await server(() => undefined);
    const controller = new AbortController();
    const question = {
      method: 'GET',
      url: new URL(url),
      timeoutMs: 2000,
      signal: controller.signal,
    } as const;
    const running = ask(agents, question);
    setTimeout(() => controller.abort(new Error('cancelled')), 50);
    await expect(running).rejects.toThrow('cancelled');
    await expect(ask(agents, question)).rejects.toThrow('cancelled');
  });

  it('goes through the proxy, but for the hosts that are named without', async () => {
    const proxy = await server((_, res) => res.end('by proxy'));
    const direct = await server((_, res) => res.end('direct'));
    const through = createAgents({ http: proxy.url, no: undefined });
    const answer = await ask(through, {
      method: 'GET',
      url: new URL('http://service.example/health'),
      timeoutMs: 2000,
    });
    expect(answer.body.toString()).toBe('by proxy');
    expect(proxy.requests[0]).toMatchObject({
      path: 'http://service.example/health',
      headers: { host: 'service.example' },
    });
    const around = createAgents({ http: proxy.url, no: 'other.example,127.0.0.1' });
    const straight = await ask(around, { method: 'GET', url: new URL(direct.url), timeoutMs: 2000 });
    expect(straight.body.toString()).toBe('direct');
    expect(proxy.requests).toHaveLength(1);
  });

  it('tunnels https through the proxy, and knows that nothing arrived where the proxy is down', async () => {
    const down = createAgents({ http: `http://127.0.0.1:${await refusedPort()}`, no: undefined });
    expect((await failureOf({ url: new URL('https://service.example/') }, down)).maybeReceived).toBe(false);
  });

  it('names the proxy where that is in the way', async () => {
    const port = await refusedPort();
    const down = createAgents({ http: `http://127.0.0.1:${port}`, no: undefined });
    const unknown = createAgents({ http: 'http://proxy.invalid:3128', no: undefined });
    for (const scheme of ['http', 'https']) {
      const url = new URL(`${scheme}://service.example/`);
      expect((await failureOf({ url }, down)).message).toBe(
        `the proxy 127.0.0.1:${port} refused the connection`,
      );
      expect((await failureOf({ url }, unknown)).message).toMatch(/^the proxy proxy\.invalid has no address/);
    }
    const itself = await failureOf({ url: new URL(`http://127.0.0.1:${port}/`) });
    expect(itself.message).toBe(`127.0.0.1:${port} refused the connection`);
  });

  it('sends no proxy credentials to the server', async () => {
    const direct = await server((_, res) => res.end());
    const by = createAgents({ http: 'http://me:proxypass@127.0.0.1:9', no: '127.0.0.1' });
    await ask(by, { method: 'GET', url: new URL(direct.url), timeoutMs: 2000 });
    expect(JSON.stringify(direct.requests)).not.toContain('proxypass');
  });
});

describe('isLoopback', () => {
  it.each(['localhost', '127.0.0.1', '127.8.9.10', '::1', '[::1]'])('%s is this machine', (host) => {
    expect(isLoopback(host)).toBe(true);
  });
  it.each([
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    '0.0.0.0',
    '128.0.0.1',
    'x127.0.0.1',
    '',
  ])('%j is not', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
