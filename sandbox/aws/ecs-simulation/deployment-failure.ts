import { nameIn } from '../account.ts';
import { addDeployment, endServiceDeployment } from './deployment-start.ts';
import { addEvent, type Simulation } from './simulation.ts';
import type { Service, ServiceDeployment } from './state.ts';
import { eventText, rolloutReason, statusReason } from './wording.ts';

/** What ends a deployment before it is done. */
export type FailureCause =
  | { readonly kind: 'breaker' }
  | { readonly kind: 'alarm'; readonly alarms: readonly string[] }
  | { readonly kind: 'hook'; readonly stage: string; readonly target: string }
  | { readonly kind: 'user' };

/** Seconds from a …_REQUESTED status to the one it asks for. */
const requestSeconds = 1;

/** Fails a deployment by the circuit breaker, an alarm or a person, and rolls back if `rollback` says so. */
export function failDeployment(
  simulation: Simulation,
  service: Service,
  serviceDeployment: ServiceDeployment,
  cause: FailureCause,
  rollback: boolean,
): void {
  const { deployment } = serviceDeployment;
  const now = simulation.timeline.now();
  deployment.accepting = false;
  deployment.updatedAt = now;
  serviceDeployment.lifecycleStage = undefined;
  if (cause.kind === 'breaker') serviceDeployment.breaker.status = 'TRIGGERED';
  if (cause.kind === 'alarm' && serviceDeployment.alarms !== undefined) {
    serviceDeployment.alarms.status = 'TRIGGERED';
    serviceDeployment.alarms.triggered = [...cause.alarms];
  }
  if (cause.kind !== 'user') {
    deployment.rolloutState = 'FAILED';
    deployment.rolloutStateReason = failureTexts(cause).rollout;
    addEvent(simulation, service, eventText.failed(service.name, deployment.id, failureTexts(cause).event));
  }
  if (rollback) requestRollback(simulation, service, serviceDeployment, reasonOf(cause, true));
  else if (cause.kind === 'user') requestStop(simulation, serviceDeployment, reasonOf(cause, false));
  else endServiceDeployment(serviceDeployment, 'STOPPED', reasonOf(cause, false), now);
}

function requestStop(simulation: Simulation, serviceDeployment: ServiceDeployment, reason: string): void {
  serviceDeployment.status = 'STOP_REQUESTED';
  simulation.timeline.after(requestSeconds, () => {
    if (serviceDeployment.status !== 'STOP_REQUESTED') return;
    endServiceDeployment(serviceDeployment, 'STOPPED', reason, simulation.timeline.now());
  });
}

function failureTexts(cause: Exclude<FailureCause, { kind: 'user' }>): {
  readonly rollout: string;
  readonly event: string;
} {
  switch (cause.kind) {
    case 'breaker':
      return { rollout: rolloutReason.tasksFailed, event: 'tasks failed to start.' };
    case 'alarm':
      return { rollout: rolloutReason.alarm, event: 'alarm detected.' };
    case 'hook':
      return { rollout: reasonOf(cause, true), event: reasonOf(cause, true) };
  }
}

function reasonOf(cause: FailureCause, rollback: boolean): string {
  switch (cause.kind) {
    case 'breaker':
      return rollback ? statusReason.breakerRollback : statusReason.breakerStop;
    case 'alarm':
      return rollback ? statusReason.alarmRollback(cause.alarms) : statusReason.alarmStop(cause.alarms);
    case 'hook':
      return statusReason.hookRollback(cause.stage, cause.target);
    case 'user':
      return rollback ? statusReason.userRollback : statusReason.userStop;
  }
}

function requestRollback(
  simulation: Simulation,
  service: Service,
  serviceDeployment: ServiceDeployment,
  reason: string,
): void {
  const { timeline } = simulation;
  const target = service.lastCompleted;
  if (target === undefined) {
    endServiceDeployment(serviceDeployment, 'ROLLBACK_FAILED', statusReason.noCandidate, timeline.now());
    return;
  }
  serviceDeployment.status = 'ROLLBACK_REQUESTED';
  serviceDeployment.statusReason = reason;
  serviceDeployment.updatedAt = timeline.now();
  timeline.after(requestSeconds, () => {
    if (serviceDeployment.status !== 'ROLLBACK_REQUESTED') return;
    const now = timeline.now();
    serviceDeployment.status = 'ROLLBACK_IN_PROGRESS';
    serviceDeployment.updatedAt = now;
    serviceDeployment.rollback = { reason, startedAt: now, revision: target };
    beginRollback(simulation, service, serviceDeployment);
  });
}

/**
 * A new entry for the revision that completed last, under the id that it had, takes over what still runs of it.
 * Source: DescribeServices answers in public issues; the id in `rolling back to deployment …` is the earlier one.
 */
function beginRollback(simulation: Simulation, service: Service, serviceDeployment: ServiceDeployment): void {
  const target = serviceDeployment.rollback?.revision;
  if (target === undefined) return;
  const now = simulation.timeline.now();
  const sources = service.deployments.filter((one) => one.revision === target);
  const back = addDeployment(service, target, `ecs-svc/${nameIn(target.arn)}`, now);
  if (serviceDeployment.breaker.status === 'TRIGGERED') {
    back.rolloutStateReason = rolloutReason.rollingBack(back.id);
  }
  service.taskDefinition = target.taskDefinition;
  serviceDeployment.rollbackDeployment = back;
  for (const task of simulation.state.tasks) {
    if (task.deployment !== undefined && sources.includes(task.deployment) && task.lastStatus !== 'STOPPED')
      task.deployment = back;
  }
  service.deployments = service.deployments.filter((one) => !sources.includes(one));
  addEvent(simulation, service, eventText.rollingBack(service.name, back.id));
}
