import { count, span } from '../report/words.ts';
import { diagnose } from './diagnosis.ts';
import { eventTexts } from './event-text.ts';
import type { EventSnapshot } from './observation.ts';
import type { RolloutPlan } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';
import { oursIn } from './standing.ts';

/** Where a rollout is, for the person who waits. */
export interface Progress {
  /** Of our deployment; 0 once another one is PRIMARY. */
  readonly desired: number;
  /** Of the service. */
  readonly wanted: number;
  readonly running: number;
  readonly pending: number;
  readonly failed: number;
  /** Tasks of older deployments that run still. */
  readonly older: number;
  /** What is waited for, in words. */
  readonly what: string;
  /** The lifecycle stage of a blue/green, linear or canary deployment, or a roll back, in words. */
  readonly stage: string | undefined;
  /** Why tasks fail, and how far the circuit breaker has counted. */
  readonly trouble: string | undefined;
  /** What `trouble` rests on: it is worth another line where this is more than it was. */
  readonly evidence: Evidence | undefined;
  readonly events: readonly EventSnapshot[];
}

interface Evidence {
  readonly code: string;
  /** Failures that the circuit breaker has counted. */
  readonly counted: number;
  readonly hasLog: boolean;
}

/** A line of text and its kind, as `ProgressLine` has them. */
export interface Line {
  readonly kind: 'tasks' | 'event' | 'diagnosis' | 'state';
  readonly text: string;
}

const EVENTS_AT_ONCE = 12;

/** What there is to show after a look. */
export function progressOf(plan: RolloutPlan, state: RolloutState, what: string): Progress {
  const { service, serviceDeployment } = state;
  const { counts } = state;
  const ours = service === undefined ? undefined : oursIn(plan, service);
  const diagnosis = diagnose(plan, state);
  const breaker = serviceDeployment?.breaker;
  const counting = breaker !== undefined && breaker.failureCount > 0 && service?.breaker.enabled === true;
  const counted = counting ? `; circuit breaker: ${breaker.failureCount} of ${breaker.threshold}` : '';
  return {
    desired: counts?.desired ?? plan.deployment.desiredCount,
    wanted: service?.desired ?? plan.deployment.desiredCount,
    running: counts?.running ?? 0,
    pending: counts?.pending ?? 0,
    failed: Math.max(ours?.failedTasks ?? 0, state.failures.length),
    older: counts?.older ?? 0,
    what,
    stage: stageOf(state),
    trouble: diagnosis === undefined ? undefined : `${diagnosis.sentence}${counted}`,
    evidence: diagnosis && {
      code: diagnosis.code,
      counted: breaker?.failureCount ?? 0,
      hasLog: diagnosis.logLines.length > 0,
    },
    events: state.events,
  };
}

const STAGES: Readonly<Record<string, string>> = {
  RECONCILE_SERVICE: 'reconciling the service',
  PRE_SCALE_UP: 'before the new tasks start',
  SCALE_UP: 'the new tasks start',
  POST_SCALE_UP: 'the new tasks run, no traffic yet',
  TEST_TRAFFIC_SHIFT: 'test traffic moves to the new tasks',
  POST_TEST_TRAFFIC_SHIFT: 'test traffic is on the new tasks',
  PRODUCTION_TRAFFIC_SHIFT: 'traffic moves to the new tasks',
  POST_PRODUCTION_TRAFFIC_SHIFT: 'traffic is on the new tasks',
  BAKE_TIME: 'bake time: traffic is on the new tasks, the old ones are kept',
  CLEAN_UP: 'the old tasks are removed',
};

function stageOf(state: RolloutState): string | undefined {
  const deployment = state.serviceDeployment;
  if (deployment === undefined) return undefined;
  if (/^ROLLBACK_(REQUESTED|IN_PROGRESS)$/.test(deployment.status))
    return 'ECS puts the previous revision back';
  if (deployment.status === 'STOP_REQUESTED') return 'the deployment is being stopped';
  const hook = deployment.hooks.find(({ status }) => status === 'AWAITING_ACTION');
  const stage = STAGES[deployment.lifecycleStage ?? ''];
  // A rolling deployment has stages too, but its task counts say the same and better.
  const shown = deployment.strategy === undefined || deployment.strategy === 'ROLLING' ? undefined : stage;
  if (hook === undefined) return shown;
  const then = hook.timeoutAction === 'ROLLBACK' ? 'rolls back' : 'goes on';
  return `a lifecycle hook waits for somebody to continue it (aws ecs continue-service-deployment); ECS ${then} by itself when its time is over`;
}

/** The lines that tell what changed from one look to the next; none where nothing did. */
export function linesBetween(before: Progress | undefined, after: Progress): readonly Line[] {
  const lines: Line[] = [];
  const known = new Set(before?.events.map(({ id }) => id));
  const fresh = eventTexts(after.events.filter(({ id }) => !known.has(id)));
  for (const text of fresh.slice(-EVENTS_AT_ONCE)) lines.push({ kind: 'event', text });
  const tasks = tasksText(after);
  if (before === undefined ? after.running + after.pending + after.failed > 0 : tasks !== tasksText(before)) {
    lines.push({ kind: 'tasks', text: tasks });
  }
  if (after.stage !== undefined && after.stage !== before?.stage)
    lines.push({ kind: 'state', text: after.stage });
  if (after.trouble !== undefined && isMore(after.evidence, before?.evidence)) {
    lines.push({ kind: 'diagnosis', text: after.trouble });
  }
  return lines;
}

function isMore(now: Evidence | undefined, before: Evidence | undefined): boolean {
  if (now === undefined || before === undefined) return now !== before;
  return now.code !== before.code || now.counted > before.counted || (now.hasLog && !before.hasLog);
}

/** `1 of 2 new tasks running, 1 starting, 3 failed, 2 old ones still running`. */
export function tasksText(progress: Progress): string {
  const { running, desired, wanted, pending, failed, older } = progress;
  // Our deployment was given up: what counts is the other one's tasks.
  if (desired === 0 && wanted > 0)
    return `${older} of ${count(wanted, 'old task')} running${running > 0 ? `, ${running} new still running` : ''}`;
  const parts = [
    `${running} of ${count(desired, 'new task')} running`,
    ...(pending > 0 ? [`${pending} starting`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(older > 0 ? [`${older} old ${older === 1 ? 'one' : 'ones'} still running`] : []),
  ];
  return parts.join(', ');
}

/** What to say when nothing changed for a while. */
export function heartbeatText(progress: Progress): string {
  const stage = progress.stage === undefined ? '' : `; ${progress.stage}`;
  return `still ${tasksText(progress)}${stage}`;
}

/** `the last five took 1 min 5 s to 1 min 20 s`; undefined without any. Seconds in. */
export function earlierText(seconds: readonly number[]): string | undefined {
  const [first] = seconds;
  if (first === undefined) return undefined;
  if (seconds.length === 1) return `the last one took ${span(first * 1000)}`;
  const words = ['two', 'three', 'four', 'five'];
  const least = span(Math.min(...seconds) * 1000);
  const most = span(Math.max(...seconds) * 1000);
  const last = `the last ${words[seconds.length - 2] ?? seconds.length} took`;
  return least === most ? `${last} ${least} each` : `${last} ${least} to ${most}`;
}
