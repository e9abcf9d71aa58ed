import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import { type ClientSettings, clientConfig } from './client.ts';
import { withTypedAnswers } from './typed-answers.ts';

/** Who AWS says the caller is. */
export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
}

/** What a role is assumed with. */
export interface AssumeRoleInput {
  readonly role: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly externalId: string | undefined;
}

/** Security Token Service. Its methods throw the SDK's errors: see `readRefusal`. */
export class Sts {
  readonly #client: STSClient;
  readonly #sent = Promise.withResolvers<void>();
  #first: Promise<AwsCredentialIdentity> | undefined;
  #identity: Promise<CallerIdentity> | undefined;

  readonly #onHeld: (held: AwsCredentialIdentity) => void;

  /** `onHeld` gets the credentials before anything is asked with them. */
  constructor(settings: ClientSettings, onHeld: (held: AwsCredentialIdentity) => void = () => undefined) {
    this.#onHeld = onHeld;
    this.#client = withTypedAnswers(new STSClient(clientConfig({ ...settings, onSent: this.#sent.resolve })));
  }

  /** The credentials that the client signs with. Throws what their source throws. */
  async credentials(): Promise<AwsCredentialIdentity> {
    const held = await this.#client.config.credentials();
    this.#onHeld(held);
    return held;
  }

  /** The same as they were first had, or what came in their place: a source that refuses is not asked again. */
  async firstCredentials(): Promise<AwsCredentialIdentity> {
    this.#first ??= this.credentials();
    return await this.#first;
  }

  /** Whose credentials these are, asked once. Needs no permission. */
  async callerIdentity(): Promise<CallerIdentity> {
    this.#identity ??= this.#askIdentity().finally(() => this.#sent.resolve());
    return await this.#identity;
  }

  /** Waits until the question whose credentials these are is on its way; what it comes to is `callerIdentity`'s. */
  async identityAsked(): Promise<void> {
    await Promise.race([this.#sent.promise, this.callerIdentity().catch(() => undefined)]);
  }

  async #askIdentity(): Promise<CallerIdentity> {
    await this.firstCredentials();
    const { Account, Arn } = await this.#client.send(new GetCallerIdentityCommand({}));
    if (!Account || !Arn) throw new Error('GetCallerIdentity answered without an account');
    return { accountId: Account, arn: Arn };
  }

  /** Temporary credentials of a role, by the caller's own credentials. */
  async assumeRole(input: AssumeRoleInput): Promise<AwsCredentialIdentity> {
    const { Credentials } = await this.#client.send(
      new AssumeRoleCommand({
        RoleArn: input.role,
        RoleSessionName: input.sessionName,
        DurationSeconds: input.durationSeconds,
        ...(input.externalId ? { ExternalId: input.externalId } : {}),
      }),
    );
    return toIdentity(Credentials);
  }

  /** Temporary credentials of a role, by an OIDC token. The request is not signed. */
  async assumeRoleWithWebIdentity(input: AssumeRoleInput, token: string): Promise<AwsCredentialIdentity> {
    const { Credentials } = await this.#client.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: input.role,
        RoleSessionName: input.sessionName,
        DurationSeconds: input.durationSeconds,
        WebIdentityToken: token,
      }),
    );
    return toIdentity(Credentials);
  }
}

function toIdentity(credentials: Credentials | undefined): AwsCredentialIdentity {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey) throw new Error('STS answered without credentials');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken ? { sessionToken: SessionToken } : {}),
    ...(Expiration ? { expiration: Expiration } : {}),
  };
}
