import type { Finding } from '../../finding.ts';
import type { Manifest } from '../../registry/manifest.ts';
import type { RegistryRepository } from '../../registry/registry.ts';
import { moveTag } from '../image/moving-tags.ts';
import { type NotPutBack, putTagBack } from '../image/put-back.ts';
import type { Ports } from '../ports.ts';
import type { Recorder } from '../report/recorder.ts';
import { dotless, shortDigest } from '../report/words.ts';

/** The tags of a run that is undone. */
export interface UndoTags {
  /** Why a tag stays where it is, by the tag; one that is new has nothing to go back to, and isn't here. */
  readonly stayed: ReadonlyMap<string, NotPutBack>;
  /** Tags that were put on what a service ran, where they had pointed elsewhere; with the digest. */
  readonly placed: Map<string, string>;
  readonly registry: RegistryRepository;
  /** Digest that the run deployed. */
  readonly deployed: string;
}

/** Points the tags that this run moved back to what they pointed at, where they still are this run's. */
export async function putTagsBack(
  registry: RegistryRepository,
  deployed: string,
  recorder: Recorder,
  ports: Pick<Ports, 'runner'>,
): Promise<UndoTags> {
  const stayed = new Map<string, NotPutBack>();
  for (const moved of recorder.report.movedTags.filter(({ from, to }) => from !== to)) {
    const why = await putTagBack(moved, registry);
    if (why === undefined) {
      ports.runner.print(`✓ tag        ${moved.tag}: put back to ${shortDigest(moved.from ?? '')}`);
      recorder.update({ movedTags: recorder.report.movedTags.filter((each) => each !== moved) });
    } else if (why.kind !== 'new') {
      ports.runner.print(`! tag        ${moved.tag}: not put back: ${why.why}`);
      stayed.set(moved.tag, why);
    }
  }
  return { stayed, placed: new Map(), registry, deployed };
}

/** A tag that may point at the failed image still: that is a failure. One that others moved is theirs. */
export function tagsNotPutBack({ stayed }: UndoTags): readonly Finding[] {
  return [...stayed].flatMap(([tag, { kind, why }]) =>
    kind === 'others'
      ? []
      : [
          {
            code: 'DG651',
            level: 'error',
            title: `Tag ${tag} could NOT be put back: ${dotless(why)}.`,
            fix: `Point it at the previous image before the next forced deployment: the output \`previous-image\` names it. See where it points: \`aws ecr describe-images --repository-name REPOSITORY --image-ids imageTag=${tag}\`.`,
          },
        ],
  );
}

/**
 * Points a moving tag at what a service ran, which need not be what the tag pointed at. Gives why not, where others
 * have moved it or the registry refuses.
 */
export async function pointAt(
  tag: string,
  to: Manifest,
  mayPointAt: ReadonlySet<string | undefined>,
  registry: RegistryRepository,
): Promise<string | undefined> {
  try {
    const now = await registry.manifest(tag);
    if (!mayPointAt.has(now?.digest)) return `somebody else has moved tag ${tag} since`;
    await moveTag(tag, to, registry);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  }
}
