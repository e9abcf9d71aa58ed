import type { Account } from './account.ts';
import { arnOf } from './account.ts';
import type { Identifiers } from './identifiers.ts';
import type { Timeline } from './timeline.ts';

/** Who signed a request. */
export interface Caller {
  readonly arn: string;
  /** As GetCallerIdentity gives it: `AIDA…`, or `AROA…:session`. */
  readonly userId: string;
  readonly temporary: boolean;
}

/** A key pair that the sandbox knows. */
export interface KnownKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  /** Virtual milliseconds since the epoch; static keys don't expire. */
  readonly expiresAt: number | undefined;
  readonly caller: Caller;
}

/** The keys of a sandbox: one static pair, and the temporary ones that its STS has issued. */
export class CredentialStore {
  readonly #keys = new Map<string, KnownKey>();
  readonly #ids: Identifiers;
  readonly #timeline: Timeline;
  readonly #account: Account;
  /** The static pair, for the action's environment. */
  readonly staticKey: KnownKey;

  constructor(account: Account, ids: Identifiers, timeline: Timeline) {
    this.#ids = ids;
    this.#timeline = timeline;
    this.#account = account;
    this.staticKey = {
      accessKeyId: `AKIA${ids.keyCharacters(16)}`,
      secretAccessKey: ids.secret40(),
      sessionToken: undefined,
      expiresAt: undefined,
      caller: {
        arn: arnOf(account, 'iam', 'user/ci'),
        userId: `AIDA${ids.keyCharacters(17)}`,
        temporary: false,
      },
    };
    this.#keys.set(this.staticKey.accessKeyId, this.staticKey);
  }

  find(accessKeyId: string): KnownKey | undefined {
    return this.#keys.get(accessKeyId);
  }

  /** Temporary credentials for a session of a role. */
  issue(role: string, sessionName: string, seconds: number): KnownKey {
    const key: KnownKey = {
      accessKeyId: `ASIA${this.#ids.keyCharacters(16)}`,
      secretAccessKey: this.#ids.secret40(),
      sessionToken: Array.from({ length: 6 }, () => this.#ids.secret40()).join(''),
      expiresAt: this.#timeline.now() + seconds * 1000,
      caller: {
        arn: arnOf(this.#account, 'sts', `assumed-role/${role}/${sessionName}`),
        userId: `AROA${this.#ids.keyCharacters(17)}:${sessionName}`,
        temporary: true,
      },
    };
    this.#keys.set(key.accessKeyId, key);
    return key;
  }
}
