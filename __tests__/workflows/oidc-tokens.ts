import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** GitHub's service that says who a job is. */
export interface OidcTokens {
  /** What the runner puts into the environment of a job with `id-token: write`. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** One that gives every job the same subject: `repo:OWNER/NAME:environment:production`. */
export async function startOidcTokens(subject: string): Promise<OidcTokens> {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const server = createServer((request, response) => {
    const aud = new URL(request.url ?? '', 'http://x').searchParams.get('audience') ?? '';
    const payload = { iss: 'https://token.actions.githubusercontent.com', aud, sub: subject };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ value: `${part({ alg: 'RS256' })}.${part(payload)}.c2lnbmF0dXJl` }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
