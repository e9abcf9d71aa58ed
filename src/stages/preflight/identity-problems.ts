import { type AwsProblem, readRefusal } from '../../aws/refusal.ts';
import type { TokenClaims } from '../../aws/token-claims.ts';
import type { Finding } from '../../finding.ts';
import type { RunContext } from '../../github/run-context.ts';
import { oneLine } from '../../runner/text.ts';
import type { Config } from '../inputs/config.ts';
import { credentialProblem } from './credential-problems.ts';

/** What is known of a run that AWS did not let in. */
export interface IdentityFacts {
  readonly config: Config;
  readonly run: RunContext;
  /** Of the OIDC token, where one was made. */
  readonly claims: TokenClaims | undefined;
}

/** What an error means that came in place of an identity. */
export function identityProblem(error: unknown, facts: IdentityFacts): Finding {
  const problem = readRefusal(error);
  if (error instanceof Error && error.name === 'NoOidcToken') return noOidc(facts);
  if (error instanceof Error && error.name === 'OidcUnavailable') return noToken(error.message);
  if (error instanceof Error && error.name === 'ClearTextEndpoint') return clearTextFile(error.message);
  return (
    roleProblem(problem, facts) ?? regionProblem(problem, facts.config) ?? credentialProblem(problem, facts)
  );
}

function said(problem: AwsProblem): string {
  return `AWS said: ${problem.message}`;
}

function noOidc({ run }: IdentityFacts): Finding {
  const fork = run.withoutSecrets
    ? ' GitHub gives it to no pull request from a fork, and to none of Dependabot: skip the step there.'
    : ' Pull requests from forks never get it.';
  return {
    code: 'DG206',
    level: 'error',
    title: 'The role is to be assumed by OIDC, but this job may not ask GitHub for a token.',
    fix: `Add to the job: \`permissions:\` with \`id-token: write\` and \`contents: read\`.${fork}`,
  };
}

/** How STS refuses to give a role's credentials (API_AssumeRoleWithWebIdentity, API_AssumeRole). */
function roleProblem(problem: AwsProblem, facts: IdentityFacts): Finding | undefined {
  const { role, keys, chaining, audience } = facts.config.credentials;
  if (role === undefined) return undefined;
  const { message, name } = problem;
  const common = { level: 'error', detail: [said(problem), ...tokenLines(facts)].join('\n') } as const;
  if (/DurationSeconds exceeds/i.test(message)) {
    const chained = /role chaining/i.test(message);
    return {
      ...common,
      code: 'DG216',
      title: `${role} gives no session of ${facts.config.credentials.durationSeconds} s${chained ? ': a role that is assumed with the session of another gives one hour at most' : ''}.`,
      fix: chained
        ? 'Set `role-duration-seconds: 3600`, or leave it out: the session is renewed during the wait.'
        : `Lower \`role-duration-seconds\`, or raise the role's limit: \`aws iam update-role --role-name ${nameOf(role)} --max-session-duration ${facts.config.credentials.durationSeconds}\`.`,
    };
  }
  if (/No OpenIDConnect provider found/i.test(message)) {
    return {
      ...common,
      code: 'DG214',
      title: `The account of ${role} does not know GitHub's tokens: it has no identity provider for them.`,
      fix: `Once for the account: \`aws iam create-open-id-connect-provider --url ${facts.claims?.issuer ?? 'https://token.actions.githubusercontent.com'} --client-id-list ${audience}\`.`,
    };
  }
  if (/incorrect token audience/i.test(message)) {
    return {
      ...common,
      code: 'DG215',
      title: `The identity provider in the account of ${role} does not take tokens for the audience \`${facts.claims?.audience ?? audience}\`.`,
      fix: `Leave \`audience\` out (\`sts.amazonaws.com\`), or add it: \`aws iam add-client-id-to-open-id-connect-provider --client-id ${audience} --open-id-connect-provider-arn arn:aws:iam::${role.split(':')[4]}:oidc-provider/token.actions.githubusercontent.com\`.`,
    };
  }
  if (problem.kind !== 'access-denied' && name !== 'InvalidIdentityToken') return undefined;
  return {
    ...common,
    code: 'DG207',
    title: `${role} can't be assumed: its trust policy does not let this job in, or there is no such role.`,
    fix: keys || chaining ? byAssumeRole(facts) : byWebIdentity(role, facts),
  };
}

/** The token's own words, for comparing them with the trust policy. */
function tokenLines({ claims }: IdentityFacts): readonly string[] {
  if (claims === undefined) return [];
  const { subject = '(none)', audience = '(none)' } = claims;
  return [`The token of this job has sub: ${subject}`, `                       and aud: ${audience}`];
}

function nameOf(role: string): string {
  return role.slice(role.lastIndexOf('/') + 1);
}

function byAssumeRole({ config }: IdentityFacts): string {
  const { externalId, role = '', keys } = config.credentials;
  const whose = keys ? 'the user whose access keys these are' : "whose credentials the environment's are";
  const external = externalId
    ? 'and check `role-external-id` against its `sts:ExternalId`'
    : 'and if it asks for an `sts:ExternalId`, set `role-external-id`';
  return `Allow \`sts:AssumeRole\` twice: in the role's trust policy for ${whose}, and in their own policy on ${role}; ${external}. See it: \`aws iam get-role --role-name ${nameOf(role)}\`.`;
}

function byWebIdentity(role: string, { claims, config, run }: IdentityFacts): string {
  const sub = claims?.subject ?? `repo:${run.repository || 'OWNER/NAME'}:*`;
  const aud = claims?.audience ?? config.credentials.audience;
  const environment = sub.includes(':environment:')
    ? ' A job with `environment:` has it in `sub` in place of the branch.'
    : sub.endsWith(':pull_request')
      ? ' A pull request has `pull_request` in `sub` in place of the branch.'
      : '';
  // GitHub changelog, 2026-04-23, "Immutable subject claims for GitHub Actions OIDC tokens".
  const numbers = /^repo:[^/:]+@\d+\/[^/:]+@\d+:/.test(sub)
    ? ' A repository that was made, renamed or transferred since 15 July 2026 has numbers in `sub`: a policy with its bare name does not match.'
    : '';
  return `Its trust policy has to allow \`sts:AssumeRoleWithWebIdentity\` to the provider token.actions.githubusercontent.com, with \`"StringEquals": {"token.actions.githubusercontent.com:aud": "${aud}", "token.actions.githubusercontent.com:sub": "${sub}"}\` (a pattern with \`*\` takes \`StringLike\`).${environment}${numbers} See it: \`aws iam get-role --role-name ${nameOf(role)}\`.`;
}

/** Regions that every account has. All others have to be enabled: AWS Account Management guide, "Enable or disable AWS Regions". */
const ENABLED =
  /^(us-(east|west)-[12]|ap-(south-1|northeast-[123]|southeast-[12])|ca-central-1|eu-(central-1|north-1|west-[123])|sa-east-1|cn-.*|us-gov-.*|us-iso.*|eusc-.*)$/;

/** A region that the account has not enabled: STS says so, or does not know the token there. */
function regionProblem(problem: AwsProblem, { region = '' }: Config): Finding | undefined {
  const told = /^(RegionDisabled|RegionDisabledException|OptInRequired)$/.test(problem.name);
  if (!told && !(problem.kind === 'bad-key' && !ENABLED.test(region))) return undefined;
  return {
    code: 'DG217',
    level: 'error',
    title: told
      ? `The account has not enabled the region ${region}, or not for STS.`
      : `AWS does not know the access key in ${region}: the account has not enabled that region, or the key is deleted or mistyped.`,
    detail: said(problem),
    fix: `Correct \`aws-region\`, or enable it: \`aws account enable-region --region-name ${region}\` (it takes some minutes). See it: \`aws account get-region-opt-status --region-name ${region}\`.`,
  };
}

/** GitHub itself gave no token: AWS was not asked. */
function noToken(why: string): Finding {
  return {
    code: 'DG219',
    level: 'error',
    title: `GitHub gave this job no OIDC token: ${oneLine(why)}.`,
    fix: 'Run the job again; githubstatus.com tells of outages. On a self-hosted runner, check the way to GitHub (`http-proxy`, `no-proxy`).',
  };
}

/** An address of the SDK's shared files: those of the variables are known before (`checkInputs`). */
function clearTextFile(what: string): Finding {
  return {
    code: 'DG105',
    level: 'error',
    title: `${what} is not an https URL, and its host is not this machine: credentials would travel in the clear.`,
    fix: 'Correct it in `~/.aws/config` (or where AWS_CONFIG_FILE leads), or set `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: true` for the job.',
  };
}
