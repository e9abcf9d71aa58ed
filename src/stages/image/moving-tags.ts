import { Failure, type Finding } from '../../finding.ts';
import type { Manifest } from '../../registry/manifest.ts';
import { RegistryProblem, type RegistryRepository } from '../../registry/registry.ts';
import { shortDigest } from '../report/words.ts';

/** A tag that was pointed at the image. */
export interface MovedTag {
  readonly tag: string;
  /** Digest that it pointed at before; undefined where it is new. */
  readonly from: string | undefined;
  readonly to: string;
}

/**
 * Points `tag` at an image of the repository and reads it back. Nothing is put where it points there already:
 * ECR refuses to put an immutable tag again, even with the same digest (containers-roadmap #2179). Throws Failure.
 */
export async function moveTag(tag: string, to: Manifest, registry: RegistryRepository): Promise<MovedTag> {
  try {
    const before = await registry.manifest(tag);
    if (before?.digest === to.digest) return { tag, from: before.digest, to: to.digest };
    await registry.tag(tag, to).catch(async (error: unknown) => {
      // A PUT whose answer was lost is sent again, and then refused where the tag may not move: what stands there counts.
      const now = error instanceof RegistryProblem ? await registry.manifest(tag) : undefined;
      if (now?.digest !== to.digest) throw error;
    });
    const after = await registry.manifest(tag);
    if (after?.digest !== to.digest) throw new Failure(movedBySomebody(tag, to, after), 'superseded');
    return { tag, from: before?.digest, to: to.digest };
  } catch (error) {
    if (error instanceof RegistryProblem) throw new Failure(notMoved(tag, error));
    throw error;
  }
}

function notMoved(tag: string, problem: RegistryProblem): Finding {
  const immutable = /immutable/i.test(problem.message);
  return {
    code: 'DG461',
    level: 'error',
    title: `Tag ${tag} could not be moved: ${problem.message}.`,
    fix: immutable
      ? `Let ${tag} move: exclude it from the repository's tag immutability, or set \`latest-tag: false\` if nothing runs it.`
      : 'Run the job again. No service was changed.',
  };
}

function movedBySomebody(tag: string, to: Manifest, after: Manifest | undefined): Finding {
  const now = after ? `points at ${shortDigest(after.digest)}` : 'is gone';
  return {
    code: 'DG462',
    level: 'error',
    title: `Tag ${tag} was pointed at ${shortDigest(to.digest)} and now ${now}: another run moved it at the same time.`,
    fix: 'Put a `concurrency:` group on the job, and run it again. No service was changed.',
  };
}
