import type { RevisionSnapshot, TaskSnapshot } from './observation.ts';
import type { ExpectedImage } from './rollout.ts';

/** How what runs stands to what was deployed. `unknown`: AWS doesn't report it, which proves neither. */
export type DigestStanding = 'expected' | 'foreign' | 'unknown';

/** An index and the manifests in it are the same image; anything else is another one. */
export function standingOfDigest(digest: string | undefined, expected: ExpectedImage): DigestStanding {
  if (digest === undefined || digest === '') return 'unknown';
  return digest === expected.digest || expected.childDigests.includes(digest) ? 'expected' : 'foreign';
}

/** What a task was found to run in the containers that are ours. */
export interface TaskDigest {
  readonly standing: DigestStanding;
  /** The digest that decided it: the foreign one, else one of ours. */
  readonly digest?: string;
}

/**
 * What a task runs: foreign as soon as one container of ours is, expected only where all of them are.
 * Containers are ours by name, and where no name is known by the repository of their image.
 */
export function digestOfTask(
  task: TaskSnapshot,
  containerNames: readonly string[],
  expected: ExpectedImage,
): TaskDigest {
  const ours = task.containers.filter((container) =>
    containerNames.length > 0
      ? containerNames.includes(container.name)
      : isOfRepository(container.image, expected.repositoryUri),
  );
  const missing = containerNames.some((name) => !ours.some((container) => container.name === name));
  const digests = ours.map(({ digest }) => ({ digest, standing: standingOfDigest(digest, expected) }));
  const foreign = digests.find(({ standing }) => standing === 'foreign');
  if (foreign?.digest !== undefined) return { standing: 'foreign', digest: foreign.digest };
  const unknown = ours.length === 0 || missing || digests.some(({ standing }) => standing === 'unknown');
  if (unknown) return { standing: 'unknown' };
  const digest = digests[0]?.digest;
  return digest === undefined ? { standing: 'expected' } : { standing: 'expected', digest };
}

/** The same for the revision that ECS resolved the image tags to. */
export function digestOfRevision(
  revision: RevisionSnapshot,
  containerNames: readonly string[],
  expected: ExpectedImage,
): TaskDigest {
  const containers = revision.images.map(({ container, image, digest }) => ({
    name: container,
    ...(image === undefined ? {} : { image }),
    ...(digest === undefined ? {} : { digest }),
  }));
  return digestOfTask({ arn: revision.arn, lastStatus: '', containers }, containerNames, expected);
}

function isOfRepository(image: string | undefined, repositoryUri: string): boolean {
  return (
    image !== undefined && (image.startsWith(`${repositoryUri}:`) || image.startsWith(`${repositoryUri}@`))
  );
}
