import { createHash } from 'node:crypto';

/** Media types of manifests that name one image, and of indexes that name several (OCI image spec, Docker schema 2). */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;
export const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;

/** A manifest or an index, with the bytes that its digest is of. */
export interface Manifest {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

/** One image of an index. */
export interface IndexEntry {
  readonly digest: string;
  /** `os/architecture`, with the variant where there is one. */
  readonly platform: string;
}

/** The `sha256:…` digest of bytes (OCI image spec, "Digests"). */
export function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

/** Whether the text is a sha256 digest. */
export function isDigest(text: string | undefined): text is string {
  return text !== undefined && /^sha256:[0-9a-f]{64}$/.test(text);
}

/** Whether it is an index (or a docker manifest list). */
export function isIndex(manifest: Manifest): boolean {
  return INDEX_TYPES.some((type) => type === manifest.mediaType);
}

/** The images of an index, without attestations (whose platform is `unknown/unknown`); none for a plain manifest. */
export function imagesOf(manifest: Manifest): readonly IndexEntry[] {
  if (!isIndex(manifest)) return [];
  return arrayAt(parse(manifest), 'manifests').flatMap((entry) => {
    const digest = stringAt(entry, 'digest');
    const platform = objectAt(entry, 'platform');
    const os = stringAt(platform, 'os') ?? 'linux';
    const architecture = stringAt(platform, 'architecture') ?? 'unknown';
    const variant = stringAt(platform, 'variant');
    if (!isDigest(digest) || (platform && os === 'unknown')) return [];
    return [{ digest, platform: [os, architecture, ...(variant ? [variant] : [])].join('/') }];
  });
}

/** Digest of a plain manifest's configuration; undefined for an index or a manifest without one. */
export function configDigestOf(manifest: Manifest): string | undefined {
  const digest = stringAt(objectAt(parse(manifest), 'config'), 'digest');
  return isDigest(digest) ? digest : undefined;
}

/** Layers of a plain manifest and what they weigh together, in bytes (compressed). */
export function layersOf(manifest: Manifest): { readonly count: number; readonly bytes: number } {
  const layers = arrayAt(parse(manifest), 'layers');
  const sizes = layers.map((layer) => objectAt({ layer }, 'layer')?.['size']);
  return {
    count: layers.length,
    bytes: sizes.reduce<number>((sum, size) => sum + (typeof size === 'number' ? size : 0), 0),
  };
}

/** What an image's configuration says that a deploy needs (OCI image spec, "Image configuration"). */
export interface ImageConfig {
  readonly platform: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Reads an image configuration; what it lacks or has in another shape is left empty. */
export function readImageConfig(body: Buffer): ImageConfig {
  const json = parseJson(body);
  const labels = objectAt(objectAt(json, 'config'), 'Labels') ?? {};
  return {
    platform: `${stringAt(json, 'os') ?? 'linux'}/${stringAt(json, 'architecture') ?? 'unknown'}`,
    labels: Object.fromEntries(
      Object.entries(labels).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    ),
  };
}

function parse(manifest: Manifest): unknown {
  return parseJson(manifest.body);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function objectAt(value: unknown, key: string): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = (value as Readonly<Record<string, unknown>>)[key];
  return typeof found === 'object' && found !== null
    ? (found as Readonly<Record<string, unknown>>)
    : undefined;
}

function stringAt(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = (value as Readonly<Record<string, unknown>>)[key];
  return typeof found === 'string' ? found : undefined;
}

function arrayAt(value: unknown, key: string): readonly unknown[] {
  const found = objectAt(value, key);
  return Array.isArray(found) ? found : [];
}
