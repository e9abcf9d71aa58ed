import type { EcrRepository } from '../../../aws/ecr.ts';
import { TRANSFER_ACTIONS, type TransferProbe, type TransferWay } from '../../../aws/transfer.ts';
import type { Finding } from '../../../finding.ts';
import { imageTagOf } from '../../image/image-tag.ts';
import { listed, shortDigest, shortTag } from '../../report/words.ts';
import { type Answer, unwrap } from '../answer.ts';
import { type Check, type CheckContext, type CheckReport, skipped } from '../check.ts';
import { policyFor } from '../iam-policy.ts';
import { keptImages } from '../kept-images.ts';
import type { TaggedImages } from '../lookups/ecr-lookups.ts';
import {
  clearText,
  loginRefused,
  otherRegion,
  otherRegistry,
  repositoryProblem,
  unreachable,
} from '../repository-place.ts';
import { tagProblems } from '../tags.ts';
import { isAllowedAccount, OTHER_ACCOUNT } from './identity.ts';

/** The repository: that it exists where it is looked for, may be pushed to and pulled from, and takes the tags. */
export const checkRegistry: Check = async (context) => {
  const { config, lookups } = context;
  if (config.awsObstacle) return skipped('registry', config.awsObstacle);
  if (config.invalidInputs.has('ecr-repository')) return skipped('registry', '`ecr-repository` is not valid');
  if (config.image.repository === '') return skipped('registry', '`ecr-repository` is not set');
  const elsewhere = otherRegion(config);
  if (elsewhere) return failed(elsewhere);
  // The account of an unwanted identity is not even probed.
  if (config.allowedAccountIds.length > 0) {
    const identity = await lookups.identity();
    if (identity.ok && !isAllowedAccount(identity.value, config)) return skipped('registry', OTHER_ACCOUNT);
  }
  return await checkRepository(context);
};

async function checkRepository(context: CheckContext): Promise<CheckReport> {
  const { config, lookups } = context;
  const way = config.mode === 'rollback' ? 'tag' : 'push';
  const [identity, repository, login, push, pull, images, policy] = await Promise.all([
    lookups.identity(),
    lookups.ecr.repository(),
    lookups.ecr.login(),
    lookups.ecr.transfer(way),
    lookups.ecr.transfer('pull'),
    lookups.ecr.taggedImages(),
    lookups.ecr.lifecyclePolicy(),
  ]);
  if (!identity.ok) return skipped('registry', 'needs AWS credentials');
  const noPull = transferFindings('pull', unwrap(pull), context);
  const noTransfer = [...transferFindings(way, unwrap(push), context), ...noPull];
  if (!login.ok || !repository.ok) {
    const problem = repository.ok
      ? undefined
      : await repositoryProblem(repository.error, context, identity.value.accountId);
    return failed(
      ...(login.ok ? [] : [loginRefused(login.error)]),
      ...(problem ? [problem] : []),
      // Denied as well, and to be mended in the same policy; in another place they say nothing.
      ...(problem === undefined || problem.code === 'DG323' ? noTransfer.filter(isError) : []),
    );
  }
  const elsewhere = otherRegistry(repository.value, config);
  if (elsewhere) return failed(elsewhere);
  const [clear] = clearText(login.value.endpoint, repository.value);
  if (clear) return failed(clear);
  const findings = [
    ...noTransfer,
    // Without permission to pull, the tags can't be read either: that is one problem, not two.
    ...(noPull.some(isError) ? [] : tagFindings(repository.value, images, context)),
    ...(await keptImages(repository.value, policy, images, context)),
  ];
  const isInOrder = findings.every(({ level }) => level !== 'error');
  return {
    subject: 'registry',
    passed: isInOrder ? describe(repository.value, unwrap(push), images, context) : undefined,
    findings,
  };
}

/** An outage stands in the way of each question alike, and is told once. */
function failed(...all: readonly Finding[]): CheckReport {
  const findings = all.filter(({ title }, index) => all.findIndex((each) => each.title === title) === index);
  return { subject: 'registry', passed: undefined, findings };
}

function isError({ level }: Finding): boolean {
  return level === 'error';
}

function tagFindings(
  repository: EcrRepository,
  images: Answer<TaggedImages>,
  context: CheckContext,
): readonly Finding[] {
  if (images.ok) return tagProblems(repository, images.value, context);
  return [unreachable(images.error instanceof Error ? images.error.message : 'no answer')];
}

function describe(
  repository: EcrRepository,
  push: TransferProbe,
  images: Answer<TaggedImages>,
  { config, commit }: CheckContext,
): string {
  const tag = imageTagOf(config, commit) ?? '';
  const tags =
    repository.mutability === 'MUTABLE'
      ? 'tags mutable'
      : `tags ${repository.mutability.toLowerCase().replaceAll('_', ' ')}`;
  const { tagged } = images.ok ? images.value : { tagged: undefined };
  // A roll back makes no image: there is nothing to come yet.
  const [already, yet] = config.mode === 'rollback' ? ['', ''] : [' already', ' yet'];
  const there = tagged ? `is there${already} (${shortDigest(tagged.digest)})` : `not there${yet}`;
  const may = push.denied.length > 0 ? 'may pull' : 'may pull and push';
  return [`${repository.name}: ${may}`, tags, ...(tag ? [`${shortTag(tag)} ${there}`] : [])].join('; ');
}

const DOING = { push: 'push to', pull: 'pull from', tag: 'move a tag of' } as const;

/** What the probes of a push, a pull or the moving of a tag came to: one finding for all that is denied. */
function transferFindings(
  way: TransferWay,
  { denied, unclear }: TransferProbe,
  { config }: CheckContext,
): readonly Finding[] {
  const name = config.image.repository;
  const [first] = denied;
  if (first) {
    const actions = listed(denied.map(({ action }) => action));
    const are = denied.length > 1 ? 'are' : 'is';
    // Whoever only checks has no need to finish a push, and is better off without the right to.
    if (config.mode === 'check' && !denied.some(({ action }) => BEGINS.has(action)))
      return [mayNotFinish(name, actions, are)];
    return [
      {
        code: way === 'pull' ? 'DG332' : 'DG331',
        level: 'error',
        title: `The credentials may not ${DOING[way]} ${name}: ${actions} ${are} denied.`,
        detail: `AWS said: ${first.message}`,
        fix: `Allow ${actions} on the repository. The IAM policy with all that is needed: ${policyFor(config)}.`,
      },
    ];
  }
  const [open] = unclear;
  if (!open) return [];
  return [
    {
      code: 'DG333',
      level: 'note',
      title: `Whether the credentials may ${DOING[way]} ${name} could not be found out: ${open.action} was answered with: ${open.message}`,
      fix: 'Nothing to do unless the step fails later.',
    },
  ];
}

/** What a role that only checks has to be allowed. */
const BEGINS: ReadonlySet<string> = new Set([...TRANSFER_ACTIONS.pull, 'ecr:InitiateLayerUpload']);

function mayNotFinish(repository: string, actions: string, are: string): Finding {
  return {
    code: 'DG334',
    level: 'note',
    title: `These credentials may check, and not push to ${repository}: ${actions} ${are} denied.`,
    fix: 'Nothing, if the deploy runs with another role. If it runs with this one, allow the actions: docs/iam.md#deploy.',
  };
}
