import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createAgents } from '../../../src/runner/http.ts';
import { checkHealth, unhealthyFindings } from '../../../src/stages/verify/health.ts';
import { parseHealthTargets } from '../../../src/stages/verify/health-target.ts';
import { refusedPort, serve, type TestServer } from '../../runner/socket-server.ts';

const ports = {
  agents: createAgents({ http: undefined, no: undefined }),
  signal: new AbortController().signal,
};
const open: TestServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function server(...given: Parameters<typeof serve>): Promise<TestServer> {
  const started = await serve(...given);
  open.push(started);
  return started;
}

// Long enough for a busy machine, and for an answer that is wrong to be asked for twice.
async function health(line: string, timeoutMs = 1_900) {
  const { targets, findings } = parseHealthTargets([line]);
  expect(findings).toEqual([]);
  const [report] = await checkHealth(targets, timeoutMs, ports);
  return report;
}

describe('parseHealthTargets', () => {
  it.each([
    ['https://a.example/health', [200, 299], undefined],
    ['https://a.example = 204', [204, 204], undefined],
    ['https://a.example = 200-399', [200, 399], undefined],
    ['https://a.example ~ all is well', [200, 299], 'all is well'],
    ['https://a.example/?q=~x = 200-299 ~ ok = 1', [200, 299], 'ok = 1'],
  ])('%s', (line, status, text) => {
    expect(parseHealthTargets([line])).toEqual({
      targets: [{ url: line.split(' ')[0], status, text }],
      findings: [],
    });
  });

  it.each([
    'a.example',
    'ftp://a.example',
    'https://a.example = 99',
    'https://a.example = 299-200',
    'https://a.example = ok',
    'https://a.example 200',
    'https://a.example ~',
    'https://a b',
  ])('%s is refused, by its input', (line) => {
    const { targets, findings } = parseHealthTargets([line, 'https://good.example']);
    expect(targets.map(({ url }) => url)).toEqual(['https://good.example']);
    expect(findings).toMatchObject([
      { code: 'DG101', title: expect.stringContaining('`health-check-urls`') },
    ]);
  });
});

describe('checkHealth', () => {
  it('is content with an answer as it should be', async () => {
    const { url } = await server((_, response) => response.end('all is well'));
    expect(await health(`${url}/health ~ is well`)).toMatchObject({
      healthy: true,
      said: expect.stringMatching(/^200 in \d+ ms$/),
    });
    expect(await health(`${url}/health = 200`)).toMatchObject({ healthy: true });
  });

  it.each([
    ['another status', ' = 204', '200'],
    ['another text', ' ~ ready', 'without the text `ready`'],
  ])('is not content with %s, and says what came', async (_, rule, said) => {
    const { url } = await server((_request, response) => response.end('starting'));
    expect(await health(`${url}${rule}`)).toMatchObject({
      healthy: false,
      said: expect.stringContaining(said),
    });
  });

  it('asks until it is well', async () => {
    const { url, requests } = await server((_, response, attempt) =>
      response.writeHead(attempt === 1 ? 503 : 200).end(),
    );
    expect(await health(url, 3_000)).toMatchObject({ healthy: true });
    expect(requests).toHaveLength(2);
  });

  it('follows redirects, within bounds', async () => {
    const { url } = await server((request, response) =>
      request.url === '/' ? response.writeHead(301, { location: '/there' }).end() : response.end('ok'),
    );
    expect(await health(`${url}/ ~ ok`)).toMatchObject({ healthy: true });
    const loop = await server((_, response) => response.writeHead(302, { location: '/again' }).end());
    expect(await health(loop.url)).toMatchObject({
      healthy: false,
      said: 'more than 5 redirects, the last one (302) to /again',
    });
    // Six to a try.
    expect(loop.requests.length).toBeLessThanOrEqual(2 * 6);
  });

  it.each(['http://[', 'ftp://a.example/', 'file:///etc/passwd', 'javascript:1'])(
    'is not content with a redirect to %s',
    async (location) => {
      const { url } = await server((_, response) => response.writeHead(302, { location }).end());
      expect(await health(url)).toMatchObject({ healthy: false });
    },
  );

  it('gives all the hops of a redirect one time limit', async () => {
    const slow = await server((_, response) => {
      setTimeout(() => response.writeHead(302, { location: '/again' }).end(), 800);
    });
    const started = performance.now();
    expect(await health(slow.url)).toMatchObject({ healthy: false });
    expect(performance.now() - started).toBeLessThan(6 * 800);
  });

  it('takes the answer of a stream that does not end, and finds a text in what came', async () => {
    const stream = await server((_, response) => {
      response.writeHead(200).write('data: ready\n\n');
    });
    expect(await health(stream.url)).toMatchObject({ healthy: true });
    expect(await health(`${stream.url} ~ ready`)).toMatchObject({ healthy: true });
    expect(await health(`${stream.url} ~ other`)).toMatchObject({ healthy: false });
  });

  it('takes an answer that is longer than anybody reads', async () => {
    const { url } = await server((_, response) => response.end('x'.repeat(3 * 1024 * 1024)));
    expect(await health(url)).toMatchObject({ healthy: true });
  });

  it('shows no name and password of a URL, and sends them', async () => {
    const { url, requests } = await server((_, response) => response.end('ok'));
    const report = await health(url.replace('//', '//octo:secret@'));
    expect(report).toMatchObject({ healthy: true, url: url.replace('//', '//***@') });
    expect(requests[0]?.headers.authorization).toBe(`Basic ${btoa('octo:secret')}`);
  });

  it('says where plain http is asked for TLS', async () => {
    const { url } = await server((_, response) => response.end('ok'));
    const report = await health(url.replace('http:', 'https:'));
    expect(report).toMatchObject({ healthy: false, said: expect.stringContaining('TLS') });
  });

  it('asks at an IPv6 address', async () => {
    const { url } = await server((_, response) => response.end('ok'), '::1');
    expect(await health(url)).toMatchObject({ healthy: true });
  });

  it('says who could not be reached, and who said nothing', async () => {
    expect(await health(`http://127.0.0.1:${await refusedPort()}`)).toMatchObject({
      healthy: false,
      said: expect.stringContaining('refused the connection'),
    });
    const silent = await server(() => undefined);
    expect(await health(silent.url, 500)).toMatchObject({
      healthy: false,
      said: expect.stringContaining('did not answer'),
    });
  });

  it('says what was heard, where the last try had no time left for an answer', async () => {
    const { url } = await server((_, response, attempt) => {
      if (attempt === 1) response.writeHead(503).end('starting');
    });
    expect(await health(url)).toMatchObject({ healthy: false, said: '503: starting' });
  });

  it('asks all side by side', async () => {
    const waiting: ServerResponse[] = [];
    const { url } = await server((_, response) => {
      if (waiting.push(response) === 8) for (const each of waiting) each.end();
    });
    const { targets } = parseHealthTargets(Array.from({ length: 8 }, (_, i) => `${url}/${i}`));
    expect((await checkHealth(targets, 5_000, ports)).every(({ healthy }) => healthy)).toBe(true);
  });

  it('takes a redirect that is asked for as it is', async () => {
    const { url, requests } = await server((_, response) =>
      response.writeHead(301, { location: '/there' }).end(),
    );
    expect(await health(`${url}/ = 301`)).toMatchObject({
      healthy: true,
      said: expect.stringContaining('301'),
    });
    expect(requests).toHaveLength(1);
  });

  it('has a finding for each URL that is not well', () => {
    const reports = [
      { url: 'https://a', healthy: false, said: '500' },
      { url: 'https://b', healthy: true, said: '200' },
      { url: 'https://c', healthy: false, said: '404' },
    ];
    const findings = unhealthyFindings(reports, 60_000);
    expect(findings.map(({ code, level }) => `${code} ${level}`)).toEqual(['DG701 error', 'DG701 error']);
    expect(findings[1]?.title).toBe('https://c did not answer as it should within 60 s: 404');
    // Who serves is said elsewhere: this is what to do.
    expect(findings[1]?.fix).toBe(
      "Ask it yourself: `curl -i https://c`. The container's log may say why; where the answer is right, correct the line in `health-check-urls`.",
    );
  });
});
