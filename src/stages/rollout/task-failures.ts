import type { ContainerSnapshot, TaskSnapshot } from './observation.ts';

/** A task of our deployment that failed, rather than being stopped on purpose. */
export interface TaskFailure {
  readonly taskArn: string;
  /** The container to blame: the one that ended badly or has a reason of its own. */
  readonly container?: string;
  readonly exitCode?: number;
  /** `stoppedReason` and the containers' reasons, to recognise a cause by. */
  readonly text: string;
  readonly stopCode?: string;
  /** Ms by AWS's clock. */
  readonly createdAt: number;
  readonly endedAt: number;
  /** From RUNNING to its end; undefined where it never ran. */
  readonly ranForMs?: number;
}

/** Stop codes that say nothing against the image (API_Task, `stopCode`). */
const NOT_ITS_FAULT = new Set([
  'UserInitiated',
  'SpotInterruption',
  'TerminationNotice',
  'InfrastructureHealth',
]);

/**
 * A stopped task as a failure, or undefined where it was stopped on purpose: scaled in, drained, stopped by a
 * person, or taken by its infrastructure. A task that is still stopping counts as soon as it has a reason.
 */
export function failureOf(task: TaskSnapshot): TaskFailure | undefined {
  const endedAt = task.stoppedAt ?? task.stoppingAt;
  if (endedAt === undefined && task.lastStatus !== 'STOPPED') return undefined;
  if (task.stopCode !== undefined && NOT_ITS_FAULT.has(task.stopCode)) return undefined;
  const reasons = [task.stoppedReason, ...task.containers.map(({ reason }) => reason)];
  const text = [...new Set(reasons.filter((reason) => reason !== undefined && reason !== ''))].join(' · ');
  if (isOnPurpose(task, text)) return undefined;
  const culprit = culpritOf(task.containers);
  const createdAt = task.createdAt ?? task.startedAt ?? endedAt ?? 0;
  return {
    taskArn: task.arn,
    ...(culprit === undefined ? {} : { container: culprit.name }),
    ...(culprit?.exitCode === undefined ? {} : { exitCode: culprit.exitCode }),
    text,
    ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode }),
    createdAt,
    endedAt: endedAt ?? createdAt,
    ...(task.startedAt === undefined || endedAt === undefined
      ? {}
      : { ranForMs: Math.max(0, endedAt - task.startedAt) }),
  };
}

function isOnPurpose(task: TaskSnapshot, text: string): boolean {
  if (/^Scaling activity initiated by/.test(task.stoppedReason ?? '')) return true;
  return task.stopCode === 'ServiceSchedulerInitiated' && !/failed .*health check|unhealthy/i.test(text);
}

function culpritOf(containers: readonly ContainerSnapshot[]): ContainerSnapshot | undefined {
  return (
    containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0) ??
    containers.find(({ reason }) => reason !== undefined && reason !== '') ??
    containers.find(({ health }) => health === 'UNHEALTHY') ??
    containers.find(({ exitCode }) => exitCode === 0) ??
    containers[0]
  );
}

/**
 * How many failures followed one another, each task created only after the one before had ended. Ten tasks
 * that start together and fail together are one round: only a replacement that fails as well makes it two.
 */
export function roundsOf(failures: readonly TaskFailure[]): number {
  const byEnd = failures.toSorted((a, b) => a.endedAt - b.endedAt);
  let rounds = 0;
  let lastEnd = Number.NEGATIVE_INFINITY;
  for (const failure of byEnd) {
    if (failure.createdAt < lastEnd) continue;
    rounds += 1;
    lastEnd = failure.endedAt;
  }
  return rounds;
}

/** Adds what a look shows to what is known, one entry a task, oldest first, at most `limit`. */
export function mergeFailures(
  known: readonly TaskFailure[],
  tasks: readonly TaskSnapshot[],
  deploymentId: string,
  limit = 100,
): readonly TaskFailure[] {
  const byArn = new Map(known.map((failure) => [failure.taskArn, failure]));
  for (const task of tasks) {
    if (task.deploymentId !== deploymentId) continue;
    const failure = failureOf(task);
    if (failure) byArn.set(task.arn, failure);
  }
  return [...byArn.values()].toSorted((a, b) => a.createdAt - b.createdAt).slice(-limit);
}

/** The last part of a task's ARN, as events and log streams name it. */
export function taskId(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
