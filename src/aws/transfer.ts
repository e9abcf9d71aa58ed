/** A repository by its name and its registry's account; undefined: the caller's own. */
export interface RepositoryName {
  readonly name: string;
  readonly registryId: string | undefined;
}

/** What is to be done at the registry: `tag` is the PUT of a manifest alone. */
export type TransferWay = 'push' | 'pull' | 'tag';

/** An IAM action that was not answered as it is where it is allowed, with AWS's words. */
export interface ProbedAction {
  readonly action: string;
  readonly message: string;
}

/** What came of asking for each action. */
export interface TransferProbe {
  readonly denied: readonly ProbedAction[];
  /** Neither allowed nor denied: AWS did not get as far as that. */
  readonly unclear: readonly ProbedAction[];
}

/** IAM actions by what they are for: Amazon ECR user guide, "IAM permissions for pushing an image" and "… pulling". */
export const TRANSFER_ACTIONS: Readonly<Record<TransferWay, readonly string[]>> = {
  push: [
    'ecr:BatchCheckLayerAvailability',
    'ecr:InitiateLayerUpload',
    'ecr:UploadLayerPart',
    'ecr:CompleteLayerUpload',
    'ecr:PutImage',
  ],
  pull: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  tag: ['ecr:PutImage'],
};
