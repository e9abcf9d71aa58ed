import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetDownloadUrlForLayerCommand,
  type ImageTagMutability,
  InitiateLayerUploadCommand,
} from '@aws-sdk/client-ecr';
import { type ClientSettings, clientConfig } from './client.ts';

/** A repository of ECR. */
export interface EcrRepository {
  readonly name: string;
  /** Where docker pushes to: `host/name`. */
  readonly uri: string;
  readonly registryId: string;
  readonly mutability: ImageTagMutability;
  /** Wildcard filters of the tags that are the exception to `mutability`. */
  readonly mutabilityExclusions: readonly string[];
}

/** A login for the registry. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
  /** The registry's own address, such as `https://123456789012.dkr.ecr.us-east-1.amazonaws.com`. */
  readonly endpoint: URL;
}

/** A digest that no image has, for asking whether one may ask. */
const NO_DIGEST = `sha256:${'0'.repeat(64)}`;

/** Elastic Container Registry's API. Its methods throw the SDK's errors: see `readRefusal`. */
export class Ecr {
  readonly #client: ECRClient;

  constructor(settings: ClientSettings) {
    this.#client = new ECRClient(clientConfig(settings));
  }

  /** A password for docker and the registry's HTTP API, good for 12 hours. */
  async login(): Promise<RegistryLogin> {
    const { authorizationData } = await this.#client.send(new GetAuthorizationTokenCommand({}));
    const { authorizationToken, proxyEndpoint } = authorizationData?.[0] ?? {};
    const [username, password] = Buffer.from(authorizationToken ?? '', 'base64')
      .toString('utf8')
      .split(/:(.*)/s);
    const endpoint = URL.parse(proxyEndpoint ?? '');
    if (!username || !password || !endpoint)
      throw new Error('GetAuthorizationToken answered without a login');
    return { username, password, endpoint };
  }

  /** The repository of that name. Throws RepositoryNotFoundException. */
  async repository(name: string, registryId: string | undefined): Promise<EcrRepository> {
    const { repositories } = await this.#client.send(
      new DescribeRepositoriesCommand({ repositoryNames: [name], ...(registryId ? { registryId } : {}) }),
    );
    const found = repositories?.[0];
    if (!found?.repositoryUri || !found.registryId)
      throw new Error('DescribeRepositories answered without a URI');
    return {
      name,
      uri: found.repositoryUri,
      registryId: found.registryId,
      mutability: found.imageTagMutability ?? 'MUTABLE',
      mutabilityExclusions: (found.imageTagMutabilityExclusionFilters ?? []).flatMap(
        ({ filter }) => filter ?? [],
      ),
    };
  }

  /** Names of up to 1,000 repositories of the registry, for naming what was probably meant. */
  async repositoryNames(registryId: string | undefined): Promise<readonly string[]> {
    const { repositories } = await this.#client.send(
      new DescribeRepositoriesCommand({ maxResults: 1000, ...(registryId ? { registryId } : {}) }),
    );
    return (repositories ?? []).flatMap(({ repositoryName }) => repositoryName ?? []);
  }

  /** Tags that point at the digest; none where there is no such image. */
  async tagsOf(repository: EcrRepository, digest: string): Promise<readonly string[]> {
    const { imageDetails } = await this.#client.send(
      new DescribeImagesCommand({
        repositoryName: repository.name,
        registryId: repository.registryId,
        imageIds: [{ imageDigest: digest }],
      }),
    );
    return imageDetails?.[0]?.imageTags ?? [];
  }

  /** Starts an upload that nobody completes: it succeeds exactly where a push is allowed to begin. */
  async probePush(repository: EcrRepository): Promise<void> {
    await this.#client.send(
      new InitiateLayerUploadCommand({ repositoryName: repository.name, registryId: repository.registryId }),
    );
  }

  /** Asks for a layer and an image that can't exist: any answer but a denial means that a pull is allowed. */
  async probePull(repository: EcrRepository): Promise<void> {
    const where = { repositoryName: repository.name, registryId: repository.registryId };
    await this.#client.send(new BatchGetImageCommand({ ...where, imageIds: [{ imageDigest: NO_DIGEST }] }));
    await this.#client
      .send(new GetDownloadUrlForLayerCommand({ ...where, layerDigest: NO_DIGEST }))
      .catch((error: unknown) => {
        if (error instanceof Error && /^Layer/.test(error.name)) return;
        throw error;
      });
  }
}
