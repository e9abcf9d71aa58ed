import { nameInArn } from '../../../aws/arn.ts';
import { type AwsProblem, readRefusal } from '../../../aws/refusal.ts';
import { Failure, type Finding } from '../../../finding.ts';
import { shortDigest, shortTag } from '../../report/words.ts';
import { type Check, skipped } from '../check.ts';
import { isAllowedAccount, OTHER_ACCOUNT } from './identity.ts';

const NEEDS = 'needs the repository and the services';

/** `mode: rollback`: that the image to go back to is clear, and in the repository. Nothing to say in other modes. */
export const checkRollbackImage: Check = async ({ config, lookups }) => {
  const quiet = { subject: 'rollback', passed: undefined, findings: [] };
  if (config.mode !== 'rollback') return quiet;
  if (config.awsObstacle) return skipped('rollback', config.awsObstacle);
  if (config.image.repository === '' || config.ecs.services.length === 0) {
    return skipped('rollback', 'repository or service is not set');
  }
  const [identity, repository, login, pull, services] = await Promise.all([
    lookups.identity(),
    lookups.ecr.repository(),
    lookups.ecr.login(),
    lookups.ecr.transfer('pull'),
    lookups.ecs.services(),
  ]);
  if (identity.ok && !isAllowedAccount(identity.value, config)) return skipped('rollback', OTHER_ACCOUNT);
  const mayRead = login.ok && pull.ok && pull.value.denied.length === 0;
  if (!identity.ok || !repository.ok || !mayRead || !services.ok) return skipped('rollback', NEEDS);
  const { tag } = config.image;
  const pinned = await lookups.rollback.pinnedByInput(repository.value);
  const isNamed = tag !== undefined || pinned !== undefined;
  // What services ran before says nothing where there are none: that is their own check's to tell.
  if (!isNamed && !services.value.services.some(({ status }) => status === 'ACTIVE'))
    return skipped('rollback', NEEDS);
  const image = await lookups.rollback.image();
  if (image.ok) {
    const why = tag
      ? `${shortTag(shortDigest(tag))}, as \`image-tag\` names it`
      : pinned
        ? `the image that ${nameInArn(config.ecs.taskDefinition ?? '')} runs, as \`task-definition\` names it`
        : 'the image before the last one';
    return { ...quiet, passed: `to ${why}: ${shortDigest(image.value.digest)}` };
  }
  if (image.error instanceof Failure) return { ...quiet, findings: image.error.findings };
  return { ...quiet, findings: [notLookedUp(readRefusal(image.error))] };
};

function notLookedUp({ kind, action, message }: AwsProblem): Finding {
  const isDenied = kind === 'access-denied';
  return {
    code: 'DG367',
    level: 'error',
    title: `The image to go back to could not be looked up: ${isDenied && action ? `${action} is denied.` : message}`,
    ...(isDenied ? { detail: `AWS said: ${message}` } : {}),
    fix: isDenied
      ? `Allow ${action ?? 'it'} in the IAM policy: docs/iam.md#rollback.`
      : 'Run the job again, or name the image with `image-tag:`.',
  };
}
