import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createGitHubHandler, type GitHubOptions } from '../../sandbox/github/api.ts';
import { GitHubDeployments, GitHubRefused } from '../../src/github/deployments.ts';
import type { RunContext } from '../../src/github/run-context.ts';
import { createAgents } from '../../src/runner/http.ts';
import { refusedPort, serve } from '../runner/socket-server.ts';
import { RUN } from '../stages/report/reports.ts';

const agents = createAgents({ http: undefined, no: undefined });
const PAGE = 'https://github.com/acme/dyno-agent/actions/runs/42';
const TOKEN = 'ghs_TheTokenOfThisJob';
// Long enough for a busy machine.
const TIMEOUT_MS = 5_000;
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function github(options: GitHubOptions = {}) {
  const handler = createGitHubHandler(options);
  const server = createServer((request, response) => void handler.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`;
  /** The deployments as a job of the run sees them. */
  const of = (jobId?: string, run: Partial<RunContext> = {}) =>
    new GitHubDeployments({ ...RUN, apiUrl, ...run }, TOKEN, agents, { timeoutMs: TIMEOUT_MS }, jobId);
  return { handler, of, truth: () => handler.truth() };
}

const IN_PROGRESS = { state: 'in_progress', description: 'x', environmentUrl: undefined } as const;

describe("a job's deployment at GitHub", () => {
  it("is found by the job's own page, where two jobs of the run have one each", async () => {
    const { of, truth } = await github({
      jobEnvironments: [
        { name: 'production', ref: 'main', logUrl: `${PAGE}/job/7001` },
        { name: 'production', ref: 'main', logUrl: `${PAGE}/job/7002` },
      ],
    });
    const [first, second] = truth().deployments;
    expect(await of('7001').find('production')).toBe(first?.id);
    expect(await of('7002').find('production')).toBe(second?.id);
    // A third job of the same run has none.
    expect(await of('7003').find('production')).toBeUndefined();
    expect(await of('700').find('production')).toBeUndefined();
  });

  it('is the newest of the run where the job is not known', async () => {
    const { of, truth } = await github({
      jobEnvironments: [
        { name: 'production', ref: 'main', logUrl: `${PAGE}/job/7001` },
        { name: 'production', ref: 'main', logUrl: `${PAGE}/job/7002` },
      ],
    });
    expect(await of().find('production')).toBe(truth().deployments[1]?.id);
  });

  it('is not taken from another job that made one itself', async () => {
    const { of, truth } = await github();
    const one = await of('7001').create('production', RUN.sha);
    await of('7001').record(one, IN_PROGRESS);
    expect(await of('7002').find('production')).toBeUndefined();
    expect(await of('7001').find('production')).toBe(one);
    expect(truth().deployments[0]?.statuses[0]?.logUrl).toBe(`${PAGE}/job/7001`);
  });

  it('is found where it was made and the job died before its first status', async () => {
    const { of } = await github();
    const one = await of('7001').create('production', RUN.sha);
    expect(await of('7001').find('production')).toBe(one);
    expect(await of('7002').find('production')).toBeUndefined();
    const other = await github();
    const made = await other.of().create('production', RUN.sha);
    expect(await other.of().find('production')).toBe(made);
    expect(await other.of(undefined, { runId: '43' }).find('production')).toBeUndefined();
  });

  it.each(['success', 'failure', 'error', 'inactive'] as const)(
    'is not one that an earlier attempt ended as %s',
    async (state) => {
      const { of } = await github();
      const one = await of('7001').create('production', RUN.sha);
      await of('7001').record(one, { ...IN_PROGRESS, state });
      expect(await of('7001').find('production')).toBeUndefined();
    },
  );

  it.each([
    `${PAGE}1/job/7001`,
    'https://github.com/acme/other/actions/runs/42/job/7001',
    'https://evil.example/acme/dyno-agent/actions/runs/42/job/7001',
    '',
  ])("is not another run's or repository's: %s", async (logUrl) => {
    const { of } = await github({ jobEnvironments: [{ name: 'production', ref: 'main', logUrl }] });
    expect(await of('7001').find('production')).toBeUndefined();
    expect(await of().find('production')).toBeUndefined();
  });

  it('is made whatever else is being checked, and without a merge', async () => {
    const { of, truth } = await github();
    const id = await of('7001').create('production', RUN.sha);
    expect(truth().deployments).toMatchObject([
      { id, environment: 'production', ref: RUN.sha, madeBy: 'api' },
    ]);
  });

  it('has descriptions as long as GitHub takes them, also of signs that take two units', async () => {
    const { of, truth } = await github();
    const id = await of().create('production', RUN.sha);
    await of().record(id, { ...IN_PROGRESS, description: `${'x'.repeat(138)}🚀🚀🚀` });
    const said = truth().deployments[0]?.statuses[0]?.description ?? '';
    expect(said.length).toBeLessThanOrEqual(140);
    expect(said.isWellFormed()).toBe(true);
    expect(said.endsWith('…')).toBe(true);
  });
});

describe("GitHub's API", () => {
  const asked = (apiUrl: string) =>
    new GitHubDeployments({ ...RUN, apiUrl }, TOKEN, agents, { timeoutMs: TIMEOUT_MS }, undefined);

  it.each(['http://api.github.com', 'ftp://127.0.0.1', 'nonsense', ''])(
    'is not asked in the clear: %s',
    (apiUrl) => {
      expect(() => asked(apiUrl)).toThrow(GitHubRefused);
    },
  );

  it.each([
    ['[]', undefined],
    ['null', undefined],
    ['{"message":"x"}', undefined],
    ['<html>', undefined],
    ['[{"id":"1"},{"id":-1},{"id":1.5},null,7]', undefined],
  ])('may answer nonsense (%s): nothing is found', async (body, expected) => {
    const server = await serve((_, response) => response.end(body));
    closing.push(server.close);
    expect(await asked(server.url).find('production')).toBe(expected);
  });

  it.each(['{}', '', '{"id":"7"}', '[]'])('has made nothing where it names no id (%s)', async (body) => {
    const server = await serve((_, response) => response.writeHead(201).end(body));
    closing.push(server.close);
    await expect(asked(server.url).create('production', RUN.sha)).rejects.toThrow(GitHubRefused);
  });

  it('is quoted shortly, in one line, and without the token', async () => {
    const server = await serve((_, response) =>
      response.writeHead(422).end(JSON.stringify({ message: `::error::\n${'x'.repeat(900)}` })),
    );
    closing.push(server.close);
    const refusal = await asked(server.url)
      .record(1, IN_PROGRESS)
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ status: 422 });
    const { message } = refusal as GitHubRefused;
    expect(message.length).toBeLessThan(170);
    expect(message).not.toMatch(/\n|^::|TheToken/);
    const nobody = await asked(`http://127.0.0.1:${await refusedPort()}`)
      .find('production')
      .catch((error: unknown) => error);
    expect(nobody).toMatchObject({
      status: undefined,
      message: expect.stringMatching(/refused the connection/),
    });
  });

  it.each([
    '{"message":{"toString":1}}',
    `{"message":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    '{"message":7}',
  ])('is refused with its status where its message is no text: %.40s', async (body) => {
    const server = await serve((_, response) => response.writeHead(403).end(body));
    closing.push(server.close);
    await expect(asked(server.url).find('production')).rejects.toMatchObject({
      name: 'GitHubRefused',
      status: 403,
      message: 'GitHub answered 403',
    });
  });

  it('gets its path whole, whatever the environment is called', async () => {
    const server = await serve((_, response) => response.end('[]'));
    closing.push(server.close);
    await asked(server.url).find('a&b=c/../ü');
    expect(server.requests[0]?.path).toBe(
      '/repos/acme/dyno-agent/deployments?environment=a%26b%3Dc%2F..%2F%C3%BC&per_page=10',
    );
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });
});
