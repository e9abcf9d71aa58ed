import { isBlueGreen, keepsOldTasks } from './blue-green.ts';
import { nextFailureCount, type TaskEnd } from './circuit-breaker.ts';
import { settleDeployment } from './completion.ts';
import { failDeployment } from './deployment-failure.ts';
import { addEvent, type Simulation } from './simulation.ts';
import {
  type Deployment,
  liveTasks,
  remainingTasks,
  type Service,
  type ServiceDeployment,
  type Task,
} from './state.ts';
import { nextOutcome, timingsOf } from './task-plan.ts';
import { startTask, stopTask, type TaskListener } from './task-run.ts';
import { eventText, stoppedReason } from './wording.ts';

/** Seconds between something happening to a service and the scheduler acting on it. */
const reactionSeconds = 1;
/** Seconds before a task that failed is replaced, growing with the failures in a row. */
const restartSeconds = (failures: number): number =>
  failures <= 3 ? 3 : Math.min(900, 10 * 2 ** (failures - 4));
/** After how many failures in a row ECS says that it cannot start tasks. */
const consistentFailures = new Set([4, 8, 16, 32, 64]);
/** Seconds before a placement is tried again. */
const placementSeconds = (failures: number): number => Math.min(300, 15 * 2 ** (failures - 1));

/** The service scheduler of the simulated ECS: starts, replaces and stops tasks until a service is as wanted. */
export class Scheduler implements TaskListener {
  readonly #simulation: Simulation;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /** Has the scheduler look at a service after so many seconds. */
  lookAt(service: Service, seconds: number = reactionSeconds): void {
    const { timeline } = this.#simulation;
    const moment = timeline.now() + seconds * 1000;
    if (service.looks.has(moment)) return;
    service.looks.add(moment);
    timeline.at(moment, () => {
      service.looks.delete(moment);
      this.#reconcile(service);
    });
  }

  becameHealthy(task: Task): void {
    const { service, deployment } = task;
    if (service === undefined || deployment === undefined) return;
    this.#count(service, deployment, 'healthy');
    this.lookAt(service, 0);
  }

  failedHealthCheck(task: Task): void {
    const { service, deployment } = task;
    if (service === undefined || deployment === undefined) return;
    deployment.unhealthy += 1;
    this.#count(service, deployment, {
      reachedRunning: true,
      failedHealthCheck: true,
      stopCode: task.stopCode,
    });
    this.#backOff(deployment, restartSeconds(deployment.failedTasks));
    this.lookAt(service);
  }

  stopped(task: Task): void {
    const { service, deployment } = task;
    if (service === undefined || deployment === undefined) return;
    const reachedRunning = task.startedAt !== undefined;
    this.#count(service, deployment, { reachedRunning, failedHealthCheck: false, stopCode: task.stopCode });
    const failed = task.stopCode === 'EssentialContainerExited' || task.stopCode === 'TaskFailedToStart';
    if (failed) this.#backOff(deployment, restartSeconds(deployment.failedTasks));
    this.lookAt(service);
  }

  /** Stops every task of a service, as its deletion does. */
  stopAll(service: Service): void {
    for (const deployment of service.deployments) {
      deployment.accepting = false;
      for (const task of liveTasks(this.#simulation.state, deployment)) this.#stop(task, deployment.id);
    }
    this.lookAt(service);
  }

  #count(service: Service, deployment: Deployment, happened: TaskEnd | 'healthy'): void {
    const serviceDeployment = ongoingOf(service, deployment);
    const configuration = serviceDeployment?.configuration ?? service.deploymentConfiguration;
    const before = deployment.failedTasks;
    deployment.failedTasks = nextFailureCount(before, happened, configuration);
    if (deployment.failedTasks === before) return;
    deployment.updatedAt = this.#simulation.timeline.now();
    if (serviceDeployment === undefined || serviceDeployment.status !== 'IN_PROGRESS') return;
    const { breaker } = serviceDeployment;
    if (breaker.status !== 'DISABLED') breaker.failureCount = deployment.failedTasks;
    serviceDeployment.updatedAt = deployment.updatedAt;
    if (breaker.status === 'MONITORING' && breaker.failureCount >= breaker.threshold) {
      const rollback = configuration.deploymentCircuitBreaker?.rollback === true;
      failDeployment(this.#simulation, service, serviceDeployment, { kind: 'breaker' }, rollback);
      this.lookAt(service, 2);
    } else if (
      breaker.status !== 'MONITORING' &&
      happened !== 'healthy' &&
      consistentFailures.has(deployment.failedTasks)
    ) {
      addEvent(this.#simulation, service, eventText.unableToStart(service.name));
    }
  }

  #reconcile(service: Service): void {
    if (service.status === 'DRAINING') this.#finishDeletion(service);
    const [primary] = service.deployments;
    if (service.status !== 'ACTIVE' || primary === undefined) return;
    this.#stopSurplus(service, primary);
    this.#startMissing(service, primary);
    this.#dropEmpty(service);
    const steady = settleDeployment(this.#simulation, service, primary, () => this.lookAt(service, 0));
    if (!steady || service.steady) return;
    service.steady = true;
    addEvent(this.#simulation, service, eventText.steady(service.name));
  }

  #backOff(deployment: Deployment, seconds: number): void {
    deployment.notBefore = Math.max(deployment.notBefore, this.#simulation.timeline.now() + seconds * 1000);
  }

  #startMissing(service: Service, primary: Deployment): void {
    if (!primary.accepting) return;
    const { state } = this.#simulation;
    const live = service.deployments.flatMap((one) => liveTasks(state, one)).length;
    const maximum = Math.floor(
      (service.desiredCount * (service.deploymentConfiguration.maximumPercent ?? 200)) / 100,
    );
    const missing = service.desiredCount - liveTasks(state, primary).length;
    const count = isBlueGreen(service) ? missing : Math.min(missing, maximum - live);
    if (count <= 0) return;
    service.steady = false;
    const wait = primary.notBefore - this.#simulation.timeline.now();
    if (wait > 0) {
      this.lookAt(service, wait / 1000);
      return;
    }
    const started: Task[] = [];
    for (let index = 0; index < count; index += 1) {
      const task = this.#startOne(service, primary, index);
      if (task === undefined) break;
      started.push(task);
    }
    if (started.length === 0) return;
    const ids = started.map((task) => task.id);
    const replaced = Math.min(primary.unhealthy, started.length);
    primary.unhealthy -= replaced;
    addEvent(this.#simulation, service, eventText.started(service.name, ids, replaced));
  }

  #startOne(service: Service, deployment: Deployment, index: number): Task | undefined {
    const outcome = nextOutcome(this.#simulation, service, deployment);
    deployment.tasksBegun += 1;
    if (outcome.kind === 'not-placed') {
      deployment.placementFailures += 1;
      addEvent(this.#simulation, service, eventText.notPlaced(service.name, outcome.because));
      this.#count(service, deployment, {
        reachedRunning: false,
        failedHealthCheck: false,
        stopCode: undefined,
      });
      this.#backOff(deployment, placementSeconds(deployment.placementFailures));
      this.lookAt(service, placementSeconds(deployment.placementFailures));
      return undefined;
    }
    deployment.placementFailures = 0;
    const timings = timingsOf(this.#simulation, service);
    return startTask(this.#simulation, {
      revision: deployment.revision,
      service,
      deployment,
      clusterName: service.clusterName,
      group: `service:${service.name}`,
      startedBy: deployment.id,
      launchType: service.launchType,
      timings,
      outcome,
      delay: index * timings.stagger,
      listener: this,
    });
  }

  /** Stops what a service has too much of: tasks of older deployments as far as enough healthy ones remain. */
  #stopSurplus(service: Service, primary: Deployment): void {
    const { state } = this.#simulation;
    const surplus = healthyFirst(liveTasks(state, primary)).slice(service.desiredCount);
    const minimum = Math.ceil(
      (service.desiredCount * (service.deploymentConfiguration.minimumHealthyPercent ?? 100)) / 100,
    );
    const live = service.deployments.flatMap((one) => liveTasks(state, one));
    let spare =
      live.filter((task) => task.healthy).length - minimum - surplus.filter((task) => task.healthy).length;
    const frozen = !primary.accepting || keepsOldTasks(service, this.#simulation.timeline.now());
    const old = frozen ? [] : service.deployments.slice(1).flatMap((one) => liveTasks(state, one));
    const stopping: Task[] = [...surplus];
    for (const task of healthyFirst(old).reverse()) {
      if (task.healthy && spare <= 0) break;
      if (task.healthy) spare -= 1;
      stopping.push(task);
    }
    if (stopping.length === 0) return;
    service.steady = false;
    this.#tellStopped(service, stopping);
    for (const task of stopping) this.#stop(task, primary.id);
  }

  #tellStopped(service: Service, stopping: readonly Task[]): void {
    const running = stopping.filter((task) => task.lastStatus === 'RUNNING').map((task) => task.id);
    const pending = stopping.length - running.length;
    if (running.length > 0) addEvent(this.#simulation, service, eventText.stopped(service.name, running));
    if (pending > 0) addEvent(this.#simulation, service, eventText.stoppedPending(service.name, pending));
  }

  #stop(task: Task, deploymentId: string): void {
    stopTask(this.#simulation, task, this, 'ServiceSchedulerInitiated', stoppedReason.scaling(deploymentId));
  }

  #dropEmpty(service: Service): void {
    const { state } = this.#simulation;
    const keep = (one: Deployment, index: number) => index === 0 || remainingTasks(state, one).length > 0;
    for (const gone of service.deployments.filter((one, index) => !keep(one, index)))
      gone.status = 'INACTIVE';
    service.deployments = service.deployments.filter(keep);
  }

  #finishDeletion(service: Service): void {
    const { state } = this.#simulation;
    if (service.deployments.some((one) => remainingTasks(state, one).length > 0)) return;
    service.status = 'INACTIVE';
    service.deployments = [];
  }
}

function ongoingOf(service: Service, deployment: Deployment): ServiceDeployment | undefined {
  return service.serviceDeployments.find((one) => one.deployment === deployment);
}

function healthyFirst(tasks: readonly Task[]): Task[] {
  return [...tasks].sort((left, right) => Number(right.healthy) - Number(left.healthy));
}
