import { randomUUID } from 'node:crypto';
import { nameInArn } from '../../aws/arn.ts';
import type { OneOffTasks } from '../../aws/one-off-tasks.ts';
import { readRefusal } from '../../aws/refusal.ts';
import { Failure } from '../../finding.ts';
import { oneLine } from '../../runner/text.ts';
import { pinImage } from '../deploy/pinned-image.ts';
import type { ServicePlan } from '../deploy/revisions.ts';
import type { DeployContext } from '../deploy-context.ts';
import type { PushedImage } from '../image/image.ts';
import type { Ports } from '../ports.ts';
import type { Recorder } from '../report/recorder.ts';
import { duration } from '../report/words.ts';
import type { LogQuery } from '../rollout/ports.ts';
import { failed, isWell, notStarted } from './findings.ts';
import { LogFollow } from './follow-log.ts';
import { followTask, type RunningTask } from './follow-task.ts';

/** The task, the revision it runs, and whether that was registered for it alone. */
interface Started extends RunningTask {
  readonly tasks: OneOffTasks;
  readonly revision: string;
  readonly shown: string;
}

/**
 * `pre-deploy-command`: runs it once as a task of the new image, in the first service's network, shows its log and
 * waits for its end. Nothing has moved by then: throws Failure, with the end of its log, where it does not exit
 * with 0.
 */
export async function preDeployStage(
  context: DeployContext,
  image: PushedImage,
  plans: readonly ServicePlan[],
): Promise<void> {
  const { config, ports } = context;
  const { preDeployCommand: command } = config.ecs;
  const [plan] = plans;
  if (!command || !plan) return;
  const startedAt = performance.now();
  const shown = command.join(' ');
  ports.runner.openGroup(`Before the deploy: ${shown}`);
  try {
    const tasks = await ports.aws.oneOffTasks();
    const { revision, isOurs } = await revisionFor(context, image, plan, shown);
    try {
      const started = await start(context, plan, { tasks, revision, shown }, command);
      await toItsEnd(context, started);
    } finally {
      if (isOurs) await takeOutOfUse(revision, tasks, ports.runner);
    }
  } finally {
    ports.runner.closeGroup();
  }
  ports.runner.print(`✓ before     ${shown}: exit code 0 (${duration(performance.now() - startedAt)})`);
}

/** What stays registered harms nothing, but whoever may not take it out of use would never learn why they pile up. */
async function takeOutOfUse(revision: string, tasks: OneOffTasks, runner: Ports['runner']): Promise<void> {
  await tasks.deregister(revision).catch((error: unknown) => {
    const { kind, message } = readRefusal(error);
    const why = kind === 'access-denied' ? '`ecs:DeregisterTaskDefinition` is denied' : message;
    runner.print(`  ${nameInArn(revision)}, which only this task needed, stays registered: ${why}`);
  });
}

/** A container override can't change the image: the task needs a revision with it, which a pinned service has. */
async function revisionFor(
  { config, ports }: DeployContext,
  image: PushedImage,
  { each, taskDefinition }: ServicePlan,
  shown: string,
): Promise<{ readonly revision: string; readonly isOurs: boolean }> {
  const reference = `${image.repositoryUri}@${image.digest}`;
  try {
    const definitions = await ports.aws.taskDefinitions();
    const { registrable, arn } = await definitions.read(taskDefinition ?? each.taskDefinition);
    const { definition, changed } = pinImage(registrable, each.containers, reference);
    if (changed.length === 0) return { revision: arn, isOurs: false };
    ports.signal.throwIfAborted();
    return { revision: (await definitions.register(definition)).arn, isOurs: true };
  } catch (error) {
    ports.signal.throwIfAborted();
    throw new Failure(notStarted(shown, config.ecs.cluster, 'deploy-guard', error), 'failed', error);
  }
}

async function start(
  { config, ports, recorder }: DeployContext,
  { each }: ServicePlan,
  { tasks, revision, shown }: Pick<Started, 'tasks' | 'revision' | 'shown'>,
  command: readonly string[],
): Promise<Started> {
  const { cluster } = config.ecs;
  const container = each.containers[0] ?? '';
  const { placement } = each.service;
  const token = randomUUID();
  // By this name the task can be found where RunTask's answer is lost.
  const startedBy = `deploy-guard-${token.slice(0, 18)}`;
  const order = { cluster, taskDefinition: revision, container, command, placement, token, startedBy };
  ports.signal.throwIfAborted();
  const asked = { startedBy, command: oneLine(shown, 200), isStopped: false };
  recorder.update({ oneOffTask: asked });
  try {
    const arn = await tasks.run(order);
    recorder.update({ oneOffTask: { ...asked, task: nameInArn(arn) } });
    ports.runner.print(`  task ${nameInArn(arn)} of ${nameInArn(revision)} started`);
    return { tasks, cluster, arn, container, revision, shown };
  } catch (error) {
    // A cancel has to say that it may run.
    if (readRefusal(error).maybeDone) ports.signal.throwIfAborted();
    recorder.update({ oneOffTask: undefined });
    ports.signal.throwIfAborted();
    throw new Failure(notStarted(shown, cluster, startedBy, error), 'failed', error);
  }
}

async function toItsEnd(context: DeployContext, started: Started): Promise<void> {
  const { config, ports, recorder } = context;
  const query = await logOf(context, started);
  const { logs } = await ports.watching();
  const ended = await followTask(started, {
    clock: ports.clock,
    signal: ports.signal,
    say: ports.runner.print,
    log: query && new LogFollow(query, logs, ports.runner.print, ports.signal),
    onStop: () => noteStopped(recorder),
    waitMinutes: config.ecs.waitMinutes,
  });
  recorder.update({ oneOffTask: undefined });
  if (isWell(ended)) return;
  const last = query ? await logs.lastLines(query, ports.signal).catch(() => undefined) : undefined;
  throw new Failure(failed(started, ended, started.shown, last?.kind === 'seen' ? last.value : []));
}

/** Where the task logs; undefined, and said, where that can't be read. */
async function logOf({ ports }: DeployContext, started: Started): Promise<LogQuery | undefined> {
  const { revision, container, arn } = started;
  const { ecs } = await ports.watching();
  try {
    const found = await ecs.logDestination(revision, container, ports.signal);
    if (found.kind === 'seen') return { destination: found.value, container, taskArn: arn };
    if (found.kind === 'absent')
      ports.runner.print(
        '  its log is not shown: the container has no `awslogs` driver with a stream prefix',
      );
  } catch {
    // The log only tells more: the exit code stands.
  }
  return undefined;
}

/** Should the run end now, people are told that the task does not go on. */
function noteStopped(recorder: Recorder): void {
  const { oneOffTask } = recorder.report;
  if (oneOffTask) recorder.update({ oneOffTask: { ...oneOffTask, isStopped: true } });
}
