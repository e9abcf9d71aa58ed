import type { EcrRepository } from '../../aws/ecr.ts';
import { readRefusal } from '../../aws/refusal.ts';
import type { Finding } from '../../finding.ts';
import { isLoopback } from '../../runner/http.ts';
import type { Config } from '../inputs/config.ts';
import type { CheckContext } from './check.ts';
import { policyFor } from './iam-policy.ts';
import { nearName } from './near-name.ts';
import { isRegistryOf, regionOfHost } from './registry-host.ts';
import { remedyOf } from './way-to-aws.ts';

/** Why there is no login for the registry. */
export function loginRefused(error: unknown): Finding {
  const problem = readRefusal(error);
  if (problem.kind === 'access-denied') {
    return {
      code: 'DG301',
      level: 'error',
      title: 'The credentials may not log in at ECR: ecr:GetAuthorizationToken is denied.',
      detail: `AWS said: ${problem.message}`,
      fix: 'Allow `ecr:GetAuthorizationToken` on `*` in the IAM policy. See it yourself: `aws ecr get-login-password`.',
    };
  }
  return unreachable(problem.message, remedyOf(problem, 'ECR'));
}

/** ECR gave no usable answer. */
export function unreachable(message: string, remedy?: string): Finding {
  return {
    code: 'DG302',
    level: 'error',
    title: `ECR can't be used: ${message}`,
    fix: `${remedy ?? 'Run the job again; if it stays so, check `aws-region`, the proxy, and the VPC endpoints ecr.api and ecr.dkr.'} See it yourself: \`aws ecr get-authorization-token\`.`,
  };
}

/** Why the repository can't be seen: the nearest name, or the permission that lacks. */
export async function repositoryProblem(
  error: unknown,
  context: CheckContext,
  accountId: string,
): Promise<Finding> {
  const { config, lookups } = context;
  const problem = readRefusal(error);
  const { repository, registry } = config.image;
  const where = `${registry?.accountId ?? accountId}/${config.region}`;
  const foreign = registry?.accountId !== undefined && registry.accountId !== accountId;
  if (foreign && (problem.kind === 'not-found' || problem.kind === 'access-denied'))
    return otherAccount(problem.message, registry.accountId, accountId, config);
  if (problem.kind === 'not-found' && registry && !registry.accountId)
    return noEcr(registry.host, where, config);
  if (problem.kind === 'not-found') {
    const names = await lookups.ecr.repositoryNames();
    const near = names.ok ? nearName(repository, names.value) : undefined;
    return {
      code: 'DG321',
      level: 'error',
      title: `Repository ${repository} does not exist in ${where}.${near ? ` There is ${near}.` : ''}`,
      fix: near
        ? `Write \`ecr-repository: ${near}\`, or create it: \`aws ecr create-repository --repository-name ${repository} --region ${config.region}\`.`
        : `Create it: \`aws ecr create-repository --repository-name ${repository} --region ${config.region}\`, or correct \`ecr-repository\` or \`aws-region\`.`,
    };
  }
  if (problem.kind === 'access-denied') {
    return {
      code: 'DG323',
      level: 'error',
      title: `The credentials may not look at repository ${repository} in ${where}: ecr:DescribeRepositories is denied.`,
      detail: `AWS said: ${problem.message}`,
      fix: `Allow \`ecr:DescribeRepositories\` on the repository in the IAM policy: ${policyFor(config)}. If it is there for another name, correct \`ecr-repository\`.`,
    };
  }
  return unreachable(problem.message, remedyOf(problem, 'ECR'));
}

/** A URI of a registry that is none of ECR's private ones, where ECR knows no repository of that name. */
function noEcr(host: string, where: string, config: Config): Finding {
  const { repository } = config.image;
  return {
    code: 'DG322',
    level: 'error',
    title: `\`ecr-repository\` names the registry ${host}, which is not ECR's of an account, and ${where} has no repository ${repository}.`,
    fix: `Name a private repository of ECR, such as \`ecr-repository: ${repository.slice(repository.lastIndexOf('/') + 1)}\`; other registries and ECR Public are not supported.`,
  };
}

/** A URI that names another region than the run's: known without asking AWS. */
export function otherRegion(config: Config): Finding | undefined {
  const { registry, repository } = config.image;
  const region = regionOfHost(registry?.host ?? '');
  if (region === undefined || region === config.region) return undefined;
  return {
    code: 'DG322',
    level: 'error',
    title: `\`ecr-repository\` names a registry in ${region}, but \`aws-region\` is ${config.region}, and this action uses one region for the image and the service.`,
    fix: `Write \`aws-region: ${region}\` if the service is there too, or \`ecr-repository: ${repository}\` for the repository of that name in ${config.region}.`,
  };
}

function otherAccount(message: string, registryId: string, accountId: string, config: Config): Finding {
  const { repository } = config.image;
  return {
    code: 'DG324',
    level: 'error',
    title: `\`ecr-repository\` names account ${registryId}, these credentials are of ${accountId}, and they can't see repository ${repository} there.`,
    detail: `AWS said: ${message}`,
    fix: `Write \`ecr-repository: ${repository}\` if the repository of your own account is meant. Otherwise let ${accountId} in by a policy of the repository (\`aws ecr set-repository-policy\` in account ${registryId}), or create it there.`,
  };
}

/** A URI that names another registry than the one that ECR finds the repository in. */
export function otherRegistry(repository: EcrRepository, config: Config): Finding | undefined {
  const asked = config.image.registry?.host;
  const host = repository.uri.slice(0, repository.uri.indexOf('/'));
  if (asked === undefined || isRegistryOf(repository, asked, config.region)) return undefined;
  return {
    code: 'DG322',
    level: 'error',
    title: `\`ecr-repository\` names the registry ${asked}, but in ${config.region} these credentials find the repository at ${host}.`,
    fix: `Correct the account or region in \`ecr-repository\` or \`aws-region\`, or give the name alone: \`ecr-repository: ${repository.name}\`.`,
  };
}

/** A registry that would get our login in the clear. */
export function clearText(endpoint: URL, repository: EcrRepository): readonly Finding[] {
  const hostname = new URL(`${endpoint.protocol}//${repository.uri}`).hostname;
  if (endpoint.protocol === 'https:' || isLoopback(hostname)) return [];
  return [
    {
      code: 'DG351',
      level: 'error',
      title: `The registry ${hostname} would be used without https, and is not this machine.`,
      fix: 'Check the AWS_ENDPOINT_URL variables of the job: ECR itself always answers with an https address.',
    },
  ];
}
