import { createHash } from 'node:crypto';
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { ImageStore } from '../../registry/image-store.ts';
import type { WorldChanges } from '../../scenarios/scenario.ts';
import type { ResolvedImage } from './state.ts';

type TaskDigest = NonNullable<WorldChanges['taskDigest']>;

/** Resolves image references to digests as ECS does for a deployment, in the sandbox's registry. */
export class ImageResolution {
  readonly #store: ImageStore;
  readonly #registryHost: string;
  readonly #taskDigest: TaskDigest;

  constructor(store: ImageStore, registryHost: string, taskDigest: TaskDigest) {
    this.#store = store;
    this.#registryHost = registryHost;
    this.#taskDigest = taskDigest;
  }

  /** The images of a task definition, each tag resolved now; a container that opted out has no digest. */
  resolveAll(definition: TaskDefinition): readonly ResolvedImage[] {
    return (definition.containerDefinitions ?? []).map((container) => {
      const image = container.image ?? '';
      const digest = container.versionConsistency === 'disabled' ? undefined : this.digestOf(image);
      return { container: container.name ?? '', image, digest };
    });
  }

  /**
   * The digest behind a reference; undefined where the sandbox's registry has no such image. An image from
   * elsewhere (a side car) always resolves, to a digest made from its reference.
   */
  digestOf(image: string): string | undefined {
    if (!image.startsWith(`${this.#registryHost}/`)) {
      return (
        /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ??
        `sha256:${createHash('sha256').update(image).digest('hex')}`
      );
    }
    const rest = image.slice(this.#registryHost.length + 1);
    const [, repository = '', tag, digest] = /^([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(rest) ?? [];
    return this.#store.resolve(repository, digest ?? tag ?? 'latest')?.digest;
  }

  /** The digest that DescribeTasks reports for a pulled image: the one resolved, its platform's manifest, or none. */
  reported(image: string, digest: string): string | undefined {
    if (this.#taskDigest === 'none') return undefined;
    if (this.#taskDigest === 'index' || !image.startsWith(`${this.#registryHost}/`)) return digest;
    const repository = image.slice(this.#registryHost.length + 1).split(/[:@]/, 1)[0] ?? '';
    return platformManifest(this.#store.resolve(repository, digest)?.body) ?? digest;
  }
}

function platformManifest(body: Buffer | undefined): string | undefined {
  if (body === undefined) return undefined;
  const parsed: unknown = JSON.parse(body.toString('utf8'));
  if (
    typeof parsed !== 'object' ||
    parsed === null ||
    !('manifests' in parsed) ||
    !Array.isArray(parsed.manifests)
  )
    return undefined;
  const entries = parsed.manifests as readonly {
    digest?: string;
    platform?: { architecture?: string; os?: string };
  }[];
  return entries.find((entry) => entry.platform?.os === 'linux' && entry.platform.architecture === 'amd64')
    ?.digest;
}
