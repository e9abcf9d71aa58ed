/** ECR's setting for whether a tag that exists may point elsewhere. */
export type TagMutability = 'MUTABLE' | 'IMMUTABLE' | 'IMMUTABLE_WITH_EXCLUSION' | 'MUTABLE_WITH_EXCLUSION';

/**
 * Whether ECR refuses to put this tag again. The filters are the exception to the setting: tags that
 * match may move under IMMUTABLE_WITH_EXCLUSION and may not under MUTABLE_WITH_EXCLUSION.
 *
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 */
export function tagIsImmutable(
  repository: { readonly mutability: TagMutability; readonly exclusionFilters: readonly string[] },
  tag: string,
): boolean {
  const excluded = () => repository.exclusionFilters.some((filter) => wildcardMatches(filter, tag));
  switch (repository.mutability) {
    case 'MUTABLE':
      return false;
    case 'IMMUTABLE':
      return true;
    case 'IMMUTABLE_WITH_EXCLUSION':
      return !excluded();
    case 'MUTABLE_WITH_EXCLUSION':
      return excluded();
  }
}

/** `*` stands for any number of characters, also none; everything else for itself. */
function wildcardMatches(filter: string, tag: string): boolean {
  const pattern = filter.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`, 's').test(tag);
}
