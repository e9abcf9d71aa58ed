import { createHash } from 'node:crypto';
import { manifestMediaTypes } from '../registry/manifest.ts';
import type { LocalImage } from './local-images.ts';

/**
 * What a push leaves at the registry: one manifest, as docker's own image store does, or an OCI index of the
 * image and an attestation, as docker 29's containerd store and buildx do even for one platform.
 */
export type PushFormat = 'manifest' | 'oci-index';

export interface PushedManifest {
  readonly mediaType: string;
  readonly body: Buffer;
  readonly digest: string;
}

/** All that a push sends besides the image's own layers and configuration. */
export interface PushPlan {
  /** Blobs of the attestation. */
  readonly blobs: readonly Buffer[];
  /** Manifests to put by their digests, before the one that gets the tag. */
  readonly children: readonly PushedManifest[];
  readonly tagged: PushedManifest;
}

/**
 * The manifests of an image in a format.
 *
 * Source: OCI image-spec 1.1; https://docs.docker.com/build/metadata/attestations/attestation-storage/
 */
export function pushPlan(image: LocalImage, format: PushFormat): PushPlan {
  if (format === 'manifest') return { blobs: [], children: [], tagged: dockerManifest(image) };
  const own = ociManifest(image.id, image.configBody, image.layers, layerType);
  const { blobs, manifest } = attestation(own);
  const { architecture, os } = image.config;
  const index = {
    schemaVersion: 2,
    mediaType: manifestMediaTypes.ociIndex,
    manifests: [
      { ...descriptor(own), platform: { architecture, os } },
      {
        ...descriptor(manifest),
        annotations: {
          'vnd.docker.reference.digest': own.digest,
          'vnd.docker.reference.type': 'attestation-manifest',
        },
        platform: { architecture: 'unknown', os: 'unknown' },
      },
    ],
  };
  return { blobs, children: [own, manifest], tagged: manifestOf(manifestMediaTypes.ociIndex, index) };
}

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

function dockerManifest(image: LocalImage): PushedManifest {
  return manifestOf(manifestMediaTypes.dockerManifest, {
    schemaVersion: 2,
    mediaType: manifestMediaTypes.dockerManifest,
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: image.configBody.length,
      digest: image.id,
    },
    layers: image.layers.map(({ size, digest }) => ({
      mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
      size,
      digest,
    })),
  });
}

function ociManifest(
  configDigest: string,
  configBody: Buffer,
  layers: readonly { readonly size: number; readonly digest: string }[],
  mediaType: string,
): PushedManifest {
  return manifestOf(manifestMediaTypes.ociManifest, {
    schemaVersion: 2,
    mediaType: manifestMediaTypes.ociManifest,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: configDigest,
      size: configBody.length,
    },
    layers: layers.map(({ size, digest }) => ({ mediaType, digest, size })),
  });
}

/** A provenance statement about an image, which no platform can run. */
function attestation(subject: PushedManifest): { blobs: readonly Buffer[]; manifest: PushedManifest } {
  const statement = Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://slsa.dev/provenance/v0.2',
      subject: [{ name: 'image', digest: { sha256: subject.digest.slice('sha256:'.length) } }],
      predicate: { builder: { id: '' }, buildType: 'https://mobyproject.org/buildkit@v1' },
    }),
  );
  const layer = { size: statement.length, digest: digestOf(statement) };
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'unknown',
      os: 'unknown',
      config: {},
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
  );
  const manifest = ociManifest(digestOf(config), config, [layer], 'application/vnd.in-toto+json');
  return { blobs: [statement, config], manifest };
}

function descriptor(manifest: PushedManifest) {
  return { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.body.length };
}

function manifestOf(mediaType: string, value: unknown): PushedManifest {
  const body = Buffer.from(JSON.stringify(value, undefined, 2));
  return { mediaType, body, digest: digestOf(body) };
}

/** `sha256:` and 64 hex digits. */
export function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}
