import type { PastDeployment } from '../../aws/service-history.ts';

/** The image of a service before the one it was last given, or why that can't be told. */
export type EarlierImage =
  | { readonly digest: string }
  | { readonly none: 'no-earlier-image' | 'last-was-a-rollback' | 'digests-unknown' };

/**
 * The image that the newest successful earlier deployment ran, if it is another than that of the last deployment.
 * Where the last deployment was itself a rollback (ECS's, or one to an image that had run before), "the one
 * before" would be the image that was rolled back from: then it has to be named. `history` is newest first;
 * `containers` are those that run the image.
 */
export function earlierImage(
  history: readonly PastDeployment[],
  containers: readonly string[],
): EarlierImage {
  const runs = history.map(({ status, images }) => ({ status, digest: digestIn(images, containers) }));
  const [last, ...before] = runs;
  if (last === undefined) return { none: 'no-earlier-image' };
  if (last.status.startsWith('ROLLBACK_')) return { none: 'last-was-a-rollback' };
  if (last.digest === undefined) return { none: 'digests-unknown' };
  const at = before.findIndex(({ status, digest }) => status === 'SUCCESSFUL' && digest !== last.digest);
  const earlier = before[at];
  if (earlier === undefined) return { none: 'no-earlier-image' };
  if (earlier.digest === undefined) return { none: 'digests-unknown' };
  const ranBefore = before.slice(at + 1).some(({ digest }) => digest === last.digest);
  return ranBefore ? { none: 'last-was-a-rollback' } : { digest: earlier.digest };
}

function digestIn(images: PastDeployment['images'], containers: readonly string[]): string | undefined {
  return images.find(({ container, digest }) => containers.includes(container) && digest !== undefined)
    ?.digest;
}
