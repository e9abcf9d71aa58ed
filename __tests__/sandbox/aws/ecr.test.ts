import { createHash } from 'node:crypto';
import {
  BatchCheckLayerAvailabilityCommand,
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  GetDownloadUrlForLayerCommand,
  GetLifecyclePolicyCommand,
  InitiateLayerUploadCommand,
  ListImagesCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, it } from 'vitest';
import { buildSeedImage } from '../../../sandbox/registry/seed-image.ts';
import { success } from '../../../sandbox/scenarios/success.ts';
import { push, withSandbox } from './sdk-clients.ts';

const repositoryName = 'dyno-agent';
const previous = 'a31be07d5c2946f8b01e7a3d94c5f26087be9d13';
const noDigest = `sha256:${'0'.repeat(64)}`;
const sha = (body: Buffer) => `sha256:${createHash('sha256').update(body).digest('hex')}`;

describe('repositories', () => {
  it('are described with the address that the registry answers at', async () => {
    await withSandbox({}, async (sandbox, { ecr }) => {
      const { repositories } = await ecr.send(
        new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
      );
      expect(repositories).toEqual([
        expect.objectContaining({
          repositoryUri: `${sandbox.registryHost}/dyno-agent`,
          repositoryArn: 'arn:aws:ecr:us-east-1:123456789012:repository/dyno-agent',
          imageTagMutability: 'MUTABLE',
          createdAt: expect.any(Date),
        }),
      ]);
      const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
      expect(authorizationData?.[0]?.proxyEndpoint).toBe(sandbox.url);
      const hours = ((authorizationData?.[0]?.expiresAt?.getTime() ?? 0) - sandbox.clock.now()) / 3_600_000;
      expect(hours).toBeCloseTo(12, 1);
    });
  });

  it('that are not there are refused in the words of ECR', async () => {
    await withSandbox({}, async (_sandbox, { ecr }) => {
      const wanted = {
        name: 'RepositoryNotFoundException',
        message:
          "The repository with name 'dyno-agnet' does not exist in the registry with id '123456789012'",
      };
      await expect(
        ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['dyno-agnet'] })),
      ).rejects.toMatchObject(wanted);
      await expect(
        ecr.send(new InitiateLayerUploadCommand({ repositoryName: 'dyno-agnet' })),
      ).rejects.toMatchObject(wanted);
      const elsewhere = new ListImagesCommand({ repositoryName, registryId: '999999999999' });
      await expect(ecr.send(elsewhere)).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
    });
  });

  it('have no lifecycle policy and no scan', async () => {
    await withSandbox({}, async (_sandbox, { ecr }) => {
      await expect(ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject({
        name: 'LifecyclePolicyNotFoundException',
      });
      const scan = new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageTag: 'latest' } });
      await expect(ecr.send(scan)).rejects.toMatchObject({ name: 'ScanNotFoundException' });
    });
  });
});

describe('images', () => {
  it('show the seeds and what was pushed, with tags, sizes and times', async () => {
    await withSandbox({}, async (sandbox, { ecr }) => {
      const digest = await push(sandbox, 'v1', 'first push');
      const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
      expect(imageDetails).toHaveLength(6);
      expect(imageDetails?.[0]).toMatchObject({ imageDigest: digest, imageTags: ['v1'] });
      expect(imageDetails?.[1]?.imageTags?.sort()).toEqual([previous, 'latest'].sort());
      const days = (sandbox.clock.now() - (imageDetails?.[1]?.imagePushedAt?.getTime() ?? 0)) / 86_400_000;
      expect(days).toBeCloseTo(3, 1);
      const first = await ecr.send(new ListImagesCommand({ repositoryName, maxResults: 4 }));
      const second = await ecr.send(
        new ListImagesCommand({ repositoryName, maxResults: 4, nextToken: first.nextToken }),
      );
      expect([...(first.imageIds ?? []), ...(second.imageIds ?? [])]).toHaveLength(7);
      expect(second.nextToken).toBeUndefined();
    });
  });

  it('that are not there are an error when described and a failure when fetched', async () => {
    await withSandbox({}, async (_sandbox, { ecr }) => {
      const imageIds = [{ imageTag: 'gone' }];
      await expect(ecr.send(new DescribeImagesCommand({ repositoryName, imageIds }))).rejects.toMatchObject({
        name: 'ImageNotFoundException',
        message:
          "The image with imageId {imageDigest:'null', imageTag:'gone'} does not exist within the repository with name 'dyno-agent' in the registry with id '123456789012'",
      });
      const { images, failures } = await ecr.send(
        new BatchGetImageCommand({ repositoryName, imageIds: [...imageIds, { imageTag: 'latest' }] }),
      );
      expect(images).toHaveLength(1);
      expect(failures).toMatchObject([{ failureCode: 'ImageNotFound', imageId: { imageTag: 'gone' } }]);
    });
  });

  it('take another tag by PutImage, once', async () => {
    await withSandbox({}, async (sandbox, { ecr }) => {
      const digest = await push(sandbox, 'v1', 'tag me');
      const { images } = await ecr.send(
        new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }),
      );
      const input = {
        repositoryName,
        imageManifest: images?.[0]?.imageManifest,
        imageManifestMediaType: images?.[0]?.imageManifestMediaType,
        imageTag: 'latest',
      };
      await ecr.send(new PutImageCommand(input));
      const moves = sandbox.truth().tagMoves.filter((move) => move.tag === 'latest');
      expect(moves).toMatchObject([{ digest, previous: expect.stringMatching(/^sha256:/) }]);
      await expect(ecr.send(new PutImageCommand(input))).rejects.toMatchObject({
        name: 'ImageAlreadyExistsException',
      });
    });
  });

  it('keep an immutable tag, even for the same digest', async () => {
    const scenario = { ...success, world: { repository: { mutability: 'IMMUTABLE' as const } } };
    await withSandbox({ scenario }, async (_sandbox, { ecr }) => {
      const { images } = await ecr.send(
        new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'latest' }] }),
      );
      const put = new PutImageCommand({
        repositoryName,
        imageManifest: images?.[0]?.imageManifest,
        imageTag: 'latest',
      });
      await expect(ecr.send(put)).rejects.toMatchObject({
        name: 'ImageTagAlreadyExistsException',
        message:
          "The image tag 'latest' already exists in the 'dyno-agent' repository and cannot be overwritten because the tag is immutable.",
      });
    });
  });
});

describe('layers', () => {
  it('are uploaded in parts, checked and found again', async () => {
    await withSandbox({}, async (sandbox, { ecr }) => {
      const body = Buffer.alloc(3_000_000, 'torque ');
      const { uploadId } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
      const half = 2_000_000;
      const part = (from: number, to: number) =>
        new UploadLayerPartCommand({
          repositoryName,
          uploadId,
          partFirstByte: from,
          partLastByte: to - 1,
          layerPartBlob: body.subarray(from, to),
        });
      expect((await ecr.send(part(0, half))).lastByteReceived).toBe(half - 1);
      await expect(ecr.send(part(half + 1, body.length))).rejects.toMatchObject({
        name: 'InvalidLayerPartException',
      });
      await ecr.send(part(half, body.length));
      const complete = (digest: string) =>
        new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [digest] });
      await expect(ecr.send(complete(noDigest))).rejects.toMatchObject({ name: 'InvalidLayerException' });
      await ecr.send(complete(sha(body)));
      const check = await ecr.send(
        new BatchCheckLayerAvailabilityCommand({
          repositoryName,
          layerDigests: [sha(body), noDigest, 'nonsense'],
        }),
      );
      expect(check.layers?.map((layer) => layer.layerAvailability)).toEqual(['AVAILABLE', 'UNAVAILABLE']);
      expect(check.failures).toMatchObject([{ failureCode: 'InvalidLayerDigest' }]);
      const { downloadUrl } = await ecr.send(
        new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: sha(body) }),
      );
      expect(downloadUrl).toContain(sandbox.registryHost);
      expect(sandbox.truth()).toMatchObject({ uploadsStarted: 1, uploadsCompleted: 1 });
    });
  });

  it('are refused with the codes that a permission probe has to tell from AccessDenied', async () => {
    await withSandbox({}, async (_sandbox, { ecr }) => {
      const uploadId = '00000000-0000-4000-8000-000000000000';
      const part = { partFirstByte: 0, partLastByte: 0, layerPartBlob: new Uint8Array(1) };
      await expect(
        ecr.send(new UploadLayerPartCommand({ repositoryName, uploadId, ...part })),
      ).rejects.toMatchObject({ name: 'UploadNotFoundException' });
      await expect(
        ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [noDigest] })),
      ).rejects.toMatchObject({ name: 'UploadNotFoundException' });
      await expect(
        ecr.send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: noDigest })),
      ).rejects.toMatchObject({ name: 'LayersNotFoundException' });
      const { manifest } = buildSeedImage('never pushed');
      await expect(
        ecr.send(new PutImageCommand({ repositoryName, imageManifest: manifest.toString(), imageTag: 'x' })),
      ).rejects.toMatchObject({
        name: 'LayersNotFoundException',
      });
    });
  });
});
