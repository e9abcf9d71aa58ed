import type { PastDeployment } from '../../aws/service-history.ts';
import { Failure, type Finding } from '../../finding.ts';
import type { Manifest } from '../../registry/manifest.ts';
import { isDigest } from '../../registry/manifest.ts';
import { listed, shortDigest, shortTag } from '../report/words.ts';
import { type EarlierImage, earlierImage } from './earlier-image.ts';

/** An image of the repository, as a list of choices shows it. */
export interface ListedImage {
  readonly tags: readonly string[];
  readonly digest: string;
  readonly pushedAt: Date | undefined;
}

/** A service, and what it ran. */
export interface ServiceRuns {
  readonly service: string;
  /** Containers that run the image. */
  readonly containers: readonly string[];
  /** Newest first; undefined where it may not be read. */
  readonly history: readonly PastDeployment[] | undefined;
}

/** What the choice is made from. */
export interface RollbackQuestion {
  /** `image-tag`: a tag, or a digest. */
  readonly named: string | undefined;
  /** The digest in the revision that `task-definition` names, where it has one. */
  readonly pinned?: string | undefined;
  readonly repository: string;
  readonly services: readonly ServiceRuns[];
  readonly manifest: (reference: string) => Promise<Manifest | undefined>;
  /** The newest images, newest first; asked only for a message. */
  readonly newest: () => Promise<readonly ListedImage[]>;
}

/** The image to go back to: the one that is named, else the one before the last. Throws Failure where there is none. */
export async function chooseRollbackImage(question: RollbackQuestion): Promise<Manifest> {
  const { named } = question;
  const reference = named ?? (await earlierDigest(question));
  const manifest = await question.manifest(reference);
  if (manifest && question.pinned !== undefined && manifest.digest !== question.pinned) {
    throw new Failure(contradiction(reference, manifest.digest, question.pinned));
  }
  if (manifest) return manifest;
  const what = isDigest(reference) ? shortDigest(reference) : reference;
  throw new Failure(
    await withChoices(
      question,
      'DG361',
      `Repository ${question.repository} has no image ${what} to go back to`,
    ),
  );
}

function contradiction(reference: string, digest: string, pinned: string): Finding {
  return {
    code: 'DG368',
    level: 'error',
    title: `\`image-tag\` names ${shortDigest(digest)}${isDigest(reference) ? '' : ` (${shortTag(reference)})`}, but the revision in \`task-definition\` runs ${shortDigest(pinned)}.`,
    fix: 'Leave out the one that is not meant: a revision with a digest in it says by itself which image it runs.',
  };
}

async function earlierDigest(question: RollbackQuestion): Promise<string> {
  const unread = question.services.filter(({ history }) => history === undefined);
  if (unread.length > 0) {
    const names = listed(unread.map(({ service }) => service));
    throw new Failure(
      await withChoices(
        question,
        'DG362',
        `What ${names} ran before can't be read (ecs:ListServiceDeployments or ecs:DescribeServiceRevisions is denied), and \`image-tag\` is not set`,
      ),
    );
  }
  const found = question.services.map(({ service, containers, history }) => ({
    service,
    earlier: earlierImage(history ?? [], containers),
  }));
  const unclear = found.find(({ earlier }) => 'none' in earlier);
  if (unclear && 'none' in unclear.earlier)
    throw new Failure(await notToBeTold(question, unclear.service, unclear.earlier));
  const digests = new Set(found.flatMap(({ earlier }) => ('digest' in earlier ? [earlier.digest] : [])));
  const [digest] = digests;
  if (digest === undefined || digests.size > 1) {
    const each = found.map(
      ({ service, earlier }) => `${service} ${'digest' in earlier ? shortDigest(earlier.digest) : ''}`,
    );
    throw new Failure(
      await withChoices(question, 'DG363', `The services ran different images before: ${listed(each)}`),
    );
  }
  return digest;
}

async function notToBeTold(
  question: RollbackQuestion,
  service: string,
  earlier: EarlierImage & { none: string },
): Promise<Finding> {
  switch (earlier.none) {
    case 'last-was-a-rollback':
      return await withChoices(
        question,
        'DG364',
        `The last deployment of ${service} was itself a rollback, so that the image before it is the one that was rolled back from`,
      );
    case 'no-earlier-image':
      return await withChoices(
        question,
        'DG365',
        `${service} ran no other image in the 90 days that ECS remembers`,
      );
    default:
      return await withChoices(question, 'DG366', `ECS does not say which image ${service} ran before`);
  }
}

async function withChoices(
  question: RollbackQuestion,
  code: Finding['code'],
  title: string,
): Promise<Finding> {
  const newest = await question.newest().catch(() => []);
  const lines = newest.map(({ tags, digest, pushedAt }) => {
    const day = pushedAt ? pushedAt.toISOString().slice(0, 16).replace('T', ' ') : 'unknown';
    return `${day}  ${shortDigest(digest)}  ${tags.map(shortTag).join(', ') || '(no tag)'}`;
  });
  return {
    code,
    level: 'error',
    title: `${title}.`,
    ...(lines.length > 0
      ? { detail: `The newest images of ${question.repository}:\n${lines.join('\n')}` }
      : {}),
    fix: 'Name the image to go back to: `image-tag:` with the commit (40 characters) or another tag of it.',
  };
}
