import { getIDToken } from '@actions/core';

/** GitHub's runner offers no OIDC token to this job. */
export class NoOidcToken extends Error {
  constructor() {
    super('this job has no permission to ask GitHub for an OIDC token');
    this.name = 'NoOidcToken';
  }
}

/** An OIDC token of this job for `audience`. Throws NoOidcToken where the job lacks `id-token: write`. */
export async function requestOidcToken(
  audience: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  if (!environment['ACTIONS_ID_TOKEN_REQUEST_URL'] || !environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']) {
    throw new NoOidcToken();
  }
  return await getIDToken(audience);
}
