import { randomUUID } from 'node:crypto';
import { nameInArn } from '../../aws/arn.ts';
import type { OneOffStatus, OneOffTasks } from '../../aws/one-off-tasks.ts';
import { readRefusal } from '../../aws/refusal.ts';
import { Failure, type Finding } from '../../finding.ts';
import { oneLine } from '../../runner/text.ts';
import { pinImage } from '../deploy/pinned-image.ts';
import type { ServicePlan } from '../deploy/revisions.ts';
import type { DeployContext } from '../deploy-context.ts';
import type { PushedImage } from '../image/image.ts';
import type { Recorder } from '../report/recorder.ts';
import { duration } from '../report/words.ts';
import type { LogDestination } from '../rollout/ports.ts';

const POLL_MS = 2_000;

/** The one-off task that a run has under way. */
interface Running {
  readonly tasks: OneOffTasks;
  readonly cluster: string;
  readonly arn: string;
  readonly container: string;
  /** ARN of the revision it runs. */
  readonly revision: string;
}

/**
 * `pre-deploy-command`: runs it once as a task of the new image, in the first service's network, and waits for its
 * end. Nothing has moved by then: throws Failure, with the end of its log, where it does not exit with 0.
 */
export async function preDeployStage(
  context: DeployContext,
  image: PushedImage,
  plans: readonly ServicePlan[],
): Promise<void> {
  const { config, ports, recorder } = context;
  const { preDeployCommand: command, cluster } = config.ecs;
  const [plan] = plans;
  if (!command || !plan) return;
  const startedAt = performance.now();
  const shown = command.join(' ');
  ports.runner.openGroup(`Before the deploy: ${shown}`);
  try {
    const container = plan.each.containers[0] ?? '';
    const { revision, isOurs } = await revisionFor(context, image, plan);
    const tasks = await ports.aws.oneOffTasks();
    const { placement } = plan.each.service;
    const token = randomUUID();
    const arn = await tasks.run({ cluster, taskDefinition: revision, container, command, placement, token });
    recorder.update({ oneOffTask: { task: nameInArn(arn), command: oneLine(shown, 200), isStopped: false } });
    ports.runner.print(`  task ${nameInArn(arn)} of ${nameInArn(revision)} started`);
    const running = { tasks, cluster, arn, container, revision };
    const ended = await untilStopped(context, running);
    recorder.update({ oneOffTask: undefined });
    await showLog(context, running);
    if (isOurs) await tasks.deregister(revision).catch(() => undefined);
    if (ended.exitCode !== 0) throw new Failure(await failed(context, running, ended, shown));
  } catch (error) {
    if (error instanceof Failure || ports.signal.aborted) throw error;
    throw new Failure(notStarted(shown, error), 'failed', error);
  } finally {
    ports.runner.closeGroup();
  }
  ports.runner.print(`✓ before     ${shown}: exit code 0 (${duration(performance.now() - startedAt)})`);
}

/** A container override can't change the image: the task needs a revision with it, which a pinned service has. */
async function revisionFor(
  { ports }: DeployContext,
  image: PushedImage,
  { each, taskDefinition }: ServicePlan,
): Promise<{ readonly revision: string; readonly isOurs: boolean }> {
  const reference = `${image.repositoryUri}@${image.digest}`;
  const definitions = await ports.aws.taskDefinitions();
  const { registrable, arn } = await definitions.read(taskDefinition ?? each.taskDefinition);
  const { definition, changed } = pinImage(registrable, each.containers, reference);
  if (changed.length === 0) return { revision: arn, isOurs: false };
  return { revision: (await definitions.register(definition)).arn, isOurs: true };
}

async function untilStopped(
  { config, ports, recorder }: DeployContext,
  running: Running,
): Promise<OneOffStatus> {
  const until = ports.clock.now() + Math.max(config.ecs.waitMinutes, 1) * 60_000;
  let last = '';
  for (;;) {
    await ports.clock.sleep(POLL_MS, ports.signal);
    if (ports.signal.aborted) {
      await running.tasks.stop(running.cluster, running.arn).then(
        () => noteStopped(recorder),
        () => undefined,
      );
      throw ports.signal.reason;
    }
    const seen = await running.tasks.status(running.cluster, running.arn, running.container);
    if (seen && seen.status !== last) ports.runner.print(`  ${seen.status.toLowerCase()}`);
    last = seen?.status ?? last;
    if (seen?.status === 'STOPPED') return seen;
    if (ports.clock.now() > until) {
      await running.tasks.stop(running.cluster, running.arn).catch(() => undefined);
      throw new Failure(tookTooLong(config.ecs.waitMinutes), 'timed-out');
    }
  }
}

/** Should the run end now, people are told that the task does not go on. */
function noteStopped(recorder: Recorder): void {
  const { oneOffTask } = recorder.report;
  if (oneOffTask) recorder.update({ oneOffTask: { ...oneOffTask, isStopped: true } });
}

async function logLines({ ports }: DeployContext, running: Running): Promise<readonly string[]> {
  const { ecs, logs } = await ports.watching();
  try {
    const found = await ecs.logDestination(running.revision, running.container, ports.signal);
    const destination: LogDestination | undefined = found.kind === 'seen' ? found.value : undefined;
    if (!destination) return [];
    const lines = await logs.lastLines(
      { destination, container: running.container, taskArn: running.arn },
      ports.signal,
    );
    return lines.kind === 'seen' ? lines.value : [];
  } catch {
    // The log only tells more: the exit code stands.
    return [];
  }
}

async function showLog(context: DeployContext, running: Running): Promise<void> {
  for (const line of await logLines(context, running)) context.ports.runner.print(`  | ${oneLine(line)}`);
}

async function failed(
  context: DeployContext,
  running: Running,
  { exitCode, stoppedReason, containerReason }: OneOffStatus,
  shown: string,
): Promise<Finding> {
  const lines = await logLines(context, running);
  const detail =
    lines.length > 0 ? { detail: `What it said last:\n${lines.map((line) => `| ${line}`).join('\n')}` } : {};
  const see = `\`aws ecs describe-tasks --cluster ${running.cluster} --tasks ${nameInArn(running.arn)}\``;
  if (exitCode === undefined) {
    return {
      code: 'DG572',
      level: 'error',
      title: `The task for \`${shown}\` never ran: ${containerReason ?? stoppedReason ?? 'ECS gives no reason'}.`,
      ...detail,
      fix: `Nothing was moved or deployed. See the task: ${see}.`,
    };
  }
  return {
    code: 'DG571',
    level: 'error',
    title: `\`${shown}\` ended with exit code ${exitCode}${containerReason ? ` (${containerReason})` : ''}. No service was changed.`,
    ...detail,
    fix: `Mend it and run the job again. See the task: ${see}.`,
  };
}

function tookTooLong(minutes: number): Finding {
  return {
    code: 'DG573',
    level: 'error',
    title: `The pre-deploy command was not done within ${minutes} min, and was stopped. No service was changed.`,
    fix: 'Give it more time with `wait-for-minutes`, or make it quicker.',
  };
}

function notStarted(shown: string, error: unknown): Finding {
  const problem = readRefusal(error);
  const action = problem.action ?? (problem.kind === 'access-denied' ? 'ecs:RunTask' : undefined);
  return {
    code: 'DG574',
    level: 'error',
    title: `The task for \`${shown}\` could not be started: ${action ? `${action} is denied` : problem.message}.`,
    fix: action
      ? `Allow \`${action}\` in the IAM policy (a one-off task also needs \`iam:PassRole\` for the task's two roles): docs/iam.md.`
      : "Mend what ECS names; it ran with the first service's network and task definition. No service was changed.",
  };
}
