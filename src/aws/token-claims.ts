import { oneLine } from '../runner/text.ts';

/** What an OIDC token says of itself, safe to print: the token never is. */
export interface TokenClaims {
  readonly subject: string | undefined;
  readonly audience: string | undefined;
  readonly issuer: string | undefined;
}

const LONGEST = 20_000;

/**
 * Claims of a JSON web token (RFC 7519), unverified: AWS verifies them, here they are only to be shown. What a token
 * lacks, or has in another shape, is undefined.
 */
export function readTokenClaims(token: string): TokenClaims {
  const payload = payloadOf(token.slice(0, LONGEST));
  const text = (value: unknown) => (typeof value === 'string' && value ? oneLine(value, 300) : undefined);
  const audience = payload['aud'];
  return {
    subject: text(payload['sub']),
    audience: Array.isArray(audience)
      ? text(audience.filter((each) => typeof each === 'string').join(', '))
      : text(audience),
    issuer: text(payload['iss']),
  };
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  const part = token.split('.')[1];
  if (part === undefined) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
