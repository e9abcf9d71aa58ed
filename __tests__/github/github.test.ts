import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedOutCommit } from '../../src/github/checked-out-commit.ts';
import { NoOidcToken, OidcUnavailable, requestOidcToken } from '../../src/github/oidc.ts';
import { readRunContext } from '../../src/github/run-context.ts';
import { createAgents } from '../../src/runner/http.ts';
import { serve } from '../runner/socket-server.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkout-'));
});
afterAll(() => rm(folder, { recursive: true }));

const ENVIRONMENT = {
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'acme/app',
  GITHUB_RUN_ID: '42',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_SHA: 'a'.repeat(40),
  GITHUB_REF_NAME: 'main',
  GITHUB_ACTOR: 'octo',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_RUN_NUMBER: '318',
  GITHUB_WORKFLOW: 'Deploy',
  GITHUB_WORKSPACE: '/workspace',
  GITHUB_ACTION_REPOSITORY: 'acme/deploy-guard',
  GITHUB_ACTION_REF: 'v1',
  RUNNER_TEMP: '/tmp',
};

describe('readRunContext', () => {
  it('is the run as the runner describes it', async () => {
    expect(await readRunContext(ENVIRONMENT)).toMatchObject({
      repository: 'acme/app',
      branch: 'main',
      actor: 'octo',
      runUrl: 'https://github.com/acme/app/actions/runs/42',
      errorsUrl: 'https://github.com/acme/deploy-guard/blob/v1/docs/errors.md',
      workspace: '/workspace',
      temporaryFolder: '/tmp',
      headline: undefined,
    });
  });

  it.each([
    [{ GITHUB_RUN_ATTEMPT: '3' }, { runUrl: 'https://github.com/acme/app/actions/runs/42/attempts/3' }],
    [{ GITHUB_HEAD_REF: 'fix/torque' }, { branch: 'fix/torque' }],
    [{ GITHUB_TRIGGERING_ACTOR: 'rerunner' }, { actor: 'rerunner' }],
    [
      { GITHUB_SERVER_URL: 'https://git.acme.example' },
      { runUrl: 'https://git.acme.example/acme/app/actions/runs/42' },
    ],
    [{ GITHUB_ACTION_REPOSITORY: '' }, { errorsUrl: 'docs/errors.md' }],
  ])('%j', async (change, expected) => {
    expect(await readRunContext({ ...ENVIRONMENT, ...change })).toMatchObject(expected);
  });

  it.each([
    ['{"head_commit":{"message":"Fix torque\\n\\nLong."}}', 'Fix torque'],
    ['{"head_commit":null}', undefined],
    ['{"head_commit":{"message":7}}', undefined],
    ['no JSON', undefined],
    ['null', undefined],
  ])('reads the headline of the event %s', async (event, headline) => {
    const file = join(folder, 'event.json');
    await writeFile(file, event);
    expect((await readRunContext({ ...ENVIRONMENT, GITHUB_EVENT_PATH: file })).headline).toBe(headline);
  });

  it('bears that there is no runner at all', async () => {
    expect((await readRunContext({})).repository).toBe('');
    expect((await readRunContext({ GITHUB_EVENT_PATH: '/nowhere' })).headline).toBeUndefined();
  });
});

describe('checkedOutCommit', () => {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trim();
  const commit = async () =>
    checkedOutCommit(
      { ...(await readRunContext(ENVIRONMENT)), workspace: folder },
      { PATH: process.env['PATH'] },
    );

  it('is nothing where nothing is checked out', async () => {
    expect(await commit()).toBeUndefined();
    git('init', '-q');
    expect(await commit()).toBeUndefined();
  });

  it('is the commit at HEAD, whatever its message', async () => {
    for (const subject of ['Fix torque curve', '::set-output name=result::x', '%H %n', '$(id)', 'Größe 🚀']) {
      git('commit', '-q', '--allow-empty', '-m', subject);
      expect(await commit()).toEqual({ sha: git('rev-parse', 'HEAD'), subject });
    }
  });

  it('bears a machine without git', async () => {
    expect(
      await checkedOutCommit(
        { ...(await readRunContext(ENVIRONMENT)), workspace: folder },
        { PATH: '/nowhere' },
      ),
    ).toBeUndefined();
  });
});

const AGENTS = createAgents({ http: undefined, no: undefined });

describe('requestOidcToken', () => {
  const asked = (server: { url: string }) => ({
    ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer',
  });

  it("asks for the audience, with the job's own token", async () => {
    const server = await serve((request, response) => {
      const audience = new URL(request.url ?? '', 'http://x').searchParams.get('audience');
      response.end(JSON.stringify({ value: `${audience} ${request.headers.authorization}` }));
    });
    const token = await requestOidcToken('sts.amazonaws.com', asked(server), AGENTS);
    expect(token).toBe('sts.amazonaws.com Bearer bearer');
    await server.close();
  });

  it.each([
    ['an error', 500, 'no', 3],
    ['no token', 200, '{}', 3],
    ['something else', 200, '<html>', 3],
  ])('says that GitHub gave none after three tries: %s', async (_, status, body, requests) => {
    let seen = 0;
    const server = await serve((_request, response) => {
      seen += 1;
      response.writeHead(status).end(body);
    });
    await expect(requestOidcToken('a', asked(server), AGENTS)).rejects.toBeInstanceOf(OidcUnavailable);
    expect(seen).toBe(requests);
    await server.close();
  });

  it.each([{}, { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x' }, { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' }])(
    'says that the job may not ask, with %j',
    async (environment) => {
      await expect(requestOidcToken('sts.amazonaws.com', environment, AGENTS)).rejects.toBeInstanceOf(
        NoOidcToken,
      );
    },
  );
});
