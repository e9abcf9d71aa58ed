import type { ServiceDeploymentSnapshot } from './observation.ts';
import type { ListedServiceDeployment } from './ports.ts';

/** Times of one deployment in two APIs may differ by so much, and two deployments lie further apart. */
const SAME_MS = 10_000;

interface Candidate {
  readonly arn: string;
  readonly revisionArn: string | undefined;
  readonly createdAt: number | undefined;
}

/**
 * The service deployment that belongs to a deployment id (`ecs-svc/N`). The service revision that it targets
 * ends in the same number; where that isn't so, the one that began nearest to it by AWS's clock, and none
 * where that leaves a doubt. Undefined: not among these.
 */
export function findOurs(
  listed: readonly ListedServiceDeployment[],
  deploymentId: string,
  createdAt: number | undefined,
): string | undefined {
  return nearest(
    listed.map((entry) => ({ arn: entry.arn, revisionArn: entry.revisionArn, createdAt: entry.createdAt })),
    deploymentId,
    createdAt,
  );
}

/** Whether a service deployment is the one of a deployment id for certain: by the number of its revision. */
export function isCertainlyOurs(deployment: ServiceDeploymentSnapshot, deploymentId: string): boolean {
  return endsInSameNumber(deployment.target?.arn, deploymentId);
}

function nearest(
  candidates: readonly Candidate[],
  deploymentId: string,
  createdAt: number | undefined,
): string | undefined {
  const same = candidates.find(({ revisionArn }) => endsInSameNumber(revisionArn, deploymentId));
  if (same) return same.arn;
  if (createdAt === undefined) return undefined;
  const byDistance = candidates
    .flatMap(({ arn, createdAt: at }) =>
      at === undefined ? [] : [{ arn, distance: Math.abs(at - createdAt) }],
    )
    .filter(({ distance }) => distance <= SAME_MS)
    .toSorted((a, b) => a.distance - b.distance);
  const [first, second] = byDistance;
  return second !== undefined && second.distance === first?.distance ? undefined : first?.arn;
}

function endsInSameNumber(revisionArn: string | undefined, deploymentId: string): boolean {
  const number = deploymentId.slice(deploymentId.lastIndexOf('/') + 1);
  return number !== '' && revisionArn !== undefined && revisionArn.endsWith(`/${number}`);
}

/** Seconds that the newest five successful ones took, newest first, ours left out. */
export function earlierSeconds(
  listed: readonly ListedServiceDeployment[],
  ours: string | undefined,
): readonly number[] {
  return listed
    .filter(({ arn, status }) => arn !== ours && status === 'SUCCESSFUL')
    .flatMap(({ startedAt, createdAt, finishedAt }) => {
      const from = startedAt ?? createdAt;
      return from === undefined || finishedAt === undefined || finishedAt <= from
        ? []
        : [(finishedAt - from) / 1000];
    })
    .slice(0, 5);
}
