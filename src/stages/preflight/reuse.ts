import { buildInputsHash, INPUTS_LABEL } from '../../docker/build-command.ts';
import type { Config } from '../inputs/config.ts';
import type { TaggedImages } from './lookups.ts';

/** Whether the image under this commit's tag can stand for the one that would be built. */
export function isReusable(config: Config, images: TaggedImages): boolean {
  if (!config.image.reuse || images.tagged === undefined) return false;
  return images.taggedConfig?.labels[INPUTS_LABEL] === buildInputsHash(config.build);
}
