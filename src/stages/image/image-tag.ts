import type { CheckedOutCommit } from '../../github/checked-out-commit.ts';
import { isDigest } from '../../registry/manifest.ts';
import type { Config } from '../inputs/config.ts';

/**
 * The tag that names the image: `image-tag`, else the commit's; in `rollback` only the one that is named, and none
 * where that is a digest.
 */
export function imageTagOf(config: Config, commit: CheckedOutCommit | undefined): string | undefined {
  if (isDigest(config.image.tag)) return undefined;
  return config.image.tag ?? (config.mode === 'rollback' ? undefined : commit?.sha);
}
