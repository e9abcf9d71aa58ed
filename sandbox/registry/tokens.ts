import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';

/** What ECR's GetAuthorizationToken hands out. */
export interface AuthorizationToken {
  /** base64 of `AWS:<password>`, as in the API's answer and in a Basic authorization header. */
  readonly authorizationToken: string;
  /** Virtual milliseconds since the epoch. */
  readonly expiresAt: number;
}

const twelveHoursMs = 12 * 60 * 60 * 1000;

/**
 * The registry's passwords. They expire by the sandbox's clock, as ECR's do after 12 hours.
 *
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
export class RegistryTokens {
  readonly #clock: Pick<SandboxClock, 'now'>;
  readonly #lifetimeMs: number;
  #issued: readonly { readonly password: string; readonly expiresAt: number }[] = [];

  constructor(clock: Pick<SandboxClock, 'now'>, options: { readonly lifetimeMs?: number } = {}) {
    this.#clock = clock;
    this.#lifetimeMs = options.lifetimeMs ?? twelveHoursMs;
  }

  /** A new password, valid for the lifetime from now on. Earlier ones stay valid for their own. */
  issue(): AuthorizationToken {
    const password = randomBytes(48).toString('base64url');
    const expiresAt = this.#clock.now() + this.#lifetimeMs;
    this.#issued = [...this.#issued, { password, expiresAt }];
    return { authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'), expiresAt };
  }

  /** Whether an Authorization header is Basic, for the user AWS, with a password that is still valid. */
  accepts(basicAuthHeader: string | undefined): boolean {
    return this.verdict(basicAuthHeader) === 'accepted';
  }

  /** Tells a password that ran out from one that was never issued: ECR answers the two differently. */
  verdict(basicAuthHeader: string | undefined): 'accepted' | 'expired' | 'unknown' | 'missing' {
    if (basicAuthHeader === undefined) return 'missing';
    const encoded = /^basic ([A-Za-z0-9+/_-]+=*)$/i.exec(basicAuthHeader)?.[1];
    if (encoded === undefined) return 'unknown';
    const credentials = Buffer.from(encoded, 'base64').toString();
    if (!credentials.startsWith('AWS:')) return 'unknown';
    const password = credentials.slice('AWS:'.length);
    const found = this.#issued.find((token) => sameText(token.password, password));
    if (found === undefined) return 'unknown';
    return found.expiresAt > this.#clock.now() ? 'accepted' : 'expired';
  }
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
