import { shortDigest, shortSha, shortTag } from '../report/words.ts';
import { digestOfRevision } from './digests.ts';
import { valueIn } from './observation.ts';
import type { EcsObserver } from './ports.ts';
import type { RolloutPlan } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';

/** Tags of an image by its digest, as the registry has them. */
export type TagsOf = (digest: string, signal: AbortSignal) => Promise<readonly string[]>;

/** What a newer deployment deploys, for people. */
export interface NewerImage {
  readonly name: string;
  /** It is the image that we deployed. */
  readonly isOurs: boolean;
}

/**
 * What a newer deployment deploys: its image by `nameOfImage`; undefined where the role may not read that much. Best effort: an answer that is lost costs the name
 * alone.
 */
export async function imageOfNewer(
  plan: RolloutPlan,
  state: RolloutState,
  ecs: EcsObserver,
  tagsOf: TagsOf | undefined,
  signal: AbortSignal,
): Promise<NewerImage | undefined> {
  const arn = state.service?.currentServiceDeploymentArn;
  if (arn === undefined || arn === state.serviceDeployment?.arn) return undefined;
  try {
    const deployment = valueIn(await ecs.serviceDeployments([arn], signal))?.get(arn);
    const revisionArn = deployment?.target?.arn;
    if (revisionArn === undefined) return undefined;
    const revision = valueIn(await ecs.revisions([revisionArn], signal))?.get(revisionArn);
    if (revision === undefined) return undefined;
    const { digest, standing } = digestOfRevision(revision, plan.deployment.containerNames, plan.expected);
    if (digest === undefined) return undefined;
    return { name: await nameOfImage(digest, tagsOf, signal), isOurs: standing === 'expected' };
  } catch {
    return undefined;
  }
}

/** A tag that is a commit's, whole or cut, alone or behind a prefix (`sha-4f9c2e1`). */
const COMMIT_TAG = /^(?:[A-Za-z]+[-_.])?(?=[0-9a-f]*[0-9])[0-9a-f]{7,40}$/;

/** An image's name for people: its commit's tag, shortened, else any tag but `latest`, else the short digest. */
export async function nameOfImage(
  digest: string,
  tagsOf: TagsOf | undefined,
  signal: AbortSignal,
): Promise<string> {
  const tags = tagsOf === undefined ? [] : await tagsOf(digest, signal).catch(() => []);
  const whole = tags.find((tag) => shortTag(tag) !== tag);
  const tag = whole ?? tags.find((some) => COMMIT_TAG.test(some)) ?? tags.find((some) => some !== 'latest');
  if (tag === undefined) return shortDigest(digest);
  return shortTag(tag).replace(/(?<=^[A-Za-z]+[-_.])[0-9a-f]{40}$/, shortSha);
}
