import type { Container, TaskOverride, TaskStopCode } from '@aws-sdk/client-ecs';
import type { TaskOutcome, TaskTimings } from '../../scenarios/scenario.ts';
import { newTask, runContainers } from './records.ts';
import { addEvent, type Simulation } from './simulation.ts';
import type { Deployment, Revision, Service, Task } from './state.ts';
import { eventText, stoppedReason } from './wording.ts';

/** What the scheduler wants to hear of its tasks. */
export interface TaskListener {
  becameHealthy(task: Task): void;
  /** Its health checks failed, and it is going to be stopped for that. */
  failedHealthCheck(task: Task): void;
  stopped(task: Task): void;
}

/** What a task is started from. */
export interface TaskStart {
  readonly revision: Revision;
  readonly service?: Service;
  readonly deployment?: Deployment;
  readonly clusterName: string;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly launchType: 'FARGATE' | 'EC2' | 'EXTERNAL' | 'MANAGED_INSTANCES';
  readonly timings: TaskTimings;
  readonly outcome: Exclude<TaskOutcome, { kind: 'not-placed' }>;
  readonly overrides?: TaskOverride;
  /** Seconds later than the first of those started together. */
  readonly delay: number;
  readonly listener: TaskListener;
}

/** Starts a task: it is PROVISIONING, and the rest of its life is on the timeline. */
export function startTask(simulation: Simulation, start: TaskStart): Task {
  const { revision, group, startedBy, launchType, timings, overrides, service, deployment } = start;
  const createdAt = simulation.timeline.now();
  const task = newTask(simulation, start.clusterName, {
    revision,
    group,
    startedBy,
    createdAt,
    launchType,
    timings,
    overrides,
    service,
    deployment,
  });
  simulation.state.tasks.push(task);
  provision(simulation, task, start);
  return task;
}

/** Runs a step of a task's life later, unless the task has been told to stop meanwhile. */
function later(simulation: Simulation, task: Task, seconds: number, step: () => void): void {
  simulation.timeline.after(seconds, () => {
    if (task.desiredStatus === 'RUNNING') step();
  });
}

function enter(task: Task, status: string): void {
  task.lastStatus = status;
  task.version += 1;
}

function provision(simulation: Simulation, task: Task, start: TaskStart): void {
  const { outcome, timings } = start;
  later(simulation, task, timings.provision + start.delay, () => {
    if (outcome.kind === 'fails-to-start' && outcome.stage === 'provision')
      return failToStart(simulation, task, start, outcome);
    enter(task, 'PENDING');
    task.pullStartedAt = simulation.timeline.now();
    later(simulation, task, timings.pull, () => {
      task.pullStoppedAt = simulation.timeline.now();
      if (outcome.kind === 'fails-to-start') return failToStart(simulation, task, start, outcome);
      activate(simulation, task, start);
    });
  });
}

function activate(simulation: Simulation, task: Task, start: TaskStart): void {
  const { outcome, timings } = start;
  task.containersStartedAt = simulation.timeline.now();
  runContainers(simulation, task);
  enter(task, 'ACTIVATING');
  if (outcome.kind !== 'fails-to-start')
    writeLog(simulation, task, outcome.log ?? [], 'seconds' in outcome ? outcome.seconds : 4);
  later(simulation, task, timings.activate, () => run(simulation, task, start));
  if (outcome.kind === 'exits') {
    later(simulation, task, outcome.seconds, () => exit(simulation, task, start, outcome));
  }
}

function run(simulation: Simulation, task: Task, start: TaskStart): void {
  const { outcome, timings, service } = start;
  enter(task, 'RUNNING');
  task.startedAt = simulation.timeline.now();
  const targetGroup = service?.loadBalancers[0]?.targetGroupArn;
  if (service !== undefined && targetGroup !== undefined) {
    addEvent(simulation, service, eventText.registered(service.name, targetGroup));
  }
  if (outcome.kind === 'unhealthy') {
    later(simulation, task, outcome.seconds, () => failHealthCheck(simulation, task, start, outcome));
    return;
  }
  const checked = targetGroup !== undefined || hasHealthCheck(task);
  later(simulation, task, checked ? timings.healthy : 0, () => {
    task.healthy = true;
    if (hasHealthCheck(task)) setHealth(task, 'HEALTHY');
    start.listener.becameHealthy(task);
  });
}

function exit(
  simulation: Simulation,
  task: Task,
  start: TaskStart,
  outcome: Extract<TaskOutcome, { kind: 'exits' }>,
): void {
  const container = mainContainer(task);
  if (container !== undefined) {
    container.exitCode = outcome.exitCode;
    if (outcome.reason !== undefined) container.reason = outcome.reason;
    container.lastStatus = 'STOPPED';
  }
  stopTask(simulation, task, start.listener, 'EssentialContainerExited', stoppedReason.essentialExited);
}

function failToStart(
  simulation: Simulation,
  task: Task,
  start: TaskStart,
  outcome: Extract<TaskOutcome, { kind: 'fails-to-start' }>,
): void {
  const container = mainContainer(task);
  const reason = outcome.stoppedReason.replaceAll('{image}', container?.image ?? '');
  if (container !== undefined && (outcome.stage === 'pull' || outcome.containerReason !== undefined)) {
    container.reason = outcome.containerReason ?? reason;
  }
  stopTask(simulation, task, start.listener, 'TaskFailedToStart', reason);
}

function failHealthCheck(
  simulation: Simulation,
  task: Task,
  start: TaskStart,
  outcome: Extract<TaskOutcome, { kind: 'unhealthy' }>,
): void {
  const service = start.service;
  const targetGroup = service?.loadBalancers[0]?.targetGroupArn ?? '';
  const byContainer = outcome.check === 'container';
  setHealth(task, byContainer ? 'UNHEALTHY' : task.healthStatus);
  if (service !== undefined) {
    const reason = outcome.reason ?? 'Health checks failed';
    const message = byContainer
      ? eventText.failedContainerCheck(service.name, task.id)
      : eventText.unhealthyTarget(service.name, task.id, targetGroup, reason);
    addEvent(simulation, service, message);
  }
  const why = byContainer ? stoppedReason.containerCheck : stoppedReason.loadBalancerCheck(targetGroup);
  stopTask(simulation, task, start.listener, 'ServiceSchedulerInitiated', why);
  start.listener.failedHealthCheck(task);
}

/** Tells a task to stop; it goes through DEACTIVATING (if it ran behind a load balancer), STOPPING, DEPROVISIONING. */
export function stopTask(
  simulation: Simulation,
  task: Task,
  listener: TaskListener,
  code: TaskStopCode,
  reason: string,
): void {
  if (task.desiredStatus === 'STOPPED') return;
  const { timeline } = simulation;
  const wasRunning = task.lastStatus === 'RUNNING';
  task.desiredStatus = 'STOPPED';
  task.healthy = false;
  task.stopCode = code;
  task.stoppedReason = reason;
  task.stoppingAt = timeline.now();
  const drains =
    wasRunning && task.service?.loadBalancers[0] !== undefined && code === 'ServiceSchedulerInitiated';
  if (drains) deregister(simulation, task);
  enter(task, drains ? 'DEACTIVATING' : 'STOPPING');
  timeline.after(drains ? task.timings.drain : 0, () => {
    enter(task, 'STOPPING');
    timeline.after(code === 'EssentialContainerExited' ? 0 : 1, () =>
      deprovision(simulation, task, listener),
    );
  });
}

function deregister(simulation: Simulation, task: Task): void {
  const { service } = task;
  const targetGroup = service?.loadBalancers[0]?.targetGroupArn;
  if (service === undefined || targetGroup === undefined) return;
  addEvent(simulation, service, eventText.deregistered(service.name, targetGroup));
  addEvent(simulation, service, eventText.draining(service.name, 1));
}

function deprovision(simulation: Simulation, task: Task, listener: TaskListener): void {
  const { timeline } = simulation;
  enter(task, 'DEPROVISIONING');
  task.executionStoppedAt = timeline.now();
  for (const container of task.containers) {
    container.lastStatus = 'STOPPED';
    // A container that is told to stop and obeys SIGTERM ends with 143 or 0; uvicorn ends with 0.
    if (task.containersStartedAt !== undefined) container.exitCode ??= 0;
  }
  timeline.after(2, () => {
    enter(task, 'STOPPED');
    task.stoppedAt = timeline.now();
    listener.stopped(task);
  });
}

function writeLog(simulation: Simulation, task: Task, lines: readonly string[], overSeconds: number): void {
  const container = mainContainer(task);
  const definition = task.revision.taskDefinition.definition.containerDefinitions?.find(
    (one) => one.name === container?.name,
  );
  const options = definition?.logConfiguration?.options;
  const group = options?.['awslogs-group'];
  if (definition?.logConfiguration?.logDriver !== 'awslogs' || group === undefined) return;
  const stream = `${options?.['awslogs-stream-prefix'] ?? 'ecs'}/${definition.name}/${task.id}`;
  const spacing = overSeconds / (lines.length + 1);
  for (const [index, line] of lines.entries()) {
    simulation.timeline.after(spacing * (index + 1), () =>
      simulation.logs.append(group, stream, simulation.timeline.now(), line),
    );
  }
}

function setHealth(task: Task, status: Task['healthStatus']): void {
  task.healthStatus = status;
  for (const container of task.containers) container.healthStatus = status;
}

function hasHealthCheck(task: Task): boolean {
  return (task.revision.taskDefinition.definition.containerDefinitions ?? []).some(
    (one) => one.healthCheck !== undefined,
  );
}

/** The container that a scenario's exit codes and log lines are about: the first essential one. */
function mainContainer(task: Task): Container | undefined {
  const definitions = task.revision.taskDefinition.definition.containerDefinitions ?? [];
  const name = (definitions.find((one) => one.essential !== false) ?? definitions[0])?.name;
  return task.containers.find((container) => container.name === name);
}
