import type { ServiceDeploymentSnapshot, ServiceSnapshot } from './observation.ts';

/** Tasks of our deployment and of older ones, by ECS's own count. */
export interface TaskCounts {
  /** Of our deployment; 0 once another one is PRIMARY. */
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** Running tasks of every other deployment. */
  readonly older: number;
}

/** As `DescribeServices` counts; undefined where our deployment isn't listed. */
export function countsInService(service: ServiceSnapshot, deploymentId: string): TaskCounts | undefined {
  const ours = service.deployments.find(({ id }) => id === deploymentId);
  if (ours === undefined) return undefined;
  const older = service.deployments
    .filter(({ id }) => id !== deploymentId)
    .reduce((sum, { running }) => sum + running, 0);
  return { desired: ours.desired, running: ours.running, pending: ours.pending, older };
}

/** As `DescribeServiceDeployments` counts; undefined where it names no target revision. */
export function countsInServiceDeployment(deployment: ServiceDeploymentSnapshot): TaskCounts | undefined {
  const { target, sources } = deployment;
  if (target === undefined) return undefined;
  const older = sources
    .filter(({ arn }) => arn !== target.arn)
    .reduce((sum, { running }) => sum + running, 0);
  return { desired: target.requested, running: target.running, pending: target.pending, older };
}
