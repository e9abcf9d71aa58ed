import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

const configSchema = v.looseObject({
  architecture: v.string(),
  os: v.string(),
  created: v.optional(v.string()),
  config: v.optional(v.record(v.string(), v.unknown()), {}),
  rootfs: v.object({ type: v.literal('layers'), diff_ids: v.array(v.string()) }),
});
const layerSchema = v.object({ diffId: v.string(), digest: v.string(), size: v.number() });
const indexSchema = v.object({
  /** `repository:tag` to image id. */
  tags: v.record(v.string(), v.string()),
  /** Image id to `repository@digest`, as pushes have left them. */
  repositoryDigests: v.record(v.string(), v.array(v.string())),
  /** Image id to its layers, lowest first. */
  layers: v.record(v.string(), v.array(layerSchema)),
});

/** An image's configuration, as the OCI image-spec has it (config.md). */
export type ImageConfig = v.InferOutput<typeof configSchema>;
export type Layer = v.InferOutput<typeof layerSchema>;

/** An image of the local store. */
export interface LocalImage {
  /** The digest of its configuration. */
  readonly id: string;
  readonly config: ImageConfig;
  readonly configBody: Buffer;
  readonly layers: readonly Layer[];
  readonly tags: readonly string[];
  readonly repositoryDigests: readonly string[];
}

/** The images that were built on this machine, in a folder: blobs by digest and an index of names. */
export class LocalImages {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(join(folder, 'blobs'), { recursive: true });
  }

  /** Stores a blob under its digest, which it returns. */
  putBlob(body: Buffer): string {
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    const path = this.#blobPath(digest);
    if (!existsSync(path)) writeWhole(path, body);
    return digest;
  }

  blob(digest: string): Buffer {
    return readFileSync(this.#blobPath(digest));
  }

  /** Stores an image and returns its id. */
  put(config: ImageConfig, layers: readonly Layer[], tags: readonly string[]): string {
    const id = this.putBlob(Buffer.from(JSON.stringify(config)));
    const index = this.#index();
    this.#write({
      ...index,
      tags: { ...index.tags, ...Object.fromEntries(tags.map((tag) => [tag, id])) },
      layers: { ...index.layers, [id]: [...layers] },
    });
    return id;
  }

  /** Finds an image by `repository:tag`, its id or the start of it (12 digits at least). */
  find(name: string): LocalImage | undefined {
    const index = this.#index();
    const hex = name.replace(/^sha256:/, '');
    const byId = /^[0-9a-f]{12,64}$/.test(hex)
      ? Object.keys(index.layers).find((id) => id.startsWith(`sha256:${hex}`))
      : undefined;
    const id = index.tags[name] ?? byId;
    if (id === undefined) return undefined;
    const configBody = this.blob(id);
    return {
      id,
      configBody,
      config: v.parse(configSchema, JSON.parse(configBody.toString('utf8'))),
      layers: index.layers[id] ?? [],
      tags: Object.keys(index.tags).filter((tag) => index.tags[tag] === id),
      repositoryDigests: index.repositoryDigests[id] ?? [],
    };
  }

  /** Whether any tag of the repository is here. */
  hasRepository(repository: string): boolean {
    return Object.keys(this.#index().tags).some((tag) => tag.replace(/:[^/:]*$/, '') === repository);
  }

  tag(id: string, name: string): void {
    const index = this.#index();
    this.#write({ ...index, tags: { ...index.tags, [name]: id } });
  }

  addRepositoryDigest(id: string, repositoryDigest: string): void {
    const index = this.#index();
    const digests = new Set([...(index.repositoryDigests[id] ?? []), repositoryDigest]);
    this.#write({ ...index, repositoryDigests: { ...index.repositoryDigests, [id]: [...digests] } });
  }

  #blobPath(digest: string): string {
    return join(this.#folder, 'blobs', digest.replace(':', '-'));
  }

  #index(): v.InferOutput<typeof indexSchema> {
    const path = join(this.#folder, 'index.json');
    if (!existsSync(path)) return { tags: {}, repositoryDigests: {}, layers: {} };
    return v.parse(indexSchema, JSON.parse(readFileSync(path, 'utf8')));
  }

  #write(index: v.InferOutput<typeof indexSchema>): void {
    writeWhole(join(this.#folder, 'index.json'), JSON.stringify(index));
  }
}

/** A process that is killed in the middle leaves the old file, never half a new one. */
function writeWhole(path: string, body: string | Buffer): void {
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, body);
  renameSync(partial, path);
}
