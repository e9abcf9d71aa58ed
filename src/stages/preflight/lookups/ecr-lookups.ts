import type { EcrRepository, RegistryLogin } from '../../../aws/ecr.ts';
import type { RepositoryName, TransferProbe, TransferWay } from '../../../aws/transfer.ts';
import type { ImageConfig, Manifest } from '../../../registry/manifest.ts';
import type { RegistryAccess, RegistryRepository } from '../../../registry/registry.ts';
import { isLoopback } from '../../../runner/http.ts';
import { type Answer, unwrap } from '../answer.ts';
import { type Asking, UNASKED } from './asking.ts';

/** The images that stand under the tags which this run will write. */
export interface TaggedImages {
  readonly tagged: Manifest | undefined;
  readonly taggedConfig: ImageConfig | undefined;
  readonly latest: Manifest | undefined;
  /** The images under `extra-tags`, by tag. */
  readonly extras: ReadonlyMap<string, Manifest | undefined>;
  /** The commit that a build from here would be of. */
  readonly commit: string | undefined;
}

/** The image that a run will write: `commit` is the one that a build would be of, only its own image can stand for it. */
export interface ImageToWrite {
  readonly tag: string | undefined;
  readonly commit: string | undefined;
}

/** A way to a repository of a registry. */
export type ToRegistry = (access: RegistryAccess, repository: string) => RegistryRepository;

/** What is asked of ECR and of its registry. */
export class EcrLookups {
  readonly #asking: Asking;
  readonly #toRegistry: ToRegistry;
  readonly #image: ImageToWrite;

  constructor(asking: Asking, toRegistry: ToRegistry, image: ImageToWrite) {
    this.#asking = asking;
    this.#toRegistry = toRegistry;
    this.#image = image;
  }

  async login(): Promise<Answer<RegistryLogin>> {
    return await this.#asking.questions.once('login', async () => {
      const aws = await this.#asking.awsWithCredentials();
      return await (await aws.ecr()).login();
    });
  }

  async repository(): Promise<Answer<EcrRepository>> {
    return await this.#asking.questions.once('repository', async () => {
      const { repository, registry } = this.#asking.config.image;
      if (repository === '') throw UNASKED;
      const aws = await this.#asking.awsWithCredentials();
      return await (await aws.ecr()).repository(repository, registry?.accountId);
    });
  }

  async repositoryNames(): Promise<Answer<readonly string[]>> {
    return await this.#asking.questions.once('repositoryNames', async () =>
      (await this.#asking.aws().ecr()).repositoryNames(this.#repositoryName().registryId),
    );
  }

  /** Which of the actions are denied that a push, a pull or the moving of a tag needs. */
  async transfer(way: TransferWay): Promise<Answer<TransferProbe>> {
    return await this.#asking.questions.once(`transfer ${way}`, async () => {
      const aws = await this.#asking.awsWithCredentials();
      return await (await aws.ecr()).probe(way, this.#repositoryName());
    });
  }

  /** JSON text of the repository's lifecycle policy; undefined where it has none. */
  async lifecyclePolicy(): Promise<Answer<string | undefined>> {
    return await this.#asking.questions.once('lifecyclePolicy', async () => {
      const aws = await this.#asking.awsWithCredentials();
      return await (await aws.ecr()).lifecyclePolicy(this.#repositoryName());
    });
  }

  /** How many findings of each severity the scan of an image had; undefined where it was not scanned. */
  async scanCounts(digest: string): Promise<Answer<Readonly<Partial<Record<string, number>>> | undefined>> {
    return await this.#asking.questions.once(`scanCounts ${digest}`, async () =>
      (await this.#asking.aws().ecr()).scanCounts(unwrap(await this.repository()), digest),
    );
  }

  /** Tags that point at an image of the repository. */
  async tagsOf(digest: string): Promise<Answer<readonly string[]>> {
    return await this.#asking.questions.once(`tagsOf ${digest}`, async () =>
      (await this.#asking.aws().ecr()).tagsOf(unwrap(await this.repository()), digest),
    );
  }

  async taggedImages(): Promise<Answer<TaggedImages>> {
    return await this.#asking.questions.once('taggedImages', async () => {
      const { repository: named, latestTag, extraTags } = this.#asking.config.image;
      if (named === '') throw UNASKED;
      const [repository, login] = await Promise.all([this.repository(), this.login()]);
      const registry = this.#toRegistry(
        registryAccess(unwrap(login), unwrap(repository)),
        unwrap(repository).name,
      );
      const { tag, commit } = this.#image;
      const [[tagged, taggedConfig], latest, extras] = await Promise.all([
        tag ? withConfig(registry, tag) : ([undefined, undefined] as const),
        latestTag ? registry.manifest(latestTag) : undefined,
        Promise.all(extraTags.map(async (extra) => [extra, await registry.manifest(extra)] as const)),
      ]);
      return { tagged, taggedConfig, latest, extras: new Map(extras), commit };
    });
  }

  #repositoryName(): RepositoryName {
    const { repository, registry } = this.#asking.config.image;
    return { name: repository, registryId: registry?.accountId };
  }
}

async function withConfig(
  registry: RegistryRepository,
  tag: string,
): Promise<readonly [Manifest | undefined, ImageConfig | undefined]> {
  const manifest = await registry.manifest(tag);
  return [manifest, manifest && (await registry.imageConfig(manifest))];
}

/**
 * The registry as ECR names it: the repository's own host, with the scheme of the login's endpoint. That of another
 * machine says nothing of a registry on this one, which is plain http as for docker.
 */
export function registryAccess(login: RegistryLogin, repository: EcrRepository): RegistryAccess {
  const own = new URL(`${login.endpoint.protocol}//${repository.uri.slice(0, repository.uri.indexOf('/'))}`);
  const isElsewhere = isLoopback(own.hostname) && !isLoopback(login.endpoint.hostname);
  return {
    endpoint: isElsewhere ? new URL(`http://${own.host}`) : own,
    username: login.username,
    password: login.password,
  };
}
