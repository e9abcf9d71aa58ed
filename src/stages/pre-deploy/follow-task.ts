import type { OneOffStatus, OneOffTasks } from '../../aws/one-off-tasks.ts';
import { readRefusal } from '../../aws/refusal.ts';
import { Failure } from '../../finding.ts';
import type { Ports } from '../ports.ts';
import { lostSight, tookTooLong } from './findings.ts';
import type { LogFollow } from './follow-log.ts';

/** Between two questions, in milliseconds: about the task and about its log, in turns. */
const QUICK_MS = 1_000;
const SLOW_MS = 2_000;
/** Most commands are over by then; from then on one call in two seconds is enough. */
const QUICK_FOR_MS = 60_000;
/** So long the task may be unanswered for, or not be found. */
const BLIND_MS = 120_000;
/** A log arrives some moments after the container's end. */
const LATE_LOG_READS = 3;

/** The one-off task that a run has under way. */
export interface RunningTask {
  readonly tasks: Pick<OneOffTasks, 'status' | 'stop'>;
  readonly cluster: string;
  readonly arn: string;
  readonly container: string;
}

/** What following it works with. */
export interface FollowPorts extends Pick<Ports, 'clock' | 'signal'> {
  readonly say: (line: string) => void;
  /** Undefined: it logs where nothing can be read. */
  readonly log: LogFollow | undefined;
  /** The task was told to stop. */
  readonly onStop: () => void;
  readonly waitMinutes: number;
}

/**
 * Follows a task to the end of its command, showing its log meanwhile, at about one call in two seconds. The end is
 * that of its container: one beside it may go on, and is stopped. Cancelled, it stops the task. Throws Failure where
 * the command takes too long, or can't be seen any more; the task is stopped then, too.
 */
export async function followTask(running: RunningTask, ports: FollowPorts): Promise<OneOffStatus> {
  const { clock, signal, log } = ports;
  const startedAt = clock.now();
  let seenAt = startedAt;
  let last: OneOffStatus | undefined;
  for (let turn = 0; ; turn += 1) {
    const isQuick = hasRun(last) && clock.now() - startedAt < QUICK_FOR_MS;
    await clock.sleep(isQuick ? QUICK_MS : SLOW_MS, signal);
    if (signal.aborted) {
      await stop(running, ports, 'The deploy-guard run was cancelled');
      throw signal.reason;
    }
    if (hasRun(last) && log?.isOpen && turn % 2 === 1) {
      await log.read();
      continue;
    }
    const seen = await statusOf(running, signal);
    if (seen && !('problem' in seen)) {
      seenAt = clock.now();
      if (seen.status !== last?.status) ports.say(`  ${seen.status.toLowerCase()}`);
      last = seen;
      if (isEnded(seen)) return await ended(running, seen, ports);
    } else if (seen?.isFinal || clock.now() - seenAt >= BLIND_MS) {
      const isStopped = await stop(running, ports, 'deploy-guard could not follow it');
      throw new Failure(lostSight(running, seen?.problem ?? 'ECS does not find it', isStopped));
    }
    if (clock.now() - startedAt >= Math.max(ports.waitMinutes, 1) * 60_000) {
      const isStopped = await stop(running, ports, 'It took longer than wait-for-minutes');
      throw new Failure(tookTooLong(running, Math.max(ports.waitMinutes, 1), isStopped), 'timed-out');
    }
  }
}

function hasRun(seen: OneOffStatus | undefined): boolean {
  return seen !== undefined && !/^(PROVISIONING|PENDING|ACTIVATING)?$/.test(seen.status);
}

function isEnded({ status, exitCode }: OneOffStatus): boolean {
  return status === 'STOPPED' || exitCode !== undefined;
}

async function ended(running: RunningTask, seen: OneOffStatus, ports: FollowPorts): Promise<OneOffStatus> {
  const { log, clock, signal } = ports;
  for (let read = 0; log?.isOpen && read < LATE_LOG_READS && !signal.aborted; read += 1) {
    const lines = await log.read();
    // Nothing at all is more likely late than empty.
    if (lines === 0 && log.shown > 0) break;
    if (lines === 0) await clock.sleep(QUICK_MS, signal);
  }
  if (seen.status === 'RUNNING' && seen.desiredStatus !== 'STOPPED') {
    await stop(running, ports, 'Its command has ended');
  }
  return seen;
}

interface Unseen {
  readonly problem: string;
  /** Asking again would not help. */
  readonly isFinal: boolean;
}

async function statusOf(
  { tasks, cluster, arn, container }: RunningTask,
  signal: AbortSignal,
): Promise<OneOffStatus | Unseen | undefined> {
  try {
    return await tasks.status(cluster, arn, container);
  } catch (error) {
    signal.throwIfAborted();
    const { kind, action, message } = readRefusal(error);
    const isFinal = kind === 'access-denied' || kind === 'expired' || kind === 'bad-key';
    return {
      problem: kind === 'access-denied' ? `${action ?? 'ecs:DescribeTasks'} is denied` : message,
      isFinal,
    };
  }
}

async function stop({ tasks, cluster, arn }: RunningTask, ports: FollowPorts, why: string): Promise<boolean> {
  const isStopped = await tasks.stop(cluster, arn, why).then(
    () => true,
    () => false,
  );
  if (isStopped) ports.onStop();
  return isStopped;
}
