import { createHash } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { parseManifest } from './manifest.ts';
import { buildSeedImage } from './seed-image.ts';
import { type TagMutability, tagIsImmutable } from './tag-mutability.ts';

export type { TagMutability } from './tag-mutability.ts';

export interface Repository {
  readonly name: string;
  readonly mutability: TagMutability;
  /** Wildcards (`*`) of the tags that are the exception to the mutability. */
  readonly exclusionFilters: readonly string[];
  /** JSON text; undefined: it has none. */
  readonly lifecyclePolicy: string | undefined;
  /** Findings of each image's scan, by severity; undefined: none is scanned. */
  readonly scan: Readonly<Record<string, number>> | undefined;
  /** Virtual milliseconds since the epoch. */
  readonly createdAt: number;
}

/** What a repository is made with. */
export type RepositorySettings = Partial<
  Pick<Repository, 'mutability' | 'exclusionFilters' | 'lifecyclePolicy' | 'scan'>
>;

export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Buffer;
  readonly tags: readonly string[];
  /** Virtual milliseconds since the epoch. */
  readonly pushedAt: number;
  /** Config and layers in bytes; of an index, its largest image. */
  readonly sizeInBytes: number;
}

/** A tag that came to point at another digest (or was made). Seeded tags are not moves. */
export interface TagMove {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly previous: string | undefined;
  /** Virtual milliseconds since the epoch. */
  readonly at: number;
}

export type StoreRefusalCode =
  | 'NAME_UNKNOWN'
  | 'TAG_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'DIGEST_INVALID';

/** A refusal in the registry's own words. TAG_INVALID is an immutable tag. */
export class StoreRefusal extends Error {
  readonly code: StoreRefusalCode;

  constructor(code: StoreRefusalCode, message: string) {
    super(message);
    this.name = 'StoreRefusal';
    this.code = code;
  }
}

interface RepositoryContent {
  readonly repository: Repository;
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, Omit<StoredManifest, 'tags'>>;
  readonly tags: Map<string, string>;
}

/**
 * What ECR holds: repositories, blobs, manifests, tags, with ECR's rules for what may be put. The truth
 * that a test asks afterwards; both the registry's protocol and the ECR API read and write it.
 */
export class ImageStore {
  readonly #clock: Pick<SandboxClock, 'now'>;
  readonly #accountId: string;
  readonly #repositories = new Map<string, RepositoryContent>();
  readonly #tagMoves: TagMove[] = [];
  #uploadsStarted = 0;
  #uploadsCompleted = 0;
  #manifestPuts = 0;

  constructor(clock: Pick<SandboxClock, 'now'>, options: { readonly accountId?: string } = {}) {
    this.#clock = clock;
    this.#accountId = options.accountId ?? '123456789012';
  }

  /** Makes a repository. Throws an Error where one has that name: a mistake in a scenario. */
  createRepository(name: string, options: RepositorySettings = {}): Repository {
    if (this.#repositories.has(name)) throw new Error(`the repository ${name} exists already`);
    const repository: Repository = {
      name,
      mutability: options.mutability ?? 'MUTABLE',
      exclusionFilters: options.exclusionFilters ?? [],
      lifecyclePolicy: options.lifecyclePolicy,
      scan: options.scan,
      createdAt: this.#clock.now(),
    };
    this.#repositories.set(name, { repository, blobs: new Map(), manifests: new Map(), tags: new Map() });
    return repository;
  }

  repository(name: string): Repository | undefined {
    return this.#repositories.get(name)?.repository;
  }

  repositories(): readonly Repository[] {
    return [...this.#repositories.values()].map((content) => content.repository);
  }

  /** All manifests of a repository, newest first; empty where there is no such repository. */
  images(repository: string): readonly StoredManifest[] {
    const content = this.#repositories.get(repository);
    if (content === undefined) return [];
    return [...content.manifests.values()]
      .map((manifest) => withTags(content, manifest))
      .reverse()
      .sort((left, right) => right.pushedAt - left.pushedAt);
  }

  /** The manifest under a tag or a digest (`sha256:…`). */
  resolve(repository: string, reference: string): StoredManifest | undefined {
    const content = this.#repositories.get(repository);
    const digest = reference.startsWith('sha256:') ? reference : content?.tags.get(reference);
    const manifest = digest === undefined ? undefined : content?.manifests.get(digest);
    return content === undefined || manifest === undefined ? undefined : withTags(content, manifest);
  }

  /**
   * Stores a manifest under a tag or its own digest, as a push does last.
   * @throws StoreRefusal where ECR would refuse it.
   */
  putManifest(repository: string, reference: string, mediaType: string, body: Buffer): StoredManifest {
    const content = this.#content(repository);
    const digest = digestOf(body);
    if (reference.startsWith('sha256:')) {
      if (reference !== digest) {
        throw new StoreRefusal('DIGEST_INVALID', 'provided digest did not match uploaded content');
      }
    } else if (content.tags.has(reference) && tagIsImmutable(content.repository, reference)) {
      // As on ECR, the same digest is no excuse.
      throw new StoreRefusal(
        'TAG_INVALID',
        `The image tag '${reference}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.`,
      );
    }
    const sizeInBytes = this.#checkedSize(content, mediaType, body);
    this.#manifestPuts += 1;
    const stored = content.manifests.get(digest) ?? {
      digest,
      mediaType,
      body,
      pushedAt: this.#clock.now(),
      sizeInBytes,
    };
    content.manifests.set(digest, stored);
    if (!reference.startsWith('sha256:')) this.#moveTag(content, reference, digest);
    return withTags(content, stored);
  }

  /**
   * Stores a blob and counts one completed upload.
   * @throws StoreRefusal for an unknown repository or a digest that is not the body's.
   */
  putBlob(repository: string, body: Buffer, digest: string): void {
    const content = this.#content(repository);
    if (digestOf(body) !== digest) {
      throw new StoreRefusal('DIGEST_INVALID', 'provided digest did not match uploaded content');
    }
    content.blobs.set(digest, body);
    this.#uploadsCompleted += 1;
  }

  /** Counts an upload that was begun: over the registry's protocol, or by ecr:InitiateLayerUpload. */
  countUploadStarted(): void {
    this.#uploadsStarted += 1;
  }

  blob(repository: string, digest: string): Buffer | undefined {
    return this.#repositories.get(repository)?.blobs.get(digest);
  }

  /** Every blob of a repository. */
  blobs(repository: string): readonly Buffer[] {
    return [...(this.#repositories.get(repository)?.blobs.values() ?? [])];
  }

  hasBlob(repository: string, digest: string): boolean {
    return this.#repositories.get(repository)?.blobs.has(digest) ?? false;
  }

  /** The tags of a repository, sorted. */
  tags(repository: string): readonly string[] {
    return [...(this.#repositories.get(repository)?.tags.keys() ?? [])].sort();
  }

  tagMoves(): readonly TagMove[] {
    return [...this.#tagMoves];
  }

  /** What arrived since the start, seeds apart. */
  counts(): {
    readonly uploadsStarted: number;
    readonly uploadsCompleted: number;
    readonly manifestPuts: number;
  } {
    return {
      uploadsStarted: this.#uploadsStarted,
      uploadsCompleted: this.#uploadsCompleted,
      manifestPuts: this.#manifestPuts,
    };
  }

  /** Puts a small valid image (a config and one layer) there without counting it as a push. */
  seedImage(
    repository: string,
    tags: readonly string[],
    options: { readonly marker: string; readonly pushedAt?: number },
  ): StoredManifest {
    const content = this.#content(repository);
    const image = buildSeedImage(options.marker);
    for (const blob of image.blobs) content.blobs.set(digestOf(blob), blob);
    const stored = {
      digest: digestOf(image.manifest),
      mediaType: image.mediaType,
      body: image.manifest,
      pushedAt: options.pushedAt ?? this.#clock.now(),
      sizeInBytes: image.blobs.reduce((total, blob) => total + blob.length, 0),
    };
    content.manifests.set(stored.digest, stored);
    for (const tag of tags) content.tags.set(tag, stored.digest);
    return withTags(content, stored);
  }

  /** Takes a manifest and its tags away, as ecr:BatchDeleteImage or a lifecycle rule does. */
  deleteImage(repository: string, digest: string): boolean {
    const content = this.#repositories.get(repository);
    if (content === undefined || !content.manifests.delete(digest)) return false;
    for (const [tag, target] of content.tags) if (target === digest) content.tags.delete(tag);
    return true;
  }

  /** The wording ECR has for a repository that is not there. */
  unknownRepository(repository: string): string {
    return `The repository with name '${repository}' does not exist in the registry with id '${this.#accountId}'`;
  }

  #content(repository: string): RepositoryContent {
    const content = this.#repositories.get(repository);
    if (content === undefined) throw new StoreRefusal('NAME_UNKNOWN', this.unknownRepository(repository));
    return content;
  }

  #checkedSize(content: RepositoryContent, mediaType: string, body: Buffer): number {
    const parsed = parseManifest(mediaType, body);
    if ('problem' in parsed) throw new StoreRefusal('MANIFEST_INVALID', parsed.problem);
    const missingBlobs = parsed.blobs.filter((digest) => !content.blobs.has(digest));
    if (missingBlobs.length > 0) throw this.#missing('Layers', content, missingBlobs);
    const missingImages = parsed.children.filter((digest) => !content.manifests.has(digest));
    if (missingImages.length > 0) throw this.#missing('Images', content, missingImages);
    const childSizes = parsed.children.map((digest) => content.manifests.get(digest)?.sizeInBytes ?? 0);
    return parsed.kind === 'index' ? Math.max(0, ...childSizes) : parsed.sizeInBytes;
  }

  #missing(what: 'Layers' | 'Images', content: RepositoryContent, digests: readonly string[]): StoreRefusal {
    return new StoreRefusal(
      'MANIFEST_BLOB_UNKNOWN',
      `${what} with digests '[${digests.join(', ')}]' required for pushing image into repository with name '${content.repository.name}' in the registry with id '${this.#accountId}' do not exist`,
    );
  }

  #moveTag(content: RepositoryContent, tag: string, digest: string): void {
    const previous = content.tags.get(tag);
    if (previous === digest) return;
    content.tags.set(tag, digest);
    const repository = content.repository.name;
    this.#tagMoves.push({ repository, tag, digest, previous, at: this.#clock.now() });
  }
}

function withTags(content: RepositoryContent, manifest: Omit<StoredManifest, 'tags'>): StoredManifest {
  const tags = [...content.tags].filter(([, digest]) => digest === manifest.digest).map(([tag]) => tag);
  return { ...manifest, tags };
}

/** The digest of a body, as the registry's protocol writes it: `sha256:` and 64 hex digits. */
export function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}
