import { setTimeout as sleep } from 'node:timers/promises';
import { type Agents, ask, NoAnswer } from '../runner/http.ts';

/** GitHub's runner offers no OIDC token to this job. */
export class NoOidcToken extends Error {
  constructor() {
    super('this job has no permission to ask GitHub for an OIDC token');
    this.name = 'NoOidcToken';
  }
}

/** GitHub's token service gave no usable answer: nothing was asked of AWS. */
export class OidcUnavailable extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'OidcUnavailable';
  }
}

const ANSWER_MS = 10_000;
const TRIES = 3;

/**
 * An OIDC token of this job for `audience`, through the run's own proxy (docs.github.com, "OpenID Connect
 * reference", requesting the JWT using environment variables). Throws NoOidcToken where the job lacks
 * `id-token: write`, OidcUnavailable where GitHub does not answer.
 */
export async function requestOidcToken(
  audience: string,
  environment: Readonly<Record<string, string | undefined>>,
  agents: Agents,
): Promise<string> {
  const url = URL.parse(environment['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
  const bearer = environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
  if (!url || !bearer) throw new NoOidcToken();
  url.searchParams.set('audience', audience);
  for (let attempt = 1; ; attempt += 1) {
    const said = await askOnce(url, bearer, agents);
    if ('token' in said) return said.token;
    if (attempt === TRIES) throw new OidcUnavailable(said.problem);
    await sleep(500 * attempt);
  }
}

async function askOnce(
  url: URL,
  bearer: string,
  agents: Agents,
): Promise<{ token: string } | { problem: string }> {
  try {
    const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json' };
    const { status, body } = await ask(agents, {
      method: 'GET',
      url,
      headers,
      timeoutMs: ANSWER_MS,
      mostBytes: 64 * 1024,
    });
    if (status !== 200) return { problem: `${url.host} answered with HTTP ${status}` };
    const { value } = JSON.parse(body.toString('utf8')) as { value?: unknown };
    return typeof value === 'string' && value !== ''
      ? { token: value }
      : { problem: `${url.host} answered without a token` };
  } catch (error) {
    if (error instanceof NoAnswer) return { problem: error.message };
    return { problem: `${url.host} gave no usable answer` };
  }
}
