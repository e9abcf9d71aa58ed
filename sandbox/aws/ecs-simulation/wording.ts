/**
 * ECS's own sentences, in one place. Sources: developer guide, "Amazon ECS service event messages" and "stopped
 * tasks error messages"; events quoted in public issues where the guide has none.
 */

const tasks = (ids: readonly string[]): string => ids.map((id) => `(task ${id})`).join(' ');

/** Messages of the service scheduler. */
export const eventText = {
  started: (service: string, ids: readonly string[], replaced: number) =>
    `(service ${service}) has started ${ids.length} tasks: ${tasks(ids)}.${replaced === 0 ? '' : ` Amazon ECS replaced ${replaced} tasks due to an unhealthy status.`}`,
  stopped: (service: string, ids: readonly string[]) =>
    `(service ${service}) has stopped ${ids.length} running tasks: ${tasks(ids)}.`,
  stoppedPending: (service: string, count: number) => `(service ${service}) stopped ${count} pending tasks.`,
  draining: (service: string, count: number) =>
    `(service ${service}) has begun draining connections on ${count} tasks.`,
  registered: (service: string, targetGroup: string) =>
    `(service ${service}) registered 1 targets in (target-group ${targetGroup})`,
  deregistered: (service: string, targetGroup: string) =>
    `(service ${service}) deregistered 1 targets in (target-group ${targetGroup})`,
  unhealthyTarget: (service: string, task: string, targetGroup: string, reason: string) =>
    `(service ${service}) (task ${task}) (port 8000) is unhealthy in (target-group ${targetGroup}) due to (reason ${reason}).`,
  failedContainerCheck: (service: string, task: string) =>
    `(service ${service}) (task ${task}) failed container health checks.`,
  notPlaced: (service: string, because: string) =>
    `(service ${service}) was unable to place a task${because}`,
  unableToStart: (service: string) =>
    `(service ${service}) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  failed: (service: string, deployment: string, why: string) =>
    `(service ${service}) (deployment ${deployment}) deployment failed: ${why}`,
  rollingBack: (service: string, deployment: string) =>
    `(service ${service}) rolling back to deployment ${deployment}.`,
  completed: (service: string, deployment: string) =>
    `(service ${service}) (deployment ${deployment}) deployment completed.`,
  steady: (service: string) => `(service ${service}) has reached a steady state.`,
} as const;

/** `rolloutStateReason` of an entry in a service's deployments. */
export const rolloutReason = {
  inProgress: (deployment: string) => `ECS deployment ${deployment} in progress.`,
  completed: (deployment: string) => `ECS deployment ${deployment} completed.`,
  tasksFailed: 'ECS deployment circuit breaker: tasks failed to start.',
  alarm: 'ECS deployment alarm: alarm detected.',
  rollingBack: (deployment: string) =>
    `ECS deployment circuit breaker: rolling back to deploymentId ${deployment}.`,
} as const;

/**
 * `statusReason` of a service deployment, also the reason of its rollback. The first and the hook's are quoted
 * from public issues; AWS documents none, so the others are in their manner and nothing should rest on them.
 */
export const statusReason = {
  breakerRollback: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
  breakerStop: 'Service deployment stopped because the circuit breaker threshold was exceeded.',
  alarmRollback: (alarms: readonly string[]) =>
    `Service deployment rolled back because the following CloudWatch alarms were triggered: [${alarms.join(', ')}].`,
  alarmStop: (alarms: readonly string[]) =>
    `Service deployment stopped because the following CloudWatch alarms were triggered: [${alarms.join(', ')}].`,
  hookRollback: (stage: string, target: string) =>
    `Service deployment rolled back because ${stage} lifecycle hook(s) failed. Lifecycle hook target ${target} returned FAILED status.`,
  userRollback: 'Service deployment rolled back because of a StopServiceDeployment request.',
  userStop: 'Service deployment stopped because of a StopServiceDeployment request.',
  superseded: 'Service deployment stopped because a newer service deployment was started.',
  deleted: 'Service deployment stopped because the service was deleted.',
  noCandidate: 'Service deployment failed because there is no service revision to roll back to.',
} as const;

/** `stoppedReason` of a task. */
export const stoppedReason = {
  essentialExited: 'Essential container in task exited',
  scaling: (deployment: string) => `Scaling activity initiated by (deployment ${deployment})`,
  loadBalancerCheck: (targetGroup: string) =>
    `Task failed ELB health checks in (target-group ${targetGroup})`,
  containerCheck: 'Task failed container health checks',
  imageNotFound: (image: string) =>
    `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`,
} as const;
