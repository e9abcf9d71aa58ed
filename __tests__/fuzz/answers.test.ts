import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { GitHubDeployments, GitHubRefused } from '../../src/github/deployments.ts';
import { NoOidcToken, OidcUnavailable, requestOidcToken } from '../../src/github/oidc.ts';
import {
  digestOf,
  INDEX_TYPES,
  imagesOf,
  isDigest,
  layersOf,
  MANIFEST_TYPES,
} from '../../src/registry/manifest.ts';
import { RegistryProblem, RegistryRepository } from '../../src/registry/registry.ts';
import { createAgents, type HttpAnswer, type HttpQuestion, NoAnswer } from '../../src/runner/http.ts';
import { deliver } from '../../src/slack/webhook.ts';
import { hostileText } from '../stages/report/hostile-text.ts';
import { RUN } from '../stages/report/reports.ts';
import { CONTROLS, inTime, LONGEST_MS, runsOf } from './campaign.ts';
import { jsonText } from './json.ts';

interface Given {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** What the other side says next: an answer, or that there is none. */
let answerTo: (question: HttpQuestion) => Given | NoAnswer = () => new NoAnswer('nobody is there', false);
let asked: HttpQuestion[] = [];

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  setTimeout: () => Promise.resolve(),
}));
vi.mock('../../src/runner/http.ts', async (original) => ({
  ...(await original<typeof import('../../src/runner/http.ts')>()),
  ask: (_: unknown, question: HttpQuestion): Promise<HttpAnswer> => {
    asked.push(question);
    const answer = answerTo(question);
    if (answer instanceof NoAnswer) return Promise.reject(answer);
    const { status, headers, body } = answer;
    return Promise.resolve({
      status,
      header: (name) => headers[name.toLowerCase()],
      body: Buffer.from(body),
    });
  },
}));

beforeEach(() => {
  asked = [];
});

const agents = createAgents({ http: undefined, no: undefined });
const SECRET = 'Zq7mXk9Lp2VtR4wB8sYc3nHd';

/** Node gives a header's bytes as Latin-1, without line breaks and NUL. */
const headerValue = hostileText.map((text) => text.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, ''));
const headers = fc.record(
  {
    'content-type': fc.oneof(
      headerValue,
      fc.constantFrom<string>(...INDEX_TYPES, ...MANIFEST_TYPES, 'application/json; charset=x', ';'),
    ),
    location: fc.oneof(
      headerValue,
      fc.constantFrom(
        '',
        '/',
        '//',
        'http://',
        'https://[',
        'https://evil.example/%zz',
        'http://evil.example/',
        'https://u:p@h/',
        'http://127.0.0.1:1/',
        'file:///etc/passwd',
        'data:,x',
        '?',
        '#',
        'https://%zz:%zz@h/',
        `https://h/${'x'.repeat(20_000)}`,
      ),
    ),
    link: headerValue,
    'www-authenticate': headerValue,
    'docker-content-digest': fc.oneof(headerValue, fc.constant(`sha256:${'a'.repeat(64)}`)),
    'retry-after': fc.oneof(
      headerValue,
      fc.constantFrom(
        '0',
        '1',
        '-1',
        '1e9',
        '9'.repeat(400),
        'Wed, 21 Oct 2015 07:28:00 GMT',
        'Fri, 31 Dec 9999 23:59:59 GMT',
        'x 1',
      ),
    ),
  },
  { requiredKeys: [] },
);
const status = fc.constantFrom(
  200,
  200,
  200,
  201,
  204,
  301,
  302,
  307,
  400,
  401,
  403,
  404,
  405,
  413,
  418,
  422,
  100,
  0,
  999,
);

/** What may be said of what went wrong. */
function expectWords(message: string): void {
  expect(message).not.toMatch(CONTROLS);
  expect(message).not.toMatch(/\n/);
  expect(message.length).toBeLessThan(25_000);
  expect(message).not.toContain(SECRET);
}

describe('the registry', { timeout: LONGEST_MS }, () => {
  const D = `sha256:${'a'.repeat(64)}`;
  const config = jsonText({
    os: 'linux',
    architecture: 'arm64',
    config: { Labels: { 'deploy-guard.inputs': 'x', a: 'b' } },
  });
  const error = jsonText({ errors: [{ code: 'DENIED', message: 'no', detail: {} }] });
  const layers = [{ size: 1, digest: D, mediaType: 'x' }];

  /** Blobs and manifests that name one another by the digests that they have. */
  const content = config.chain((blob) => {
    const plain = jsonText({
      mediaType: MANIFEST_TYPES[0],
      schemaVersion: 2,
      config: { digest: digestOf(Buffer.from(blob)), size: 1 },
      layers,
    });
    return plain.chain((manifest) => {
      const entry = {
        digest: digestOf(Buffer.from(manifest)),
        platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
        mediaType: MANIFEST_TYPES[0],
      };
      return jsonText({ mediaType: INDEX_TYPES[0], manifests: [entry] }).map((index) => ({
        blob,
        manifest,
        index,
      }));
    });
  });

  it('may answer anything: what is read is sound, and what is not is a problem in a line', async () => {
    const answers = fc.tuple(
      content,
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(3), status, headers, error), { maxLength: 2 }),
    );
    const property = fc.asyncProperty(answers, async ([{ blob, manifest, index }, isIndex, odd]) => {
      asked = [];
      answerTo = ({ url }) => {
        const [, state, more, body] = odd.find(([at]) => at === asked.length - 1) ?? [];
        const bodies = {
          [`blobs/${digestOf(Buffer.from(blob))}`]: blob,
          [`manifests/${digestOf(Buffer.from(manifest))}`]: manifest,
          'manifests/v1': isIndex ? index : manifest,
        };
        const path = url.pathname.replace('/v2/app/', '');
        const type = path === 'manifests/v1' && isIndex ? INDEX_TYPES[0] : MANIFEST_TYPES[0];
        return {
          status: state ?? 200,
          headers: { 'content-type': type, ...more },
          body: state === undefined || state === 200 ? (bodies[path] ?? blob) : (body ?? ''),
        };
      };
      const access = {
        endpoint: new URL('https://123456789012.dkr.ecr.us-east-1.amazonaws.com'),
        username: 'AWS',
        password: SECRET,
      };
      const repository = new RegistryRepository(access, 'app', agents, new AbortController().signal);
      const read = await inTime(async () => {
        const found = await repository.manifest('v1');
        if (found === undefined) return;
        expect(isDigest(found.digest)).toBe(true);
        for (const image of imagesOf(found)) expect(isDigest(image.digest)).toBe(true);
        layersOf(found);
        const { labels = {} } = (await repository.imageConfig(found)) ?? {};
        for (const label of Object.values(labels)) expect(label).toBeTypeOf('string');
        await repository.tag('latest', found);
      }).catch((problem: unknown) => problem);
      if (read !== undefined && !(read instanceof RegistryProblem)) throw read;
      if (read instanceof RegistryProblem) expectWords(read.message);
      // The password goes to the registry alone.
      for (const { url, headers: sent } of asked) {
        if (url.host !== access.endpoint.host) expect(sent).toBeUndefined();
        expect(url.protocol === 'https:' || url.hostname === '127.0.0.1').toBe(true);
      }
    });
    await fc.assert(property, runsOf(120));
  });
});

describe('GitHub', { timeout: LONGEST_MS }, () => {
  const deployments = jsonText([
    { id: 7, payload: { workflow_run_id: RUN.runId, job_id: '7001' }, environment: 'production' },
  ]);
  const statuses = jsonText([
    {
      state: 'in_progress',
      log_url: `${RUN.serverUrl}/${RUN.repository}/actions/runs/${RUN.runId}/job/7001`,
      target_url: '',
    },
  ]);
  const refusal = jsonText({ message: 'Resource not accessible by integration', errors: [{ message: 'x' }] });

  it('may answer anything to what is asked of deployments', async () => {
    const property = fc.asyncProperty(
      deployments,
      statuses,
      refusal,
      fc.array(fc.tuple(status, headers), { maxLength: 6 }),
      async (list, states, refused, odd) => {
        asked = [];
        answerTo = ({ url }) => {
          const [state = 200, more = {}] = odd[asked.length - 1] ?? [];
          const body =
            state >= 300 || state < 200 ? refused : url.pathname.endsWith('statuses') ? states : list;
          return { status: state, headers: more, body };
        };
        const client = new GitHubDeployments(RUN, SECRET, agents, { timeoutMs: 500 }, '7001');
        const calls = [
          () => client.find('production'),
          () => client.create('production', RUN.sha),
          () => client.refusal(),
          () =>
            client.record(7, { state: 'success', description: 'x'.repeat(300), environmentUrl: undefined }),
        ];
        for (const call of calls) {
          const said: unknown = await inTime<unknown>(call).catch((problem: unknown) => problem);
          if (said instanceof GitHubRefused) expectWords(said.message);
          else if (said instanceof Error) throw said;
          else if (typeof said === 'string') expectWords(said);
          else expect(said === undefined || Number.isSafeInteger(said)).toBe(true);
        }
      },
    );
    await fc.assert(property, runsOf(200));
  });

  it('may answer anything to whoever wants an OIDC token', async () => {
    const environment = {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example/?x=1',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: SECRET,
    };
    const property = fc.asyncProperty(
      jsonText({ value: 'a.b.c', count: 1 }),
      status,
      headers,
      async (body, state, more) => {
        answerTo = () => ({ status: state, headers: more, body });
        const said: unknown = await requestOidcToken('x', environment, agents).catch(
          (problem: unknown) => problem,
        );
        if (said instanceof OidcUnavailable || said instanceof NoOidcToken) expectWords(said.message);
        else expect(said).toBeTypeOf('string');
      },
    );
    await fc.assert(property, runsOf(200));
  });
});

describe('Slack', { timeout: LONGEST_MS }, () => {
  const answer = fc.oneof(
    fc.tuple(
      fc.oneof(status, fc.constantFrom(429, 500, 502, 503, 504)),
      headers,
      fc.oneof(
        hostileText,
        fc.constantFrom('ok', 'no_service', 'invalid_token', '__proto__', 'constructor', '<!doctype html>'),
        jsonText({ ok: true }),
      ),
    ),
    fc.boolean().map((maybe) => new NoAnswer('the line was cut', maybe)),
  );

  it('may answer anything: it gets one message at most, and its words stand in a line', async () => {
    const property = fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 5 }), async (answers) => {
      asked = [];
      answerTo = () => {
        const next = answers[Math.min(asked.length, answers.length) - 1] ?? new NoAnswer('', false);
        return next instanceof NoAnswer ? next : { status: next[0], headers: next[1], body: next[2] };
      };
      const outs: boolean[] = [];
      const url = `https://hooks.slack.com/services/T000/B000/${SECRET}`;
      const limits = { answerMs: 400, totalMs: 10_000_000 };
      const delivery = await inTime(() =>
        deliver(url, { text: 'x', blocks: [] }, { agents, limits, onTry: (isOut) => void outs.push(isOut) }),
      );
      expect(asked.length).toBeLessThanOrEqual(4);
      if (delivery.delivered) return;
      expectWords(delivery.why);
      expect(outs.at(-1)).toBe(delivery.maybe);
    });
    await fc.assert(property, runsOf(200));
  });
});
