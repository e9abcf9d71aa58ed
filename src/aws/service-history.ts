import {
  DescribeServiceRevisionsCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs';

/** A service deployment of the last 90 days, which is as far as ECS remembers. */
export interface PastDeployment {
  /** `SUCCESSFUL`, `ROLLBACK_SUCCESSFUL`, `STOPPED`, … (API_ServiceDeploymentBrief). */
  readonly status: string;
  /** ARN of the task definition that it deployed. */
  readonly taskDefinition: string;
  readonly images: readonly {
    readonly container: string;
    readonly image: string;
    readonly digest: string | undefined;
  }[];
}

/** As many revisions as one DescribeServiceRevisions takes. */
const MOST = 20;

/** The newest service deployments of a service with what they ran, newest first. Throws the SDK's errors. */
export async function readServiceHistory(
  client: ECSClient,
  cluster: string,
  service: string,
): Promise<readonly PastDeployment[]> {
  const { serviceDeployments } = await client.send(
    new ListServiceDeploymentsCommand({ cluster, service, maxResults: MOST }),
  );
  const listed = [...(serviceDeployments ?? [])].sort(
    (a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0),
  );
  const arns = [...new Set(listed.flatMap(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? []))];
  if (arns.length === 0) return [];
  const { serviceRevisions } = await client.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: arns }),
  );
  const byArn = new Map((serviceRevisions ?? []).map((revision) => [revision.serviceRevisionArn, revision]));
  return listed.flatMap(({ status, targetServiceRevisionArn }) => {
    const revision = byArn.get(targetServiceRevisionArn);
    if (!revision) return [];
    return [
      {
        status: status ?? '',
        taskDefinition: revision.taskDefinition ?? '',
        images: (revision.containerImages ?? []).map(({ containerName, image, imageDigest }) => ({
          container: containerName ?? '',
          image: image ?? '',
          digest: imageDigest,
        })),
      },
    ];
  });
}
