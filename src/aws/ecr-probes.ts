import {
  BatchCheckLayerAvailabilityCommand,
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import { readRefusal } from './refusal.ts';
import { type RepositoryName, TRANSFER_ACTIONS, type TransferProbe, type TransferWay } from './transfer.ts';

/** A digest and an upload that don't exist, and a manifest that is none: nothing can come of them. */
const NO_DIGEST = `sha256:${'0'.repeat(64)}`;
const NO_UPLOAD = '00000000-0000-0000-0000-000000000000';
const NO_MANIFEST = '{}';

type Send = (client: ECRClient, where: { repositoryName: string; registryId?: string }) => Promise<unknown>;

const PROBES: Readonly<Record<string, Send>> = {
  'ecr:BatchCheckLayerAvailability': (client, where) =>
    client.send(new BatchCheckLayerAvailabilityCommand({ ...where, layerDigests: [NO_DIGEST] })),
  // Begins an upload that nobody completes: it has no form that can't succeed.
  'ecr:InitiateLayerUpload': (client, where) => client.send(new InitiateLayerUploadCommand(where)),
  'ecr:UploadLayerPart': (client, where) =>
    client.send(
      new UploadLayerPartCommand({
        ...where,
        uploadId: NO_UPLOAD,
        partFirstByte: 0,
        partLastByte: 0,
        layerPartBlob: new Uint8Array([0]),
      }),
    ),
  'ecr:CompleteLayerUpload': (client, where) =>
    client.send(new CompleteLayerUploadCommand({ ...where, uploadId: NO_UPLOAD, layerDigests: [NO_DIGEST] })),
  'ecr:PutImage': (client, where) =>
    client.send(new PutImageCommand({ ...where, imageManifest: NO_MANIFEST })),
  'ecr:BatchGetImage': (client, where) =>
    client.send(new BatchGetImageCommand({ ...where, imageIds: [{ imageDigest: NO_DIGEST }] })),
  'ecr:GetDownloadUrlForLayer': (client, where) =>
    client.send(new GetDownloadUrlForLayerCommand({ ...where, layerDigest: NO_DIGEST })),
};

/**
 * Asks for each action that is needed, side by side, by calls that can't succeed (but for the beginning of an
 * upload). Only a denial is evidence: any other refusal comes from behind the authorization, or says nothing.
 */
export async function probeTransfer(
  client: ECRClient,
  way: TransferWay,
  { name, registryId }: RepositoryName,
): Promise<TransferProbe> {
  const where = { repositoryName: name, ...(registryId ? { registryId } : {}) };
  const answers = await Promise.all(
    TRANSFER_ACTIONS[way].map(async (action) => {
      const problem = await PROBES[action]?.(client, where).then(() => undefined, readRefusal);
      return { action, kind: problem?.kind, message: problem?.message ?? '' };
    }),
  );
  return {
    denied: answers.filter(({ kind }) => kind === 'access-denied'),
    unclear: answers.filter(({ kind }) => kind && kind !== 'access-denied' && !ANSWERED.has(kind)),
  };
}

/** Refusals of what was asked, given to those who may ask. */
const ANSWERED: ReadonlySet<string> = new Set(['not-found', 'other']);
