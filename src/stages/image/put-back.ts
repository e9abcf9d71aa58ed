import type { RegistryRepository } from '../../registry/registry.ts';
import { type MovedTag, moveTag } from './moving-tags.ts';

/** Why a tag stays where it is: it is new, others have moved it, or it could not be moved. */
export interface NotPutBack {
  readonly kind: 'new' | 'others' | 'failed';
  readonly why: string;
}

/**
 * Points a tag that this run moved back to what it pointed at before, if it still is this run's. Gives why not,
 * where it could not be; undefined where it was.
 */
export async function putTagBack(
  moved: MovedTag,
  registry: RegistryRepository,
): Promise<NotPutBack | undefined> {
  if (moved.from === undefined) return { kind: 'new', why: 'it pointed at nothing before' };
  try {
    const [now, before] = await Promise.all([registry.manifest(moved.tag), registry.manifest(moved.from)]);
    if (now?.digest === moved.from) return undefined;
    if (now?.digest !== moved.to) return { kind: 'others', why: 'somebody else has moved it since' };
    if (before === undefined) return { kind: 'failed', why: 'the image that it pointed at is gone' };
    await moveTag(moved.tag, before, registry);
    return undefined;
  } catch (error) {
    return { kind: 'failed', why: error instanceof Error ? error.message : 'unknown' };
  }
}
