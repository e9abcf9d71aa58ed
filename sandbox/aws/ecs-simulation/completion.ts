import { deferredCleanUpSeconds, defersCleanUp, isBlueGreen, nextStage } from './blue-green.ts';
import { endServiceDeployment } from './deployment-start.ts';
import { addEvent, type Simulation } from './simulation.ts';
import { type Deployment, liveTasks, remainingTasks, type Service, type ServiceDeployment } from './state.ts';
import { eventText, rolloutReason } from './wording.ts';

/** Completes the PRIMARY deployment where it is done. True: the service is as wanted. */
export function settleDeployment(
  simulation: Simulation,
  service: Service,
  primary: Deployment,
  lookSoon: () => void,
): boolean {
  const live = liveTasks(simulation.state, primary);
  const healthy = live.filter((task) => task.healthy).length;
  const oldGone = service.deployments
    .slice(1)
    .every((one) => remainingTasks(simulation.state, one).length === 0);
  const full = live.length === service.desiredCount && healthy === service.desiredCount;
  const serviceDeployment = service.serviceDeployments.find(
    (one) => one.deployment === primary || one.rollbackDeployment === primary,
  );
  if (primary.rolloutState === 'COMPLETED') return full && oldGone;
  if (primary.rolloutState === 'FAILED' || serviceDeployment === undefined) return false;
  if (serviceDeployment.status === 'ROLLBACK_IN_PROGRESS') {
    if (full && oldGone) completeRollback(simulation, service, primary, serviceDeployment);
    return full && oldGone;
  }
  if (serviceDeployment.status !== 'IN_PROGRESS') return false;
  const waiting = stageBefore(simulation, service, serviceDeployment, { healthy, full, oldGone }, lookSoon);
  if (waiting) return false;
  complete(simulation, service, primary, serviceDeployment);
  simulation.timeline.after(defersCleanUp(serviceDeployment) ? deferredCleanUpSeconds : 0, lookSoon);
  return full && oldGone;
}

/** Takes a deployment through the stages before its end. True while there is one to wait for. */
function stageBefore(
  simulation: Simulation,
  service: Service,
  serviceDeployment: ServiceDeployment,
  found: { readonly healthy: number; readonly full: boolean; readonly oldGone: boolean },
  lookSoon: () => void,
): boolean {
  if (isBlueGreen(service)) {
    serviceDeployment.lifecycleStage ??= 'SCALE_UP';
    if (serviceDeployment.lifecycleStage === 'SCALE_UP' && found.full)
      enterNextStage(simulation, serviceDeployment, lookSoon);
    return serviceDeployment.lifecycleStage !== 'CLEAN_UP' || !found.full || !found.oldGone;
  }
  const early = serviceDeployment.configuration.earlySuccessCriteria;
  if (early?.enable === true) {
    const enough = found.healthy >= Math.ceil((service.desiredCount * (early.healthyPercent ?? 100)) / 100);
    return !enough || (early.sourceServiceRevisionCleanup !== 'DEFERRED' && !found.oldGone);
  }
  if (!found.full || !found.oldGone) return true;
  return bake(simulation, serviceDeployment, lookSoon);
}

/** A rolling deployment that alarms watch bakes after all its tasks run. True until that is over. */
function bake(simulation: Simulation, serviceDeployment: ServiceDeployment, lookSoon: () => void): boolean {
  const minutes = serviceDeployment.configuration.bakeTimeInMinutes ?? 0;
  if (
    serviceDeployment.alarms === undefined ||
    minutes === 0 ||
    serviceDeployment.lifecycleStage === 'CLEAN_UP'
  )
    return false;
  if (serviceDeployment.lifecycleStage === undefined) {
    serviceDeployment.lifecycleStage = 'BAKE_TIME';
    simulation.timeline.after(minutes * 60, () => {
      serviceDeployment.lifecycleStage = 'CLEAN_UP';
      lookSoon();
    });
  }
  return true;
}

/** Takes a blue/green deployment into its next stage, where a lifecycle hook may hold it up. */
export function enterNextStage(
  simulation: Simulation,
  serviceDeployment: ServiceDeployment,
  lookSoon: () => void,
): void {
  const next = nextStage(serviceDeployment);
  if (next === undefined || serviceDeployment.status !== 'IN_PROGRESS') return;
  serviceDeployment.lifecycleStage = next.stage;
  serviceDeployment.updatedAt = simulation.timeline.now();
  if (next.stage === 'CLEAN_UP') {
    lookSoon();
    return;
  }
  const hook = serviceDeployment.configuration.lifecycleHooks?.find((one) =>
    one.lifecycleStages?.some((stage) => stage === next.stage),
  );
  if (hook !== undefined) {
    const status = hook.targetType === 'PAUSE' ? 'AWAITING_ACTION' : 'IN_PROGRESS';
    serviceDeployment.hook = { id: simulation.ids.uuid(), hook, status };
    return;
  }
  simulation.timeline.after(next.seconds, () => enterNextStage(simulation, serviceDeployment, lookSoon));
}

function complete(
  simulation: Simulation,
  service: Service,
  primary: Deployment,
  serviceDeployment: ServiceDeployment,
): void {
  markCompleted(simulation, service, primary);
  endServiceDeployment(serviceDeployment, 'SUCCESSFUL', undefined, simulation.timeline.now());
}

function completeRollback(
  simulation: Simulation,
  service: Service,
  primary: Deployment,
  serviceDeployment: ServiceDeployment,
): void {
  markCompleted(simulation, service, primary);
  endServiceDeployment(
    serviceDeployment,
    'ROLLBACK_SUCCESSFUL',
    serviceDeployment.statusReason,
    simulation.timeline.now(),
  );
}

function markCompleted(simulation: Simulation, service: Service, primary: Deployment): void {
  primary.rolloutState = 'COMPLETED';
  primary.rolloutStateReason = rolloutReason.completed(primary.id);
  primary.updatedAt = simulation.timeline.now();
  service.lastCompleted = primary.revision;
  addEvent(simulation, service, eventText.completed(service.name, primary.id));
}
