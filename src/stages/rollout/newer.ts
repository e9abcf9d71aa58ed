import { digestOfRevision, shortDigest } from './digests.ts';
import { valueIn } from './observation.ts';
import type { EcsObserver } from './ports.ts';
import type { RolloutPlan } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';

/** Tags of an image by its digest, as the registry has them. */
export type TagsOf = (digest: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * What a newer deployment deploys: its image's commit tag where there is one, else another tag, else the short
 * digest; undefined where the role may not read that much. Best effort: an answer that is lost costs the name
 * alone.
 */
export async function imageOfNewer(
  plan: RolloutPlan,
  state: RolloutState,
  ecs: EcsObserver,
  tagsOf: TagsOf | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const arn = state.service?.currentServiceDeploymentArn;
  if (arn === undefined || arn === state.serviceDeployment?.arn) return undefined;
  try {
    const deployment = valueIn(await ecs.serviceDeployments([arn], signal))?.get(arn);
    const revisionArn = deployment?.target?.arn;
    if (revisionArn === undefined) return undefined;
    const revision = valueIn(await ecs.revisions([revisionArn], signal))?.get(revisionArn);
    const digest =
      revision && digestOfRevision(revision, plan.deployment.containerNames, plan.expected).digest;
    return digest && (await nameOfImage(digest, tagsOf, signal));
  } catch {
    return undefined;
  }
}

/** An image's name for people: the tag that is a commit, else any tag but a moving one, else the short digest. */
export async function nameOfImage(
  digest: string,
  tagsOf: TagsOf | undefined,
  signal: AbortSignal,
): Promise<string> {
  const tags = tagsOf === undefined ? [] : await tagsOf(digest, signal).catch(() => []);
  const commit = tags.find((tag) => /^[0-9a-f]{40}$/.test(tag));
  return commit ?? tags.find((tag) => tag !== 'latest') ?? shortDigest(digest);
}
