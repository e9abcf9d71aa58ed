import type { CheckedOutCommit } from '../../github/checked-out-commit.ts';
import type { Config } from '../inputs/config.ts';

/** The tag that names the image: `image-tag`, else the commit's; in `rollback` only the one that is named. */
export function imageTagOf(config: Config, commit: CheckedOutCommit | undefined): string | undefined {
  return config.image.tag ?? (config.mode === 'rollback' ? undefined : commit?.sha);
}
