import type { EcrRepository } from '../../../aws/ecr.ts';
import { readRefusal } from '../../../aws/refusal.ts';
import { buildInputsHash, INPUTS_LABEL } from '../../../docker/build-command.ts';
import type { Finding } from '../../../finding.ts';
import { isLoopback } from '../../../runner/http.ts';
import type { Config } from '../../inputs/config.ts';
import { shortDigest, shortTag } from '../../report/words.ts';
import { type Check, type CheckContext, type CheckReport, skipped } from '../check.ts';
import type { Answer, TaggedImages } from '../lookups.ts';
import { nearName } from '../near-name.ts';
import { isReusable } from '../reuse.ts';
import { mayMove } from '../tag-mutability.ts';

/** The repository: that it exists where it is looked for, may be pushed to and pulled from, and takes the tags. */
export const checkRegistry: Check = async (context) => {
  const { config, lookups } = context;
  if (config.awsObstacle) return skipped('registry', config.awsObstacle);
  if (config.invalidInputs.has('ecr-repository')) return skipped('registry', '`ecr-repository` is not valid');
  if (config.image.repository === '') return skipped('registry', '`ecr-repository` is not set');
  const [identity, repository, login] = await Promise.all([
    lookups.identity(),
    lookups.repository(),
    lookups.login(),
  ]);
  if (!identity.ok) return skipped('registry', 'needs AWS credentials');
  const { allowedAccountIds: allowed } = config;
  if (allowed.length > 0 && !allowed.includes(identity.value.accountId))
    return skipped('registry', 'the account is not an allowed one');
  if (!login.ok) return failed(loginRefused(login.error));
  if (!repository.ok)
    return failed(await repositoryProblem(repository.error, context, identity.value.accountId));
  const elsewhere = otherRegistry(repository.value, config);
  if (elsewhere) return failed(elsewhere);
  const [push, pull, images] = await Promise.all([
    config.mode === 'rollback' ? undefined : lookups.mayTransfer('push'),
    lookups.mayTransfer('pull'),
    lookups.taggedImages(),
  ]);
  const noPull = denied('pull', pull, repository.value);
  const findings = [
    ...clearText(login.value.endpoint, repository.value),
    ...denied('push', push, repository.value),
    ...noPull,
    // Without permission to pull, the tags can't be read either: that is one problem, not two.
    ...(noPull.some(({ level }) => level === 'error') ? [] : tagProblems(repository.value, images, context)),
  ];
  const isInOrder = findings.every(({ level }) => level !== 'error');
  return {
    subject: 'registry',
    passed: isInOrder ? describe(repository.value, { pull, push, images }, context) : undefined,
    findings,
  };
};

function failed(finding: Finding): CheckReport {
  return { subject: 'registry', passed: undefined, findings: [finding] };
}

interface RegistryAnswers {
  /** Undefined: a push was not asked about. */
  readonly push: Answer<true> | undefined;
  readonly pull: Answer<true>;
  readonly images: Answer<TaggedImages>;
}

function describe(
  repository: EcrRepository,
  { push, pull, images }: RegistryAnswers,
  { config, commit }: CheckContext,
): string {
  const tag = config.image.tag ?? commit?.sha ?? '';
  const tags =
    repository.mutability === 'MUTABLE'
      ? 'tags mutable'
      : `tags ${repository.mutability.toLowerCase().replaceAll('_', ' ')}`;
  const { tagged } = images.ok ? images.value : { tagged: undefined };
  const there = tagged ? `is there already (${shortDigest(tagged.digest)})` : 'not there yet';
  const may = pull.ok && (push?.ok ?? true) ? 'may pull and push' : 'found';
  return `${repository.name}: ${may}; ${tags}; ${shortTag(tag)} ${there}`;
}

function loginRefused(error: unknown): Finding {
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
  return unreachable(problem.message);
}

function unreachable(message: string): Finding {
  return {
    code: 'DG302',
    level: 'error',
    title: `ECR can't be used: ${message}`,
    fix: 'Run the job again; if it stays so, check `aws-region`, the proxy, and the VPC endpoints ecr.api and ecr.dkr. See it yourself: `aws ecr get-authorization-token`.',
  };
}

async function repositoryProblem(error: unknown, context: CheckContext, accountId: string): Promise<Finding> {
  const { config, lookups } = context;
  const problem = readRefusal(error);
  const { repository, registry } = config.image;
  const where = `${registry?.accountId ?? accountId}/${config.region}`;
  if (problem.kind === 'not-found') {
    const names = await lookups.repositoryNames();
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
      fix: 'Allow `ecr:DescribeRepositories` on the repository in the IAM policy: docs/iam.md#deploy.',
    };
  }
  return unreachable(problem.message);
}

function otherRegistry(repository: EcrRepository, config: Config): Finding | undefined {
  const asked = config.image.registry?.host;
  const host = repository.uri.slice(0, repository.uri.indexOf('/'));
  if (asked === undefined || asked === host) return undefined;
  return {
    code: 'DG322',
    level: 'error',
    title: `\`ecr-repository\` names the registry ${asked}, but in ${config.region} these credentials find the repository at ${host}.`,
    fix: `Correct the account or region in \`ecr-repository\` or \`aws-region\`, or give the name alone: \`ecr-repository: ${repository.name}\`.`,
  };
}

function clearText(endpoint: URL, repository: EcrRepository): readonly Finding[] {
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

function denied(
  way: 'push' | 'pull',
  answer: Answer<true> | undefined,
  repository: EcrRepository,
): readonly Finding[] {
  if (answer === undefined || answer.ok) return [];
  const problem = readRefusal(answer.error);
  const actions =
    way === 'push'
      ? 'ecr:BatchCheckLayerAvailability, ecr:InitiateLayerUpload, ecr:UploadLayerPart, ecr:CompleteLayerUpload and ecr:PutImage'
      : 'ecr:BatchGetImage and ecr:GetDownloadUrlForLayer';
  if (problem.kind !== 'access-denied') {
    return [
      {
        code: 'DG333',
        level: 'note',
        title: `Whether a ${way} is allowed could not be found out: ${problem.message}`,
        fix: 'Nothing to do unless the step fails later.',
      },
    ];
  }
  return [
    {
      code: way === 'push' ? 'DG331' : 'DG332',
      level: 'error',
      title: `The credentials may not ${way === 'push' ? 'push to' : 'pull from'} ${repository.name}: ${problem.action ?? actions.split(',')[0]} is denied.`,
      detail: `AWS said: ${problem.message}`,
      fix: `Allow ${actions} on the repository in the IAM policy: docs/iam.md#deploy.`,
    },
  ];
}

function tagProblems(
  repository: EcrRepository,
  images: Answer<TaggedImages>,
  context: CheckContext,
): readonly Finding[] {
  const { config, commit } = context;
  if (!images.ok) return [unreachable(images.error instanceof Error ? images.error.message : 'no answer')];
  const { latestTag } = config.image;
  const tag = config.image.tag ?? commit?.sha;
  const { latest, tagged } = images.value;
  const stuck: Finding[] = [];
  if (latestTag && latest && !mayMove(latestTag, repository)) {
    stuck.push({
      code: 'DG341',
      level: 'error',
      title: `Tag ${latestTag} of ${repository.name} can't be moved: the repository's tags are immutable.`,
      fix: `Exclude it: \`aws ecr put-image-tag-mutability --repository-name ${repository.name} --image-tag-mutability IMMUTABLE_WITH_EXCLUSION --image-tag-mutability-exclusion-filters filterType=WILDCARD,filter=${latestTag}\`.`,
    });
  }
  const canReuse = isReusable(config, images.value);
  if (tag && tagged && !canReuse && !mayMove(tag, repository)) {
    stuck.push({
      code: 'DG342',
      level: 'error',
      title: `Tag ${shortTag(tag)} of ${repository.name} is taken by an image that ${config.image.reuse ? `was built with other inputs (its label ${INPUTS_LABEL} is not ${buildInputsHash(config.build).slice(7, 19)}…)` : '`reuse-image: false` does not use again'}, and the repository's tags are immutable.`,
      fix: 'Give this build another tag with `image-tag:`, or build it with the same context, file, target, build-args and platforms.',
    });
  }
  return stuck;
}
