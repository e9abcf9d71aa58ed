import type {
  AssumeRoleCommandInput,
  AssumeRoleCommandOutput,
  AssumeRoleWithWebIdentityCommandInput,
  AssumeRoleWithWebIdentityCommandOutput,
  GetCallerIdentityCommandInput,
  GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts';
import type { RoleSpec } from '../../scenarios/scenario.ts';
import { arnOf, matchesPattern, nameIn } from '../account.ts';
import type { KnownKey } from '../credentials.ts';
import { type AwsWorld, type Call, type Operation, operation } from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import { checkWebIdentity } from './web-identity.ts';

const defaultSessionSeconds = 3600;
/** The most that a session of a role may last that was assumed from another role's session. */
const chainedSessionSeconds = 3600;

/** STS: who the caller is, and temporary credentials. GetCallerIdentity takes no permission. */
export const stsOperations: Readonly<Record<string, Operation>> = {
  GetCallerIdentity: operation<GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput>({
    action: undefined,
    resource: () => '*',
    run: (_input, { world, caller }) => ({
      UserId: caller.userId,
      Account: world.account.id,
      Arn: caller.arn,
    }),
  }),
  AssumeRole: operation<AssumeRoleCommandInput, AssumeRoleCommandOutput>({
    action: 'sts:AssumeRole',
    resource: (input) => input.RoleArn ?? '',
    run: assumeRole,
  }),
  AssumeRoleWithWebIdentity: operation<
    AssumeRoleWithWebIdentityCommandInput,
    AssumeRoleWithWebIdentityCommandOutput
  >({
    action: undefined,
    resource: (input) => input.RoleArn ?? '',
    run: assumeRoleWithWebIdentity,
  }),
};

function assumeRole(
  input: AssumeRoleCommandInput,
  { world, caller }: Call,
): Omit<AssumeRoleCommandOutput, '$metadata'> {
  const role = findRole(world, input.RoleArn);
  const trusted = role?.principals.some((pattern) => matchesPattern(caller.arn, pattern)) === true;
  if (role === undefined || !trusted || role.externalId !== input.ExternalId) {
    const message = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`;
    throw new ServiceError('AccessDenied', message, 403);
  }
  const seconds = checkedSeconds(role, input.DurationSeconds);
  if (caller.temporary && seconds > chainedSessionSeconds) {
    const message =
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining';
    throw new ServiceError('ValidationError', message);
  }
  return session(world.credentials.issue(role.name, checkedSession(input.RoleSessionName), seconds));
}

function assumeRoleWithWebIdentity(
  input: AssumeRoleWithWebIdentityCommandInput,
  { world }: Call,
): Omit<AssumeRoleWithWebIdentityCommandOutput, '$metadata'> {
  const role = findRole(world, input.RoleArn);
  const claims = checkWebIdentity(input.WebIdentityToken, role, world.oidcProvider);
  if (role === undefined)
    throw new ServiceError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
  const seconds = checkedSeconds(role, input.DurationSeconds);
  const key = world.credentials.issue(role.name, checkedSession(input.RoleSessionName), seconds);
  const provider = arnOf(world.account, 'iam', `oidc-provider/${claims.issuer.replace(/^https:\/\//, '')}`);
  return {
    ...session(key),
    SubjectFromWebIdentityToken: claims.subject,
    Audience: claims.audience,
    Provider: provider,
  };
}

function findRole(world: AwsWorld, arn: string | undefined): RoleSpec | undefined {
  if (!/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn ?? '')) {
    throw new ServiceError('ValidationError', `${arn} is invalid`);
  }
  if (arn?.startsWith(arnOf(world.account, 'iam', 'role/')) !== true) return undefined;
  // A role may sit under a path: `role/ci/deploy` is the role `deploy`.
  return world.roles.find((role) => role.name === nameIn(arn));
}

function checkedSeconds(role: RoleSpec, seconds: number | undefined): number {
  const wanted = seconds ?? defaultSessionSeconds;
  if (!Number.isInteger(wanted) || wanted < 900) {
    const message = `1 validation error detected: Value '${wanted}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900`;
    throw new ServiceError('ValidationError', message);
  }
  if (wanted > role.maxSessionSeconds) {
    throw new ServiceError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  return wanted;
}

function checkedSession(name: string | undefined): string {
  if (name !== undefined && /^[\w+=,.@-]{2,64}$/.test(name)) return name;
  const message = `1 validation error detected: Value '${name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`;
  throw new ServiceError('ValidationError', message);
}

function session(
  key: KnownKey,
): Pick<AssumeRoleCommandOutput, 'Credentials' | 'AssumedRoleUser' | 'PackedPolicySize'> {
  return {
    Credentials: {
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      SessionToken: key.sessionToken ?? '',
      Expiration: new Date(key.expiresAt ?? 0),
    },
    AssumedRoleUser: { AssumedRoleId: key.caller.userId, Arn: key.caller.arn },
    PackedPolicySize: 0,
  };
}
