import type { RawJson } from '../../aws/raw-json.ts';

/** A task definition whose containers were given an image. */
export interface PinnedDefinition {
  readonly definition: RawJson;
  /** Names of the containers whose image is another one now. */
  readonly changed: readonly string[];
  /** The image that the first of them had before. */
  readonly previous: string | undefined;
}

/**
 * The task definition with `image` in the named containers, and not another field touched. A container that has
 * the image already counts as not changed.
 */
export function pinImage(
  definition: RawJson,
  containers: readonly string[],
  image: string,
): PinnedDefinition {
  const all = definition['containerDefinitions'];
  const listed: readonly unknown[] = Array.isArray(all) ? all : [];
  const named = listed.filter((container) => containers.includes(textAt(container, 'name') ?? ''));
  const changed = named.filter((container) => textAt(container, 'image') !== image);
  return {
    definition: {
      ...definition,
      containerDefinitions: listed.map((container) =>
        changed.includes(container) ? { ...(container as object), image } : container,
      ),
    },
    changed: changed.flatMap((container) => textAt(container, 'name') ?? []),
    previous: changed.map((container) => textAt(container, 'image'))[0],
  };
}

/** The image of the first of the named containers; undefined where it has none. */
export function imageIn(definition: RawJson, containers: readonly string[]): string | undefined {
  const all = definition['containerDefinitions'];
  const listed: readonly unknown[] = Array.isArray(all) ? all : [];
  const first = listed.find((container) => containers.includes(textAt(container, 'name') ?? ''));
  return textAt(first, 'image');
}

function textAt(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = (value as Readonly<Record<string, unknown>>)[key];
  return typeof found === 'string' ? found : undefined;
}
