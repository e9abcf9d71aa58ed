import type { Aws } from '../../aws/aws.ts';
import type { EcrRepository, RegistryLogin } from '../../aws/ecr.ts';
import type { EcsService, TaskDefinition } from '../../aws/ecs.ts';
import type { CallerIdentity } from '../../aws/sts.ts';
import type { DockerVersion } from '../../docker/docker.ts';
import type { ImageConfig, Manifest } from '../../registry/manifest.ts';
import type { RegistryAccess, RegistryRepository } from '../../registry/registry.ts';
import { isTaskDefinitionFile, readTaskDefinitionFile } from '../deploy/task-definition-file.ts';
import type { Config } from '../inputs/config.ts';

/** An answer, or the error that came in its place. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

/** The ways out of the process that the lookups take. */
export interface LookupPorts {
  /** Undefined: nothing may be asked of AWS (`Config.awsObstacle`). */
  readonly aws: Aws | undefined;
  readonly registry: (access: RegistryAccess, repository: string) => RegistryRepository;
  /** Where a task definition file is looked for. */
  readonly workspace: string;
  readonly dockerVersion: () => Promise<DockerVersion | { readonly unreachable: string }>;
}

/** Who the run is at AWS, and until when. */
export interface Identity extends CallerIdentity {
  readonly expiresAt: Date | undefined;
}

/** A service, or what stands in its way. */
export interface ServiceLookup {
  readonly clusterStatus: string | undefined;
  readonly services: readonly EcsService[];
}

/** The images that stand under the tags which this run will write. */
export interface TaggedImages {
  readonly tagged: Manifest | undefined;
  readonly taggedConfig: ImageConfig | undefined;
  readonly latest: Manifest | undefined;
}

const UNASKED = new Error('nothing may be asked of AWS');

/**
 * Questions to the outside that more than one check needs the answer to. Each is asked once, when it is first
 * needed, and side by side with the others wherever one doesn't need another's answer.
 */
export class Lookups {
  readonly #config: Config;
  readonly #imageTag: string | undefined;
  readonly #ports: LookupPorts;
  readonly #asked = new Map<string, Promise<Answer<unknown>>>();

  constructor(config: Config, imageTag: string | undefined, ports: LookupPorts) {
    this.#config = config;
    this.#imageTag = imageTag;
    this.#ports = ports;
  }

  /** Credentials, without asking AWS whether they are good unless they come from there. */
  async credentials(): Promise<Answer<{ readonly expiresAt: Date | undefined }>> {
    return await this.#once('credentials', async () => {
      const { expiration } = await this.#aws().credentials();
      return { expiresAt: expiration };
    });
  }

  async identity(): Promise<Answer<Identity>> {
    return await this.#once('identity', async () => {
      const { expiresAt } = unwrap(await this.credentials());
      const sts = await this.#aws().sts();
      return { ...(await sts.callerIdentity()), expiresAt };
    });
  }

  async login(): Promise<Answer<RegistryLogin>> {
    return await this.#once('login', async () => {
      unwrap(await this.credentials());
      return await (await this.#aws().ecr()).login();
    });
  }

  async repository(): Promise<Answer<EcrRepository>> {
    return await this.#once('repository', async () => {
      unwrap(await this.credentials());
      const { repository, registry } = this.#config.image;
      return await (await this.#aws().ecr()).repository(repository, registry?.accountId);
    });
  }

  async repositoryNames(): Promise<Answer<readonly string[]>> {
    return await this.#once('repositoryNames', async () =>
      (await this.#aws().ecr()).repositoryNames(this.#config.image.registry?.accountId),
    );
  }

  /** Whether a push, or a pull, may begin. */
  async mayTransfer(way: 'push' | 'pull'): Promise<Answer<true>> {
    return await this.#once(way, async () => {
      const repository = unwrap(await this.repository());
      const ecr = await this.#aws().ecr();
      await (way === 'push' ? ecr.probePush(repository) : ecr.probePull(repository));
      return true as const;
    });
  }

  async taggedImages(): Promise<Answer<TaggedImages>> {
    return await this.#once('taggedImages', async () => {
      const [repository, login] = await Promise.all([this.repository(), this.login()]);
      const registry = this.#ports.registry(
        registryAccess(unwrap(login), unwrap(repository)),
        unwrap(repository).name,
      );
      const { latestTag } = this.#config.image;
      const [tagged, latest] = await Promise.all([
        this.#imageTag ? registry.manifest(this.#imageTag) : undefined,
        latestTag ? registry.manifest(latestTag) : undefined,
      ]);
      return { tagged, latest, taggedConfig: tagged && (await registry.imageConfig(tagged)) };
    });
  }

  /** Tags that point at an image of the repository. */
  async tagsOf(digest: string): Promise<Answer<readonly string[]>> {
    return await this.#once(`tagsOf ${digest}`, async () =>
      (await this.#aws().ecr()).tagsOf(unwrap(await this.repository()), digest),
    );
  }

  async services(): Promise<Answer<ServiceLookup>> {
    return await this.#once('services', async () => {
      unwrap(await this.credentials());
      const { cluster, services } = this.#config.ecs;
      const ecs = await this.#aws().ecs();
      const [clusterStatus, found] = await Promise.all([
        ecs.clusterStatus(cluster),
        ecs.services(cluster, services).catch((error: unknown) => {
          if (error instanceof Error && error.name === 'ClusterNotFoundException') return [];
          throw error;
        }),
      ]);
      return { clusterStatus, services: found };
    });
  }

  async clusterNames(): Promise<Answer<readonly string[]>> {
    return await this.#once('clusterNames', async () => (await this.#aws().ecs()).clusterNames());
  }

  async serviceNames(): Promise<Answer<readonly string[]>> {
    return await this.#once('serviceNames', async () =>
      (await this.#aws().ecs()).serviceNames(this.#config.ecs.cluster),
    );
  }

  async taskDefinition(reference: string): Promise<Answer<TaskDefinition>> {
    return await this.#once(`taskDefinition ${reference}`, async () =>
      (await this.#aws().ecs()).taskDefinition(reference),
    );
  }

  /** The task definition that a deployment of the service would run, but for its image. */
  async taskDefinitionFor(service: EcsService): Promise<Answer<TaskDefinition>> {
    const { taskDefinition: named } = this.#config.ecs;
    if (!isTaskDefinitionFile(named)) return await this.taskDefinition(named ?? service.taskDefinition);
    return await this.#once(`file ${named}`, () => readTaskDefinitionFile(this.#ports.workspace, named));
  }

  async docker(): Promise<Answer<DockerVersion | { readonly unreachable: string }>> {
    return await this.#once('docker', async () => this.#ports.dockerVersion());
  }

  #aws(): Aws {
    if (!this.#ports.aws) throw UNASKED;
    return this.#ports.aws;
  }

  async #once<T>(name: string, question: () => Promise<T>): Promise<Answer<T>> {
    const asked =
      this.#asked.get(name) ??
      question().then(
        (value): Answer<T> => ({ ok: true, value }),
        (error: unknown): Answer<T> => ({ ok: false, error }),
      );
    this.#asked.set(name, asked);
    return (await asked) as Answer<T>;
  }
}

/** The value of an answer; throws the error that came in its place. */
export function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw answer.error;
}

/** The registry as ECR names it: the repository's own host, with the scheme of the login's endpoint. */
export function registryAccess(login: RegistryLogin, repository: EcrRepository): RegistryAccess {
  const host = repository.uri.slice(0, repository.uri.indexOf('/'));
  return {
    endpoint: new URL(`${login.endpoint.protocol}//${host}`),
    username: login.username,
    password: login.password,
  };
}
