import type {
  DescribeRepositoriesCommandInput,
  DescribeRepositoriesCommandOutput,
  Repository as EcrRepository,
  GetAuthorizationTokenCommandInput,
  GetAuthorizationTokenCommandOutput,
  GetLifecyclePolicyCommandInput,
  GetLifecyclePolicyCommandOutput,
} from '@aws-sdk/client-ecr';
import type { Repository } from '../../registry/image-store.ts';
import { arnOf } from '../account.ts';
import { type AwsWorld, type Call, type Operation, operation, pageOf } from '../operation.ts';
import { ServiceError } from '../service-error.ts';

/** The ARN of a repository. */
export function repositoryArn(world: AwsWorld, name: string | undefined): string {
  return arnOf(world.account, 'ecr', `repository/${name ?? '*'}`);
}

/** The repository that a request names. Throws RepositoryNotFoundException, also for another account's registry. */
export function repositoryOf(
  world: AwsWorld,
  input: { readonly repositoryName?: string | undefined; readonly registryId?: string | undefined },
): Repository {
  const name = input.repositoryName ?? '';
  const registry = input.registryId ?? world.account.id;
  const found = registry === world.account.id ? world.store.repository(name) : undefined;
  if (found !== undefined) return found;
  throw new ServiceError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${registry}'`,
  );
}

/** ECR: log-in, repositories and their policies. */
export const repositoryOperations: Readonly<Record<string, Operation>> = {
  GetAuthorizationToken: operation<GetAuthorizationTokenCommandInput, GetAuthorizationTokenCommandOutput>({
    action: 'ecr:GetAuthorizationToken',
    resource: () => '*',
    run: (_input, { world }) => {
      const { authorizationToken, expiresAt } = world.tokens.issue();
      const proxyEndpoint = `http://${world.registryHost}`;
      return { authorizationData: [{ authorizationToken, expiresAt: new Date(expiresAt), proxyEndpoint }] };
    },
  }),
  DescribeRepositories: operation<DescribeRepositoriesCommandInput, DescribeRepositoriesCommandOutput>({
    action: 'ecr:DescribeRepositories',
    resource: (input, world) => repositoryArn(world, input.repositoryNames?.[0]),
    run: describeRepositories,
  }),
  GetLifecyclePolicy: operation<GetLifecyclePolicyCommandInput, GetLifecyclePolicyCommandOutput>({
    action: 'ecr:GetLifecyclePolicy',
    resource: (input, world) => repositoryArn(world, input.repositoryName),
    run: (input, { world }) => {
      const { name, lifecyclePolicy } = repositoryOf(world, input);
      if (lifecyclePolicy !== undefined) {
        return {
          registryId: world.account.id,
          repositoryName: name,
          lifecyclePolicyText: lifecyclePolicy,
        };
      }
      throw new ServiceError(
        'LifecyclePolicyNotFoundException',
        `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${world.account.id}'`,
      );
    },
  }),
};

function describeRepositories(
  input: DescribeRepositoriesCommandInput,
  { world }: Call,
): Omit<DescribeRepositoriesCommandOutput, '$metadata'> {
  const names = input.repositoryNames;
  if (names !== undefined && names.length > 0) {
    const { registryId } = input;
    return {
      repositories: names.map((repositoryName) =>
        shape(world, repositoryOf(world, { repositoryName, registryId })),
      ),
    };
  }
  const page = pageOf(world.store.repositories(), input.nextToken, input.maxResults ?? 100);
  return {
    repositories: page.items.map((repository) => shape(world, repository)),
    nextToken: page.nextToken,
  };
}

function shape(world: AwsWorld, repository: Repository): EcrRepository {
  const filters = repository.exclusionFilters.map((filter) => ({ filterType: 'WILDCARD' as const, filter }));
  return {
    repositoryArn: repositoryArn(world, repository.name),
    registryId: world.account.id,
    repositoryName: repository.name,
    repositoryUri: `${world.registryHost}/${repository.name}`,
    createdAt: new Date(repository.createdAt),
    imageTagMutability: repository.mutability,
    ...(filters.length === 0 ? {} : { imageTagMutabilityExclusionFilters: filters }),
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: 'AES256' },
  };
}
