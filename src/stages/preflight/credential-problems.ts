import type { AwsProblem } from '../../aws/refusal.ts';
import type { Finding } from '../../finding.ts';
import type { Config } from '../inputs/config.ts';
import type { IdentityFacts } from './identity-problems.ts';
import { namedSource, noCredentials, sourceGaveNone } from './no-credentials.ts';
import { remedyOf } from './way-to-aws.ts';

/** What is wrong with credentials as such. */
export function credentialProblem(problem: AwsProblem, { config, run }: IdentityFacts): Finding {
  const common = { level: 'error', detail: `AWS said: ${problem.message}` } as const;
  switch (problem.kind) {
    case 'no-credentials':
      return noCredentials(problem, config, run);
    case 'bad-key':
      return { ...common, code: 'DG202', ...unknownKey(config) };
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
        fix: config.credentials.role
          ? 'Get new ones in this job, just before this step, or assume the role by OIDC (without keys and `role-chaining`).'
          : 'Get new ones in this job, before this step; with `role-to-assume` this action gets them itself.',
      };
    case 'clock-skew':
      return {
        ...common,
        code: 'DG212',
        title: "This machine's clock differs from AWS's by more than AWS accepts.",
        fix: 'Set the clock of the (self-hosted) runner: `timedatectl set-ntp true`.',
      };
    case 'unreachable':
      return unreachable(problem, config);
    default:
      return unexplained(problem, config);
  }
}

/** The key may be mistyped, or the session token that came with it; or neither was set here. */
function unknownKey(config: Config): Pick<Finding, 'title' | 'fix'> {
  const { keys } = config.credentials;
  const source = namedSource(config);
  if (source && !keys) {
    return {
      title: `AWS does not know the access key that ${source.name} leads to: it was deleted, is mistyped, or its session is over.`,
      fix: `Correct the credentials of ${source.what} ${source.value}, or use \`role-to-assume\`, which needs none. See it yourself: \`aws sts get-caller-identity\`.`,
    };
  }
  const token = keys ? keys.sessionToken : config.environment['AWS_SESSION_TOKEN'];
  if (token) {
    return {
      title:
        'AWS does not know the access key id together with its session token: one of the two is mistyped, cut, or of another session.',
      fix: 'Pass the id, the secret key and the session token of one and the same session, or use `role-to-assume` by OIDC, which needs none of them.',
    };
  }
  return {
    title:
      'AWS does not know the access key id: it was deleted, is mistyped, or belongs to another partition.',
    fix: 'Check the secret AWS_ACCESS_KEY_ID against IAM › Users › Security credentials.',
  };
}

function unreachable(problem: AwsProblem, { region }: Config): Finding {
  // Node's own names for what went wrong on the way (`ECONNREFUSED`): no answer came.
  const isOnTheWay = /^([A-Z_]+|TimeoutError)$/.test(problem.name) && problem.obstacle !== 'not-aws';
  return {
    code: 'DG209',
    level: 'error',
    title: `AWS STS in ${region} ${isOnTheWay ? "can't be reached" : 'gives no usable answer'}: ${problem.message}`,
    fix:
      remedyOf(problem, 'STS') ??
      (isOnTheWay
        ? 'Check `aws-region` (a region that does not exist has no address), the proxy (`http-proxy`, `no-proxy`) and, in a private network, the VPC endpoint for STS.'
        : 'Run the job again; health.aws.amazon.com tells of outages. If it stays so, check what stands between (`http-proxy`, a VPC endpoint).'),
  };
}

function unexplained(problem: AwsProblem, config: Config): Finding {
  const { region, credentials } = config;
  const common = { code: 'DG213', level: 'error' } as const;
  const detail = `AWS said: ${problem.message}`;
  const source = namedSource(config);
  // GetCallerIdentity needs no permission: what was denied is the assuming of a role that a profile names.
  if (problem.kind === 'access-denied' && source && !credentials.keys) return sourceGaveNone(source, problem);
  if (problem.kind === 'throttled') {
    return {
      ...common,
      detail,
      title: `AWS STS in ${region} has too many requests at the moment (${problem.name}), and did not say whose credentials these are.`,
      fix: 'Run the job again.',
    };
  }
  if (problem.name === 'Error') {
    return {
      ...common,
      title: `AWS could not be asked whose credentials these are: ${problem.message}`,
      fix: 'Correct what the message names. See it yourself: `aws sts get-caller-identity` with the same credentials.',
    };
  }
  return {
    ...common,
    detail,
    title: `AWS refused to say whose credentials these are (${problem.name}).`,
    fix: 'See it yourself: `aws sts get-caller-identity` with the same credentials.',
  };
}
