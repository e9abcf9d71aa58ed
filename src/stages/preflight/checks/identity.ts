import type { CredentialSource } from '../../../aws/credentials.ts';
import type { Finding } from '../../../finding.ts';
import { oneLine } from '../../../runner/text.ts';
import type { Config } from '../../inputs/config.ts';
import { type Check, type CheckContext, skipped } from '../check.ts';
import { expiryFindings } from '../expiry.ts';
import { identityProblem } from '../identity-problems.ts';
import type { Identity } from '../lookups/lookups.ts';

/** Who the run is at AWS, and that this is an account that it may deploy to. */
export const checkIdentity: Check = async (context) => {
  const { config, lookups } = context;
  if (config.awsObstacle) return skipped('identity', config.awsObstacle);
  const answer = await lookups.identity();
  if (!answer.ok) {
    const { claims } = lookups.credentialOrigin();
    const finding = identityProblem(answer.error, { config, run: context.run, claims });
    return { subject: 'identity', passed: undefined, findings: [finding] };
  }
  const identity = answer.value;
  const wrong = wrongAccount(identity, config);
  const findings = [...(wrong ? [wrong] : []), ...expiryFindings(identity, context)];
  return { subject: 'identity', passed: wrong ? undefined : describe(identity, context), findings };
};

/** `arn:aws:sts::123456789012:assumed-role/deploy/session` → `role/deploy`, as people name it. */
export function callerName(arn: string): string {
  const resource = arn.split(':').slice(5).join(':');
  return oneLine(resource.replace(/^assumed-role\/([^/]+)\/.*$/, 'role/$1'), 120);
}

const SOURCES: Readonly<Record<CredentialSource, string>> = {
  'access keys': 'by access keys',
  'role by access keys': 'assumed with access keys',
  'role by OIDC': 'by OIDC',
  'role by chaining': "assumed with the environment's credentials",
  environment: "with the environment's credentials",
};

function describe(identity: Identity, { config, lookups }: CheckContext): string {
  const allowed = config.allowedAccountIds.length > 0 ? ' (allowed)' : '';
  const until = identity.expiresAt ? `, until ${identity.expiresAt.toISOString().slice(11, 16)} UTC` : '';
  const { source } = lookups.credentialOrigin();
  const how = source ? ` ${SOURCES[source]}` : '';
  return `${callerName(identity.arn)}${how} in account ${identity.accountId}${allowed}, ${config.region}${until}`;
}

/** Why nothing else is told of an account that is not among `allowed-account-ids`. */
export const OTHER_ACCOUNT = 'the account is not an allowed one';

/** Whether the run may deploy to the account that its credentials are of. */
export function isAllowedAccount(
  { accountId }: Identity,
  { allowedAccountIds: allowed }: Pick<Config, 'allowedAccountIds'>,
): boolean {
  return allowed.length === 0 || allowed.includes(accountId);
}

function wrongAccount(identity: Identity, config: Config): Finding | undefined {
  const allowed = config.allowedAccountIds;
  if (isAllowedAccount(identity, config)) return undefined;
  return {
    code: 'DG205',
    level: 'error',
    title: `The credentials are of account ${identity.accountId} (${callerName(identity.arn)}), which is not among \`allowed-account-ids\` (${allowed.join(', ')}).`,
    fix: `Use credentials of ${allowed.join(' or ')}, or add ${identity.accountId} to \`allowed-account-ids\`. See whose they are: \`aws sts get-caller-identity\`.`,
  };
}
