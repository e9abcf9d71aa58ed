import type { DeploymentConfiguration, TaskOverride } from '@aws-sdk/client-ecs';
import { nameIn } from '../account.ts';
import { ServiceError } from '../service-error.ts';
import { breakerThreshold } from './circuit-breaker.ts';
import { enterNextStage } from './completion.ts';
import { failDeployment } from './deployment-failure.ts';
import { createRevision, endServiceDeployment, startDeployment } from './deployment-start.ts';
import { Scheduler } from './scheduler.ts';
import type { Simulation } from './simulation.ts';
import { type Cluster, isOngoing, type Service, type ServiceDeployment, type Task } from './state.ts';
import type { StoredTaskDefinition } from './task-definition-store.ts';
import { defaultTimings, oneOffOutcome } from './task-plan.ts';
import { startTask, stopTask } from './task-run.ts';
import { statusReason } from './wording.ts';

/** What an UpdateService may change. */
export interface ServiceUpdate {
  readonly taskDefinition?: StoredTaskDefinition;
  readonly desiredCount?: number;
  readonly force: boolean;
  readonly deploymentConfiguration?: DeploymentConfiguration;
}

/** Stopped tasks are shown for about an hour. */
const stoppedTasksShownMs = 60 * 60 * 1000;

/** The simulated ECS, as its API and other people act on it. */
export class EcsCloud {
  readonly simulation: Simulation;
  readonly #scheduler: Scheduler;
  /** What RunTask began with each client token: asked for again, it begins nothing. */
  readonly #ranBy = new Map<string, readonly Task[]>();

  constructor(simulation: Simulation) {
    this.simulation = simulation;
    this.#scheduler = new Scheduler(simulation);
  }

  /** By name or ARN, `default` if left out. Throws ClusterNotFoundException. */
  cluster(reference: string | undefined): Cluster {
    const name = nameIn(reference ?? 'default');
    const found = this.simulation.state.clusters.find((cluster) => cluster.name === name);
    if (found === undefined) throw new ServiceError('ClusterNotFoundException', 'Cluster not found.');
    return found;
  }

  /** By name or ARN within a cluster; undefined where there is none. */
  findService(cluster: Cluster, reference: string): Service | undefined {
    const name = nameIn(reference);
    return this.simulation.state.services.find(
      (one) => one.clusterName === cluster.name && one.name === name,
    );
  }

  /** As findService. Throws ServiceNotFoundException. */
  service(cluster: Cluster, reference: string | undefined): Service {
    const found = this.findService(cluster, reference ?? '');
    if (found === undefined) throw new ServiceError('ServiceNotFoundException', 'Service not found.');
    return found;
  }

  /** The service deployments that ECS shows, newest first: the latest may take a while to appear. */
  shownServiceDeployments(service: Service): readonly ServiceDeployment[] {
    const { scenario, timeline } = this.simulation;
    const until = timeline.now() - (scenario.world?.serviceDeploymentLag ?? 0) * 1000;
    return service.serviceDeployments.filter((one) => one.createdAt <= until);
  }

  /** Changes a service; a new deployment starts if it is forced or the task definition is another. */
  updateService(service: Service, update: ServiceUpdate): void {
    if (update.deploymentConfiguration !== undefined) {
      service.deploymentConfiguration = {
        ...service.deploymentConfiguration,
        ...update.deploymentConfiguration,
      };
    }
    if (update.desiredCount !== undefined) this.#scale(service, update.desiredCount);
    const taskDefinition = update.taskDefinition ?? service.taskDefinition;
    if (update.force || taskDefinition.arn !== service.taskDefinition.arn) {
      startDeployment(this.simulation, service, taskDefinition);
    }
    this.#scheduler.lookAt(service, 2);
  }

  /** Deletes a service with its tasks: it is DRAINING until they are gone, then INACTIVE. */
  deleteService(service: Service): void {
    if (service.status !== 'ACTIVE') return;
    const now = this.simulation.timeline.now();
    service.status = 'DRAINING';
    service.desiredCount = 0;
    for (const ongoing of service.serviceDeployments.filter((one) => isOngoing(one.status))) {
      endServiceDeployment(ongoing, 'STOPPED', statusReason.deleted, now);
    }
    this.#scheduler.stopAll(service);
  }

  /** Stops an ongoing service deployment, with or without a roll back. Throws ConflictException if it is over. */
  stopServiceDeployment(
    service: Service,
    serviceDeployment: ServiceDeployment,
    stopType: 'ROLLBACK' | 'ABORT',
  ): void {
    if (serviceDeployment.status !== 'IN_PROGRESS' && serviceDeployment.status !== 'PENDING') {
      throw new ServiceError(
        'ConflictException',
        `The service deployment cannot be stopped because its status is ${serviceDeployment.status}.`,
      );
    }
    failDeployment(this.simulation, service, serviceDeployment, { kind: 'user' }, stopType === 'ROLLBACK');
    this.#scheduler.lookAt(service, 2);
  }

  /** An alarm goes off: deployments that it watches fail. */
  soundAlarm(name: string): void {
    for (const service of this.simulation.state.services) {
      const current = service.currentServiceDeployment;
      if (current?.status !== 'IN_PROGRESS' || current.alarms?.names.includes(name) !== true) continue;
      const rollback = current.configuration.alarms?.rollback === true;
      failDeployment(this.simulation, service, current, { kind: 'alarm', alarms: [name] }, rollback);
      this.#scheduler.lookAt(service, 2);
    }
  }

  /** Answers the lifecycle hook that a service's deployment waits for: it goes on, or fails and is rolled back. */
  answerHook(service: Service, status: 'SUCCEEDED' | 'FAILED'): void {
    const current = service.currentServiceDeployment;
    const waiting = current?.hook;
    if (current?.status !== 'IN_PROGRESS' || waiting === undefined) return;
    const stage = current.lifecycleStage ?? '';
    waiting.status = status;
    if (status === 'FAILED') {
      const target = waiting.hook.hookTargetArn ?? waiting.id;
      failDeployment(this.simulation, service, current, { kind: 'hook', stage, target }, true);
      this.#scheduler.lookAt(service, 2);
      return;
    }
    enterNextStage(this.simulation, current, () => this.#scheduler.lookAt(service, 0));
  }

  /** Starts one-off tasks, as RunTask does; a reason where there is no place for them. */
  runTask(
    cluster: Cluster,
    taskDefinition: StoredTaskDefinition,
    options: {
      readonly count: number;
      readonly clientToken?: string | undefined;
      readonly group?: string | undefined;
      readonly startedBy?: string | undefined;
      readonly overrides?: TaskOverride | undefined;
      readonly launchType: 'FARGATE' | 'EC2' | 'EXTERNAL' | 'MANAGED_INSTANCES';
    },
  ): readonly Task[] | { readonly failure: string } {
    const before = this.#ranBy.get(options.clientToken ?? '');
    if (before !== undefined) return before;
    const home = { clusterName: cluster.name, name: 'run-task' };
    const revision = createRevision(this.simulation, home, taskDefinition, this.simulation.ids.digits19());
    const outcome = oneOffOutcome(this.simulation, revision);
    if (outcome.kind === 'not-placed') return { failure: outcome.because };
    const tasks = Array.from({ length: options.count }, () =>
      startTask(this.simulation, {
        revision,
        clusterName: cluster.name,
        group: options.group ?? `family:${taskDefinition.family}`,
        startedBy: options.startedBy,
        launchType: options.launchType,
        timings: defaultTimings,
        outcome,
        ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
        delay: 0,
        listener: this.#scheduler,
      }),
    );
    if (options.clientToken !== undefined) this.#ranBy.set(options.clientToken, tasks);
    return tasks;
  }

  /** Stops a task on a person's behalf. */
  stopTask(task: Task, reason: string): void {
    stopTask(this.simulation, task, this.#scheduler, 'UserInitiated', reason);
  }

  /** The tasks of a cluster that ECS still shows: stopped ones for about an hour. */
  shownTasks(cluster: Cluster): readonly Task[] {
    const oldest = this.simulation.timeline.now() - stoppedTasksShownMs;
    const prefix = `task/${cluster.name}/`;
    return this.simulation.state.tasks.filter(
      (task) => task.arn.includes(prefix) && (task.stoppedAt === undefined || task.stoppedAt >= oldest),
    );
  }

  #scale(service: Service, desiredCount: number): void {
    service.desiredCount = desiredCount;
    for (const ongoing of service.serviceDeployments.filter((one) => isOngoing(one.status))) {
      ongoing.breaker.threshold = breakerThreshold(ongoing.configuration, desiredCount);
    }
  }
}
