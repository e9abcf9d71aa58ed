import type { RegistryRepository } from '../../registry/registry.ts';
import { type MovedTag, moveTag } from './moving-tags.ts';

/**
 * Points a tag that this run moved back to what it pointed at before, if it still is this run's. Gives why not,
 * where it could not be; undefined where it was.
 */
export async function putTagBack(moved: MovedTag, registry: RegistryRepository): Promise<string | undefined> {
  if (moved.from === undefined) return 'it pointed at nothing before';
  try {
    const [now, before] = await Promise.all([registry.manifest(moved.tag), registry.manifest(moved.from)]);
    if (now?.digest === moved.from) return undefined;
    if (now?.digest !== moved.to) return 'somebody else has moved it since';
    if (before === undefined) return 'the image that it pointed at is gone';
    await moveTag(moved.tag, before, registry);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  }
}
