import type { EcrRepository } from '../../aws/ecr.ts';
import { fitsWildcard } from './wildcard.ts';

/**
 * Whether a tag that exists may point elsewhere. The exclusion filters are wildcards, in which `*` stands for any
 * characters (Amazon ECR user guide, "Preventing image tags from being overwritten").
 */
export function mayMove(
  tag: string,
  repository: Pick<EcrRepository, 'mutability' | 'mutabilityExclusions'>,
): boolean {
  const isExcluded = repository.mutabilityExclusions.some((filter) => fitsWildcard(tag, filter));
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
