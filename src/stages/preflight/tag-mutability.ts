import type { EcrRepository } from '../../aws/ecr.ts';

/**
 * Whether a tag that exists may point elsewhere. The exclusion filters are wildcards, in which `*` stands for any
 * characters (Amazon ECR user guide, "Preventing image tags from being overwritten").
 */
export function mayMove(
  tag: string,
  repository: Pick<EcrRepository, 'mutability' | 'mutabilityExclusions'>,
): boolean {
  const isExcluded = repository.mutabilityExclusions.some((filter) => matches(tag, filter));
  switch (repository.mutability) {
    case 'IMMUTABLE':
      return false;
    case 'IMMUTABLE_WITH_EXCLUSION':
      return isExcluded;
    case 'MUTABLE_WITH_EXCLUSION':
      return !isExcluded;
    default:
      return true;
  }
}

function matches(tag: string, filter: string): boolean {
  const parts = filter.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(tag);
}
