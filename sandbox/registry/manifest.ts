import * as v from 'valibot';

/** The manifest formats that ECR stores. */
export const manifestMediaTypes = {
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
} as const;

/** The most that a manifest may have: 4 MiB, as distribution's own registry has it. */
export const manifestMaxBytes = 4 * 1024 * 1024;

const digest = v.pipe(
  v.string(),
  v.regex(/^sha256:[0-9a-f]{64}$/, 'a digest has to be sha256: and 64 hex digits'),
);
const descriptor = v.object({
  mediaType: v.string(),
  digest,
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  urls: v.optional(v.array(v.string())),
});
const imageSchema = v.object({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  config: descriptor,
  layers: v.pipe(v.array(descriptor), v.maxLength(1000)),
});
const indexSchema = v.object({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  manifests: v.pipe(v.array(descriptor), v.maxLength(1000)),
});

/** What a manifest needs to be there before it: blobs of an image, manifests of an index. */
export interface ParsedManifest {
  readonly kind: 'image' | 'index';
  /** Digests of the config and the layers that the registry has to hold. */
  readonly blobs: readonly string[];
  /** Digests of the manifests that an index lists. */
  readonly children: readonly string[];
  /** Config and layers together, in bytes; 0 for an index. */
  readonly sizeInBytes: number;
}

/**
 * Reads a manifest as far as a registry has to. Gives a sentence where it isn't one.
 *
 * Source: OCI image-spec 1.1 (manifest.md, image-index.md), docker image manifest version 2 schema 2.
 */
export function parseManifest(
  mediaType: string,
  body: Buffer,
): ParsedManifest | { readonly problem: string } {
  const { dockerManifest, ociManifest, dockerList, ociIndex } = manifestMediaTypes;
  if (body.length > manifestMaxBytes) return { problem: `manifest is over ${manifestMaxBytes} bytes` };
  const json = parseJson(body);
  if (json === undefined) return { problem: 'manifest is not valid JSON' };
  if (mediaType === dockerManifest || mediaType === ociManifest) return parseImage(mediaType, json);
  if (mediaType === dockerList || mediaType === ociIndex) return parseIndex(mediaType, json);
  return { problem: `manifest media type '${mediaType.slice(0, 100)}' is not supported` };
}

function parseImage(mediaType: string, json: unknown): ParsedManifest | { readonly problem: string } {
  const parsed = v.safeParse(imageSchema, json);
  if (!parsed.success) return { problem: v.summarize(parsed.issues).slice(0, 500) };
  if ((parsed.output.mediaType ?? mediaType) !== mediaType)
    return { problem: 'mediaType and Content-Type differ' };
  const { config, layers } = parsed.output;
  // A layer with urls is fetched from there and never pushed.
  const held = [config, ...layers.filter((layer) => layer.urls === undefined)];
  return {
    kind: 'image',
    blobs: held.map((blob) => blob.digest),
    children: [],
    sizeInBytes: held.reduce((total, blob) => total + blob.size, 0),
  };
}

function parseIndex(mediaType: string, json: unknown): ParsedManifest | { readonly problem: string } {
  const parsed = v.safeParse(indexSchema, json);
  if (!parsed.success) return { problem: v.summarize(parsed.issues).slice(0, 500) };
  if ((parsed.output.mediaType ?? mediaType) !== mediaType)
    return { problem: 'mediaType and Content-Type differ' };
  return {
    kind: 'index',
    blobs: [],
    children: parsed.output.manifests.map((manifest) => manifest.digest),
    sizeInBytes: 0,
  };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
