/**
 * The repository of a `cache-from` or `cache-to` entry as podman and buildah take it: `type=registry,ref=REPOSITORY`
 * or the repository alone, in either case without a tag (they keep each step under a tag of its own). Undefined
 * for any other entry.
 */
export function cacheRepository(entry: string): string | undefined {
  const fields = new Map(
    entry.split(',').map((field): readonly [string, string] => {
      const at = field.indexOf('=');
      return at < 0 ? ['ref', field.trim()] : [field.slice(0, at).trim(), field.slice(at + 1).trim()];
    }),
  );
  const reference = fields.get('ref') ?? '';
  const isRegistry = (fields.get('type') ?? 'registry') === 'registry';
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  const isBare = reference !== '' && !name.includes(':') && !reference.includes('@');
  return isRegistry && isBare ? reference : undefined;
}
