import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { manifestMediaTypes } from './manifest.ts';
import { packTar } from './tar.ts';

/** The parts of an image, ready for a registry. */
export interface SeedImage {
  readonly manifest: Buffer;
  readonly mediaType: string;
  readonly blobs: readonly Buffer[];
}

/** A valid linux/amd64 image of one layer with one file that holds the marker; equal markers, equal digests. */
export function buildSeedImage(marker: string): SeedImage {
  const tar = packTar([{ path: 'marker', mode: 0o644, body: Buffer.from(`${marker}\n`) }]);
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['/marker'], Labels: { marker } },
      rootfs: { type: 'layers', diff_ids: [sha256(tar)] },
      history: [{ created_by: `COPY marker / # ${marker}` }],
    }),
  );
  const mediaType = manifestMediaTypes.dockerManifest;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: config.length,
        digest: sha256(config),
      },
      layers: [
        {
          mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
          size: layer.length,
          digest: sha256(layer),
        },
      ],
    }),
  );
  return { manifest, mediaType, blobs: [config, layer] };
}

function sha256(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}
