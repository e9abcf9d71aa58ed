import type {
  BatchCheckLayerAvailabilityCommandInput,
  BatchCheckLayerAvailabilityCommandOutput,
  CompleteLayerUploadCommandInput,
  CompleteLayerUploadCommandOutput,
  GetDownloadUrlForLayerCommandInput,
  GetDownloadUrlForLayerCommandOutput,
  InitiateLayerUploadCommandInput,
  InitiateLayerUploadCommandOutput,
  Layer,
  LayerFailure,
  UploadLayerPartCommandInput,
  UploadLayerPartCommandOutput,
} from '@aws-sdk/client-ecr';
import { type AwsWorld, type Call, type Operation, operation } from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import { repositoryArn, repositoryOf } from './repositories.ts';

const repositoryResource = (input: { readonly repositoryName?: string | undefined }, world: AwsWorld) =>
  repositoryArn(world, input.repositoryName);

const partSize = 10 * 1024 * 1024;

/** ECR: layers and their uploads. */
export const layerOperations: Readonly<Record<string, Operation>> = {
  BatchCheckLayerAvailability: operation<
    BatchCheckLayerAvailabilityCommandInput,
    BatchCheckLayerAvailabilityCommandOutput
  >({
    action: 'ecr:BatchCheckLayerAvailability',
    resource: repositoryResource,
    run: checkLayers,
  }),
  GetDownloadUrlForLayer: operation<GetDownloadUrlForLayerCommandInput, GetDownloadUrlForLayerCommandOutput>({
    action: 'ecr:GetDownloadUrlForLayer',
    resource: repositoryResource,
    run: downloadUrl,
  }),
  InitiateLayerUpload: operation<InitiateLayerUploadCommandInput, InitiateLayerUploadCommandOutput>({
    action: 'ecr:InitiateLayerUpload',
    resource: repositoryResource,
    run: (input, { world }) => ({
      uploadId: world.uploads.initiate(repositoryOf(world, input).name),
      partSize,
    }),
  }),
  UploadLayerPart: operation<UploadLayerPartCommandInput, UploadLayerPartCommandOutput>({
    action: 'ecr:UploadLayerPart',
    resource: repositoryResource,
    run: uploadPart,
  }),
  CompleteLayerUpload: operation<CompleteLayerUploadCommandInput, CompleteLayerUploadCommandOutput>({
    action: 'ecr:CompleteLayerUpload',
    resource: repositoryResource,
    run: completeUpload,
  }),
};

function checkLayers(
  input: BatchCheckLayerAvailabilityCommandInput,
  { world }: Call,
): Omit<BatchCheckLayerAvailabilityCommandOutput, '$metadata'> {
  const { name } = repositoryOf(world, input);
  const layers: Layer[] = [];
  const failures: LayerFailure[] = [];
  for (const layerDigest of input.layerDigests ?? []) {
    if (!/^sha256:[0-9a-f]{64}$/.test(layerDigest)) {
      const failureReason = `Invalid layer digest: '${layerDigest}'`;
      failures.push({ layerDigest, failureCode: 'InvalidLayerDigest', failureReason });
      continue;
    }
    const layerSize = world.store.blob(name, layerDigest)?.length;
    layers.push({
      layerDigest,
      layerAvailability: layerSize === undefined ? 'UNAVAILABLE' : 'AVAILABLE',
      ...(layerSize === undefined ? {} : { layerSize }),
    });
  }
  return { layers, failures };
}

function downloadUrl(
  input: GetDownloadUrlForLayerCommandInput,
  { world }: Call,
): Omit<GetDownloadUrlForLayerCommandOutput, '$metadata'> {
  const { name } = repositoryOf(world, input);
  const layerDigest = input.layerDigest ?? '';
  if (!/^sha256:[0-9a-f]{64}$/.test(layerDigest)) {
    const message = `Invalid parameter at 'layerDigest' failed to satisfy constraint: 'must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+''`;
    throw new ServiceError('InvalidParameterException', message);
  }
  if (!world.store.hasBlob(name, layerDigest)) {
    const message = `The layer with digest '${layerDigest}' does not exist in the repository with name '${name}' in the registry with id '${world.account.id}'`;
    throw new ServiceError('LayersNotFoundException', message);
  }
  return { downloadUrl: `http://${world.registryHost}/v2/${name}/blobs/${layerDigest}`, layerDigest };
}

function uploadPart(
  input: UploadLayerPartCommandInput,
  { world }: Call,
): Omit<UploadLayerPartCommandOutput, '$metadata'> {
  const { name } = repositoryOf(world, input);
  const uploadId = input.uploadId ?? '';
  const part = Buffer.from(input.layerPartBlob ?? new Uint8Array());
  const lastByteReceived = world.uploads.addPart(name, uploadId, input.partFirstByte ?? 0, part);
  return { registryId: world.account.id, repositoryName: name, uploadId, lastByteReceived };
}

function completeUpload(
  input: CompleteLayerUploadCommandInput,
  { world }: Call,
): Omit<CompleteLayerUploadCommandOutput, '$metadata'> {
  const { name } = repositoryOf(world, input);
  const uploadId = input.uploadId ?? '';
  const layerDigest = input.layerDigests?.[0] ?? '';
  world.uploads.complete(name, uploadId, layerDigest);
  return { registryId: world.account.id, repositoryName: name, uploadId, layerDigest };
}
