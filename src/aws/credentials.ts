import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@aws-sdk/types';
import type { Agents } from '../runner/http.ts';
import type { CredentialSettings } from '../stages/inputs/config.ts';
import { readTokenClaims, type TokenClaims } from './token-claims.ts';

/** Where the run's credentials come from, for saying so. */
export type CredentialSource =
  | 'access keys'
  | 'role by access keys'
  | 'role by OIDC'
  | 'role by chaining'
  | 'environment';

/** How the run is known to AWS. */
export interface CredentialPlan {
  readonly source: CredentialSource;
  /** Undefined: the SDK's own chain. */
  readonly provider: AwsCredentialIdentityProvider | undefined;
  /** What the last OIDC token said of itself; undefined where none was asked for. */
  readonly claims: () => TokenClaims | undefined;
  /** Makes what is held secret; called with the credentials each time that they are used. */
  readonly onHeld: (held: AwsCredentialIdentity) => void;
  /** The session that a role was last assumed with by keys or chaining; undefined where that was none. */
  readonly baseSession: () => BaseSession | undefined;
}

/** A session that can't be renewed here, and without which what it gave can't be renewed either. */
export interface BaseSession {
  /** Undefined: its source does not say. */
  readonly expiresAt: Date | undefined;
}

/** What a role needs to be assumed. */
export interface CredentialPorts {
  readonly agents: Agents;
  readonly oidcToken: (audience: string) => Promise<string>;
  readonly mask: (secret: string) => void;
}

/** Renewed when less than this is left, in milliseconds. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** The one source of credentials that the inputs name. Nothing is asked of AWS until the provider is called. */
export function planCredentials(
  settings: CredentialSettings,
  region: string,
  ports: CredentialPorts,
): CredentialPlan {
  const { keys, role } = settings;
  const onHeld = maskingOnce(ports);
  const fromKeys: AwsCredentialIdentityProvider | undefined =
    keys && (() => Promise.resolve(staticKeys(keys)));
  if (role === undefined) {
    const source = fromKeys ? 'access keys' : 'environment';
    return { source, provider: fromKeys, claims: NONE, onHeld, baseSession: NONE };
  }
  if (fromKeys || settings.chaining) {
    const source = fromKeys ? 'role by access keys' : 'role by chaining';
    let base: AwsCredentialIdentity | undefined;
    const provider = renewing(async () => {
      const assumed = await assumeBy(fromKeys, role, settings, region, ports);
      base = assumed.by;
      return assumed.session;
    });
    const baseSession = () => (base?.sessionToken ? { expiresAt: base.expiration } : undefined);
    return { source, provider, claims: NONE, onHeld, baseSession };
  }
  let claims: TokenClaims | undefined;
  const oidcToken = async (audience: string) => {
    const token = await ports.oidcToken(audience);
    claims = readTokenClaims(token);
    return token;
  };
  const provider = renewing(() => assumeByOidc(role, settings, region, { ...ports, oidcToken }));
  return { source: 'role by OIDC', provider, claims: () => claims, onHeld, baseSession: NONE };
}

const NONE = (): undefined => undefined;

async function assumeBy(
  own: AwsCredentialIdentityProvider | undefined,
  role: string,
  settings: CredentialSettings,
  region: string,
  ports: CredentialPorts,
): Promise<{ readonly session: AwsCredentialIdentity; readonly by: AwsCredentialIdentity }> {
  const { Sts } = await import('./sts.ts');
  const sts = new Sts({ region, agents: ports.agents, credentials: own });
  const session = masked(await sts.assumeRole({ ...settings, role }), ports);
  return { session, by: masked(await sts.credentials(), ports) };
}

async function assumeByOidc(
  role: string,
  settings: CredentialSettings,
  region: string,
  ports: CredentialPorts,
): Promise<AwsCredentialIdentity> {
  const [{ Sts }, token] = await Promise.all([import('./sts.ts'), ports.oidcToken(settings.audience)]);
  const sts = new Sts({ region, agents: ports.agents, credentials: undefined });
  return masked(await sts.assumeRoleWithWebIdentity({ ...settings, role }, token), ports);
}

function staticKeys(keys: NonNullable<CredentialSettings['keys']>): AwsCredentialIdentity {
  return {
    accessKeyId: keys.id,
    secretAccessKey: keys.secret,
    ...(keys.sessionToken ? { sessionToken: keys.sessionToken } : {}),
  };
}

/** What the SDK finds by itself, in a file or at an address, is no less secret than what it is given. */
function maskingOnce(ports: CredentialPorts): (held: AwsCredentialIdentity) => void {
  let known: string | undefined;
  return (held) => {
    if (held.secretAccessKey === known) return;
    known = held.secretAccessKey;
    masked(held, ports);
  };
}

function masked(credentials: AwsCredentialIdentity, ports: CredentialPorts): AwsCredentialIdentity {
  ports.mask(credentials.secretAccessKey);
  if (credentials.sessionToken) ports.mask(credentials.sessionToken);
  return credentials;
}

/** One set of credentials for all clients, asked for again when it is about to expire or could not be had. */
function renewing(assume: AwsCredentialIdentityProvider): AwsCredentialIdentityProvider {
  let current: Promise<AwsCredentialIdentity> | undefined;
  const renew = () => {
    const asked = assume();
    current = asked;
    asked.catch(() => {
      if (current === asked) current = undefined;
    });
    return asked;
  };
  return async () => {
    const asked = current ?? renew();
    const held = await asked;
    if (leftOf(held) > RENEW_BEFORE_MS) return held;
    const next = current === asked ? renew() : (current ?? renew());
    // What is still good is used to its end: whoever can't renew it now may later.
    return await next.catch((error: unknown) => {
      if (leftOf(held) <= 0) throw error;
      current ??= asked;
      return held;
    });
  };
}

/** Milliseconds that credentials are still good for. */
function leftOf({ expiration }: AwsCredentialIdentity): number {
  return expiration ? expiration.getTime() - Date.now() : Number.POSITIVE_INFINITY;
}
