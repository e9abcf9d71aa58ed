import type { Finding } from '../../finding.ts';

/** A tag as registries take it (OCI distribution spec, "Pulling manifests"). */
export const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

const TAG_OR_DIGEST = /^(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|sha256:[0-9a-f]{64})$/;

/** Whether `image-tag` has a shape that some mode takes. */
export function isImageTag(text: string): boolean {
  return TAG_OR_DIGEST.test(text);
}

/** A digest names an image to return to; an image that is to be pushed has none yet. */
export function digestAsTag(mode: string, imageTag: string | undefined): readonly Finding[] {
  if (mode === 'rollback' || !imageTag?.startsWith('sha256:')) return [];
  return [
    {
      code: 'DG101',
      level: 'error',
      title: `Input \`image-tag\` is a digest, which only \`mode: rollback\` takes: an image that is built has none yet.`,
      fix: 'Leave `image-tag:` out for the commit, or set `mode: rollback` to return to that image.',
    },
  ];
}
