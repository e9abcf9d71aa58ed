import { readRefusal } from '../../../aws/refusal.ts';
import type { Finding } from '../../../finding.ts';
import { oneLine } from '../../../runner/text.ts';
import type { Config } from '../../inputs/config.ts';
import { type Check, type CheckContext, skipped } from '../check.ts';
import type { Identity } from '../lookups.ts';

/** Who the run is at AWS, and that this is an account that it may deploy to. */
export const checkIdentity: Check = async (context) => {
  const { config, lookups } = context;
  if (config.awsObstacle) return skipped('identity', config.awsObstacle);
  const answer = await lookups.identity();
  if (!answer.ok) {
    return { subject: 'identity', passed: undefined, findings: [explain(answer.error, config)] };
  }
  const identity = answer.value;
  const wrong = wrongAccount(identity, config);
  const findings = [...(wrong ? [wrong] : []), ...expiring(identity, context)];
  return { subject: 'identity', passed: wrong ? undefined : describe(identity, config), findings };
};

/** `arn:aws:sts::123456789012:assumed-role/deploy/session` → `role/deploy`, as people name it. */
export function callerName(arn: string): string {
  const resource = arn.split(':').slice(5).join(':');
  return oneLine(resource.replace(/^assumed-role\/([^/]+)\/.*$/, 'role/$1'), 120);
}

function describe(identity: Identity, config: Config): string {
  const allowed = config.allowedAccountIds.length > 0 ? ' (allowed)' : '';
  const until = identity.expiresAt ? `, until ${identity.expiresAt.toISOString().slice(11, 16)} UTC` : '';
  return `${callerName(identity.arn)} in account ${identity.accountId}${allowed}, ${config.region}${until}`;
}

function wrongAccount(identity: Identity, config: Config): Finding | undefined {
  const allowed = config.allowedAccountIds;
  if (allowed.length === 0 || allowed.includes(identity.accountId)) return undefined;
  return {
    code: 'DG205',
    level: 'error',
    title: `The credentials are of account ${identity.accountId} (${callerName(identity.arn)}), which is not among \`allowed-account-ids\` (${allowed.join(', ')}).`,
    fix: `Use credentials of ${allowed.join(' or ')}, or add ${identity.accountId} to \`allowed-account-ids\`. See whose they are: \`aws sts get-caller-identity\`.`,
  };
}

function expiring(identity: Identity, { config }: CheckContext): readonly Finding[] {
  const { expiresAt } = identity;
  const renewed = config.credentials.role !== undefined;
  if (expiresAt === undefined || renewed) return [];
  const minutes = Math.floor((expiresAt.getTime() - Date.now()) / 60_000);
  if (minutes >= config.ecs.waitMinutes) return [];
  return [
    {
      code: 'DG211',
      level: 'warning',
      title: `The credentials expire in ${minutes} min, before the ${config.ecs.waitMinutes} min of \`wait-for-minutes\` are over.`,
      fix: 'Use `role-to-assume` in this action, which renews them, or ask for a longer session.',
    },
  ];
}

/** What the error means that came in place of an identity. */
function explain(error: unknown, config: Config): Finding {
  const { role, keys, audience } = config.credentials;
  const problem = readRefusal(error);
  const said = `AWS said: ${problem.message}`;
  if (error instanceof Error && error.name === 'NoOidcToken') return noOidc();
  if (role !== undefined && (problem.kind === 'access-denied' || problem.name === 'InvalidIdentityToken')) {
    return {
      code: 'DG207',
      level: 'error',
      title: `${role} can't be assumed: its trust policy does not let this job in, or there is no such role.`,
      detail: said,
      fix: keys
        ? `Allow \`sts:AssumeRole\` in the trust policy of the role for the user whose access keys these are.`
        : `In the role's trust policy, allow \`sts:AssumeRoleWithWebIdentity\` for the provider token.actions.githubusercontent.com with \`aud\` \`${audience}\` and a \`sub\` such as \`repo:OWNER/NAME:*\`. See it: \`aws iam get-role --role-name ${role.slice(role.lastIndexOf('/') + 1)}\`.`,
    };
  }
  const common = { level: 'error', detail: said } as const;
  switch (problem.kind) {
    case 'no-credentials':
      return noCredentials();
    case 'bad-key':
      return {
        ...common,
        code: 'DG202',
        title:
          'AWS does not know the access key id: it was deleted, is mistyped, or belongs to another partition.',
        fix: 'Check the secret AWS_ACCESS_KEY_ID against IAM › Users › Security credentials. A temporary key (`ASIA…`) also needs `aws-session-token`.',
      };
    case 'bad-signature':
      return {
        ...common,
        code: 'DG203',
        title: 'The secret access key does not belong to the access key id.',
        fix: 'Set the secret AWS_SECRET_ACCESS_KEY again, without quotes or line breaks, from the same key pair as AWS_ACCESS_KEY_ID.',
      };
    case 'expired':
      return {
        ...common,
        code: 'DG204',
        title: 'The AWS credentials have expired.',
        fix: 'Get new ones in this job, before this step; with `role-to-assume` this action gets them itself.',
      };
    case 'clock-skew':
      return {
        ...common,
        code: 'DG212',
        title: "This machine's clock differs from AWS's by more than AWS accepts.",
        fix: 'Set the clock of the (self-hosted) runner: `timedatectl set-ntp true`.',
      };
    case 'unreachable':
      return {
        ...common,
        code: 'DG209',
        title: `AWS STS in ${config.region} can't be reached: ${problem.message}`,
        fix: 'Check `aws-region`, the proxy (`http-proxy`, `no-proxy`) and, in a private network, the VPC endpoint for STS.',
      };
    default:
      return {
        ...common,
        code: 'DG213',
        title: `AWS refused to say whose credentials these are (${problem.name}).`,
        fix: 'See it yourself: `aws sts get-caller-identity` with the same credentials.',
      };
  }
}

function noCredentials(): Finding {
  return {
    code: 'DG201',
    level: 'error',
    title:
      'There are no AWS credentials: `role-to-assume` and the access-key inputs are empty, and the environment has none. If the inputs name secrets, those are probably not set in this repository.',
    fix: 'Set `role-to-assume` (with `permissions: id-token: write`), or `aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}` and `aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}`, with both secrets under Settings › Secrets and variables › Actions.',
  };
}

function noOidc(): Finding {
  return {
    code: 'DG206',
    level: 'error',
    title: 'The role is to be assumed by OIDC, but this job may not ask GitHub for a token.',
    fix: 'Add to the job: `permissions:` with `id-token: write` and `contents: read`. Pull requests from forks never get it.',
  };
}
