import {
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  type ImageTagMutability,
} from '@aws-sdk/client-ecr';
import { isLoopback } from '../runner/http.ts';
import { type ClientSettings, clientConfig, optionalAnswer } from './client.ts';
import { probeTransfer } from './ecr-probes.ts';
import type { RepositoryName, TransferProbe, TransferWay } from './transfer.ts';
import { withTypedAnswers } from './typed-answers.ts';

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

/** No scan, none of this kind of image, or no such image (API_DescribeImageScanFindings). */
const NEVER_SCANNED = /^(ScanNotFoundException|UnsupportedImageTypeException|ImageNotFoundException)$/;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** An address without a scheme is read as https; on this machine as http. */
function endpointUrl(text: string): URL | null {
  if (/^https?:\/\//.test(text)) return URL.parse(text);
  const url = URL.parse(`https://${text}`);
  return url && isLoopback(url.hostname) ? URL.parse(`http://${text}`) : url;
}

/** Elastic Container Registry's API. Its methods throw the SDK's errors: see `readRefusal`. */
export class Ecr {
  readonly #client: ECRClient;

  constructor(settings: ClientSettings) {
    this.#client = withTypedAnswers(new ECRClient(clientConfig(settings)));
  }

  /** A password for docker and the registry's HTTP API, good for 12 hours. */
  async login(): Promise<RegistryLogin> {
    const { authorizationData } = await this.#client.send(new GetAuthorizationTokenCommand({}));
    const { authorizationToken, proxyEndpoint } = authorizationData?.[0] ?? {};
    const [username, password] = Buffer.from(authorizationToken ?? '', 'base64')
      .toString('utf8')
      .split(/:(.*)/s);
    const endpoint = endpointUrl(proxyEndpoint ?? '');
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
    // Both are cut up and put into addresses: an answer that has no text there is none of ECR's.
    if (!found || !isText(found.repositoryUri) || !isText(found.registryId))
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
      optionalAnswer(),
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

  /** The ten images that were pushed last, newest first, of the 1,000 that the API gives at once. */
  async newestImages(
    repository: EcrRepository,
  ): Promise<readonly { tags: readonly string[]; digest: string; pushedAt: Date | undefined }[]> {
    const { imageDetails } = await this.#client.send(
      new DescribeImagesCommand({
        repositoryName: repository.name,
        registryId: repository.registryId,
        filter: { tagStatus: 'TAGGED' },
        maxResults: 1000,
      }),
    );
    return [...(imageDetails ?? [])]
      .sort((a, b) => (b.imagePushedAt?.getTime() ?? 0) - (a.imagePushedAt?.getTime() ?? 0))
      .slice(0, 10)
      .map(({ imageTags, imageDigest, imagePushedAt }) => ({
        tags: imageTags ?? [],
        digest: imageDigest ?? '',
        pushedAt: imagePushedAt,
      }));
  }

  /** Asks for each action that a push or a pull needs, by calls that change nothing. Never throws. */
  async probe(way: TransferWay, repository: RepositoryName): Promise<TransferProbe> {
    return await probeTransfer(this.#client, way, repository);
  }

  /** The repository's lifecycle policy as JSON text; undefined where it has none. */
  async lifecyclePolicy({ name, registryId }: RepositoryName): Promise<string | undefined> {
    try {
      const { lifecyclePolicyText } = await this.#client.send(
        new GetLifecyclePolicyCommand({ repositoryName: name, ...(registryId ? { registryId } : {}) }),
        optionalAnswer(),
      );
      return lifecyclePolicyText;
    } catch (error) {
      if (error instanceof Error && error.name === 'LifecyclePolicyNotFoundException') return undefined;
      throw error;
    }
  }

  /** How many findings of each severity the last scan of an image had; undefined where it was never scanned. */
  async scanCounts(
    repository: EcrRepository,
    digest: string,
  ): Promise<Readonly<Partial<Record<string, number>>> | undefined> {
    try {
      const { imageScanFindings } = await this.#client.send(
        new DescribeImageScanFindingsCommand({
          repositoryName: repository.name,
          registryId: repository.registryId,
          imageId: { imageDigest: digest },
          maxResults: 1,
        }),
        optionalAnswer(),
      );
      return imageScanFindings?.findingSeverityCounts;
    } catch (error) {
      if (error instanceof Error && NEVER_SCANNED.test(error.name)) return undefined;
      throw error;
    }
  }
}
