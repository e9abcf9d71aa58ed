import type { RoleSpec } from '../../scenarios/scenario.ts';
import { matchesPattern } from '../account.ts';
import { ServiceError } from '../service-error.ts';

/** The claims of a GitHub Actions OIDC token that a trust policy looks at. */
export interface WebIdentityClaims {
  readonly subject: string;
  readonly audience: string;
  readonly issuer: string;
}

interface JwtPayload {
  readonly sub?: unknown;
  readonly aud?: unknown;
  readonly iss?: unknown;
  readonly exp?: unknown;
}

const denied = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';

/**
 * Reads a JWT and checks its issuer, expiry (by the machine's clock, as it was issued by another party), and
 * audience and subject against a role's trust. The token's own signature is not checked: there is no identity
 * provider behind the sandbox. Throws STS's refusals.
 *
 * Source: API_AssumeRoleWithWebIdentity; aws-actions/configure-aws-credentials issues for the wording.
 */
export function checkWebIdentity(
  token: string | undefined,
  role: RoleSpec | undefined,
  oidcProvider: boolean,
): WebIdentityClaims {
  const payload = decodePayload(token ?? '');
  const claims = {
    subject: text(payload.sub),
    audience: text(Array.isArray(payload.aud) ? payload.aud[0] : payload.aud),
    issuer: text(payload.iss),
  };
  if (!oidcProvider) {
    throw new ServiceError(
      'InvalidIdentityToken',
      `No OpenIDConnect provider found in your account for ${claims.issuer}`,
    );
  }
  const expires = payload.exp;
  if (typeof expires === 'number' && expires * 1000 <= Date.now()) {
    const message = `Token expired: current date/time ${Math.floor(Date.now() / 1000)} must be before the expiration date/time ${expires}`;
    throw new ServiceError('ExpiredTokenException', message);
  }
  if (role === undefined || role.subjects.length === 0) throw new ServiceError('AccessDenied', denied, 403);
  if (!role.audiences.includes(claims.audience))
    throw new ServiceError('InvalidIdentityToken', 'Incorrect token audience');
  if (!role.subjects.some((pattern) => matchesPattern(claims.subject, pattern))) {
    throw new ServiceError('AccessDenied', denied, 403);
  }
  return claims;
}

function decodePayload(token: string): JwtPayload {
  const parts = token.split('.');
  const invalid = new ServiceError(
    'InvalidIdentityToken',
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  );
  if (parts.length !== 3) throw invalid;
  try {
    const payload: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    if (typeof payload === 'object' && payload !== null) return payload as JwtPayload;
  } catch {
    throw invalid;
  }
  throw invalid;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
