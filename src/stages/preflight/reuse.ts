import { buildInputsHash, INPUTS_LABEL, REVISION_LABEL } from '../../docker/build-command.ts';
import type { Config } from '../inputs/config.ts';
import type { TaggedImages } from './lookups/ecr-lookups.ts';

/**
 * Whether the image under the run's tag can stand for the one that would be built: built the same way, and of
 * this commit. A tag that is not the commit's own (`image-tag: production`) says nothing of the commit: there the
 * image's own label has to.
 */
export function isReusable(config: Config, images: TaggedImages): boolean {
  const { tagged, taggedConfig, commit } = images;
  if (!config.image.reuse || tagged === undefined) return false;
  if (taggedConfig?.labels[INPUTS_LABEL] !== buildInputsHash(config.build)) return false;
  const { tag } = config.image;
  return (
    tag === undefined ||
    tag === commit ||
    (commit !== undefined && taggedConfig.labels[REVISION_LABEL] === commit)
  );
}
