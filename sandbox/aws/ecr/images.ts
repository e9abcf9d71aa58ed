import type {
  BatchGetImageCommandInput,
  BatchGetImageCommandOutput,
  DescribeImageScanFindingsCommandInput,
  DescribeImageScanFindingsCommandOutput,
  DescribeImagesCommandInput,
  DescribeImagesCommandOutput,
  ImageDetail,
  ImageFailure,
  ImageIdentifier,
  ListImagesCommandInput,
  ListImagesCommandOutput,
  PutImageCommandInput,
  PutImageCommandOutput,
} from '@aws-sdk/client-ecr';
import { digestOf, type Repository, type StoredManifest, StoreRefusal } from '../../registry/image-store.ts';
import { tagIsImmutable } from '../../registry/tag-mutability.ts';
import { type AwsWorld, type Call, type Operation, operation, pageOf } from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import { repositoryArn, repositoryOf } from './repositories.ts';

const repositoryResource = (input: { readonly repositoryName?: string | undefined }, world: AwsWorld) =>
  repositoryArn(world, input.repositoryName);

/** ECR: images and their manifests. */
export const imageOperations: Readonly<Record<string, Operation>> = {
  DescribeImages: operation<DescribeImagesCommandInput, DescribeImagesCommandOutput>({
    action: 'ecr:DescribeImages',
    resource: repositoryResource,
    run: describeImages,
  }),
  ListImages: operation<ListImagesCommandInput, ListImagesCommandOutput>({
    action: 'ecr:ListImages',
    resource: repositoryResource,
    run: listImages,
  }),
  BatchGetImage: operation<BatchGetImageCommandInput, BatchGetImageCommandOutput>({
    action: 'ecr:BatchGetImage',
    resource: repositoryResource,
    run: batchGetImage,
  }),
  PutImage: operation<PutImageCommandInput, PutImageCommandOutput>({
    action: 'ecr:PutImage',
    resource: repositoryResource,
    run: putImage,
  }),
  DescribeImageScanFindings: operation<
    DescribeImageScanFindingsCommandInput,
    DescribeImageScanFindingsCommandOutput
  >({
    action: 'ecr:DescribeImageScanFindings',
    resource: repositoryResource,
    run: (input, { world }) => {
      const repository = repositoryOf(world, input);
      const { name, scan } = repository;
      if (scan !== undefined) {
        const image = find(world, repository, input.imageId ?? {});
        if (image === undefined) throw notFound(world, repository, input.imageId ?? {});
        return {
          registryId: world.account.id,
          repositoryName: name,
          imageId: { imageDigest: image.digest },
          imageScanStatus: { status: 'COMPLETE' },
          imageScanFindings: { findingSeverityCounts: { ...scan } },
        };
      }
      const id = idText(input.imageId);
      throw new ServiceError(
        'ScanNotFoundException',
        `Image scan does not exist for the image with '${id}' in the repository with name '${name}' in the registry with id '${world.account.id}'`,
      );
    },
  }),
};

function describeImages(
  input: DescribeImagesCommandInput,
  { world }: Call,
): Omit<DescribeImagesCommandOutput, '$metadata'> {
  const repository = repositoryOf(world, input);
  const ids = input.imageIds;
  if (ids !== undefined && ids.length > 0) {
    const images = ids.map((id) => find(world, repository, id) ?? fail(notFound(world, repository, id)));
    return { imageDetails: unique(images).map((image) => detail(world, repository, image)) };
  }
  const status = input.filter?.tagStatus ?? 'ANY';
  const images = world.store.images(repository.name).filter((image) => fits(image, status));
  const page = pageOf(images, input.nextToken, input.maxResults ?? 100);
  return {
    imageDetails: page.items.map((image) => detail(world, repository, image)),
    nextToken: page.nextToken,
  };
}

function listImages(
  input: ListImagesCommandInput,
  { world }: Call,
): Omit<ListImagesCommandOutput, '$metadata'> {
  const repository = repositoryOf(world, input);
  const status = input.filter?.tagStatus ?? 'ANY';
  const ids = world.store
    .images(repository.name)
    .filter((image) => fits(image, status))
    .flatMap((image): ImageIdentifier[] =>
      image.tags.length === 0
        ? [{ imageDigest: image.digest }]
        : image.tags.map((imageTag) => ({ imageDigest: image.digest, imageTag })),
    );
  const page = pageOf(ids, input.nextToken, input.maxResults ?? 100);
  return { imageIds: page.items, nextToken: page.nextToken };
}

function batchGetImage(
  input: BatchGetImageCommandInput,
  { world }: Call,
): Omit<BatchGetImageCommandOutput, '$metadata'> {
  const repository = repositoryOf(world, input);
  const images: NonNullable<BatchGetImageCommandOutput['images']> = [];
  const failures: ImageFailure[] = [];
  for (const imageId of input.imageIds ?? []) {
    const image = find(world, repository, imageId);
    if (image === undefined) {
      failures.push({ imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' });
      continue;
    }
    images.push({
      registryId: world.account.id,
      repositoryName: repository.name,
      imageId: {
        imageDigest: image.digest,
        ...(imageId.imageTag === undefined ? {} : { imageTag: imageId.imageTag }),
      },
      imageManifest: image.body.toString('utf8'),
      imageManifestMediaType: image.mediaType,
    });
  }
  return { images, failures };
}

function putImage(input: PutImageCommandInput, { world }: Call): Omit<PutImageCommandOutput, '$metadata'> {
  const repository = repositoryOf(world, input);
  const body = Buffer.from(input.imageManifest ?? '', 'utf8');
  const mediaType = input.imageManifestMediaType ?? mediaTypeIn(body);
  refuseSameAgain(world, repository, input.imageTag, body);
  try {
    const reference = input.imageTag ?? input.imageDigest ?? digestOf(body);
    const stored = world.store.putManifest(repository.name, reference, mediaType, body);
    return {
      image: {
        registryId: world.account.id,
        repositoryName: repository.name,
        imageId: {
          imageDigest: stored.digest,
          ...(input.imageTag === undefined ? {} : { imageTag: input.imageTag }),
        },
        imageManifest: body.toString('utf8'),
        imageManifestMediaType: stored.mediaType,
      },
    };
  } catch (error) {
    throw error instanceof StoreRefusal ? refusal(error) : error;
  }
}

/** The ECR API's names for what the registry refuses. */
function refusal(error: StoreRefusal): ServiceError {
  const codes: Readonly<Record<StoreRefusal['code'], string>> = {
    NAME_UNKNOWN: 'RepositoryNotFoundException',
    TAG_INVALID: 'ImageTagAlreadyExistsException',
    MANIFEST_BLOB_UNKNOWN: error.message.startsWith('Images')
      ? 'ReferencedImagesNotFoundException'
      : 'LayersNotFoundException',
    MANIFEST_INVALID: 'InvalidParameterException',
    DIGEST_INVALID: 'ImageDigestDoesNotMatchException',
  };
  return new ServiceError(codes[error.code], error.message);
}

/** Putting what a tag points at already is refused; for an immutable tag with the words of the registry. */
function refuseSameAgain(
  world: AwsWorld,
  repository: Repository,
  tag: string | undefined,
  body: Buffer,
): void {
  if (tag === undefined || tagIsImmutable(repository, tag)) return;
  const { digest } = world.store.resolve(repository.name, tag) ?? {};
  if (digest !== digestOf(body)) return;
  const message = `Image with digest '${digest}' and tag '${tag}' already exists in the repository with name '${repository.name}' in registry with id '${world.account.id}'`;
  throw new ServiceError('ImageAlreadyExistsException', message);
}

function find(world: AwsWorld, repository: Repository, id: ImageIdentifier): StoredManifest | undefined {
  const image = world.store.resolve(repository.name, id.imageDigest ?? id.imageTag ?? '');
  if (image === undefined || id.imageTag === undefined) return image;
  return image.tags.includes(id.imageTag) ? image : undefined;
}

function idText(id: ImageIdentifier | undefined): string {
  return `{imageDigest:'${id?.imageDigest ?? 'null'}', imageTag:'${id?.imageTag ?? 'null'}'}`;
}

function notFound(world: AwsWorld, repository: Repository, id: ImageIdentifier): ServiceError {
  const message = `The image with imageId ${idText(id)} does not exist within the repository with name '${repository.name}' in the registry with id '${world.account.id}'`;
  return new ServiceError('ImageNotFoundException', message);
}

function fail(error: ServiceError): never {
  throw error;
}

function unique(images: readonly StoredManifest[]): readonly StoredManifest[] {
  return [...new Map(images.map((image) => [image.digest, image])).values()];
}

function fits(image: StoredManifest, status: string): boolean {
  if (status === 'TAGGED') return image.tags.length > 0;
  return status !== 'UNTAGGED' || image.tags.length === 0;
}

function detail(world: AwsWorld, repository: Repository, image: StoredManifest): ImageDetail {
  return {
    registryId: world.account.id,
    repositoryName: repository.name,
    imageDigest: image.digest,
    ...(image.tags.length === 0 ? {} : { imageTags: [...image.tags] }),
    imageSizeInBytes: image.sizeInBytes,
    imagePushedAt: new Date(image.pushedAt),
    imageManifestMediaType: image.mediaType,
  };
}

function mediaTypeIn(body: Buffer): string {
  try {
    const manifest: unknown = JSON.parse(body.toString('utf8'));
    const hasType = typeof manifest === 'object' && manifest !== null && 'mediaType' in manifest;
    return hasType && typeof manifest.mediaType === 'string' ? manifest.mediaType : '';
  } catch {
    return '';
  }
}
