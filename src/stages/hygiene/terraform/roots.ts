import type { Folder } from './folder.ts';

/** Whether Terraform is run in a folder, as far as it shows: it sets up a provider or a backend, or has values or a lock. */
export function isRoot({ blocks, calls, given, locked }: Folder): boolean {
  if (calls.length > 0) return false;
  return (
    locked ||
    given.size > 0 ||
    blocks.some(
      ({ block }) =>
        block.type === 'provider' ||
        (block.type === 'terraform' &&
          block.blocks.some(({ type }) => type === 'backend' || type === 'cloud')),
    )
  );
}
