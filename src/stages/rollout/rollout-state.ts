import { causeOfText } from './failure-causes.ts';
import { type Gap, mergeGaps } from './gaps.ts';
import type {
  EventSnapshot,
  LogTail,
  Observation,
  RevisionSnapshot,
  ServiceDeploymentSnapshot,
  ServiceSnapshot,
  TaskSnapshot,
} from './observation.ts';
import { valueIn } from './observation.ts';
import type { RolloutPlan } from './rollout.ts';
import { countsInService, countsInServiceDeployment, type TaskCounts } from './task-counts.ts';
import { mergeFailures, type TaskFailure } from './task-failures.ts';

/**
 * What is remembered from one look to the next. `…Since` and `…At` are milliseconds of the local monotonic
 * clock that `now` comes from; `createdAt` is by AWS's clock, and the two never meet.
 */
export interface RolloutState {
  readonly startedAt: number;
  /** When our deployment began, by AWS's clock; undefined until it was listed. */
  readonly createdAt: number | undefined;
  /** Since when a service that was there is said to be missing. */
  readonly missingSince: number | undefined;
  /** Since when our deployment is not in the service's list. */
  readonly unlistedSince: number | undefined;
  /** Since when a newer deployment is PRIMARY while our service deployment says that it goes on. */
  readonly overtakenSince: number | undefined;
  /** Since when ECS shows that our deployment is over or is being undone. */
  readonly endedSince: number | undefined;
  /** Since when the verdict is clear and only its diagnosis is still being read. */
  readonly settlingSince: number | undefined;
  /** When a failure that was not known before was last seen. */
  readonly newFailureAt: number | undefined;
  /** Since when events have told of each cause, by its code. */
  readonly toldSince: Readonly<Record<string, number>>;
  /** Somebody asked for the stop or the roll back: the status was STOP_REQUESTED or ROLLBACK_REQUESTED. */
  readonly stopRequested: boolean;
  readonly failures: readonly TaskFailure[];
  /** By whichever API was read last. */
  readonly counts: TaskCounts | undefined;
  /** When fewer of our tasks ran than before, although as many were wanted. */
  readonly fewerAt: number | undefined;
  /** When the service was last read. */
  readonly serviceAt: number | undefined;
  /** Tasks of ours that stopped or are stopping, for whatever reason, as far as they were read. */
  readonly stoppedKnown: number;
  /** Since when ECS calls our deployment finished, whatever is still to be proven. */
  readonly finishedSince: number | undefined;
  /** Since our deployment began, oldest first. */
  readonly events: readonly EventSnapshot[];
  readonly service: ServiceSnapshot | undefined;
  readonly serviceDeployment: ServiceDeploymentSnapshot | undefined;
  readonly revision: RevisionSnapshot | undefined;
  readonly runningTasks: readonly TaskSnapshot[] | undefined;
  readonly log: LogTail | undefined;
  /** Questions that tell nothing at the moment. */
  readonly gaps: readonly Gap[];
  /** What ECS had counted of failed and started tasks when the stopped ones were last read. */
  readonly readAgainst: { readonly failedTasks: number; readonly startedTasks: number };
  /** When the parts were last read. */
  readonly serviceDeploymentAt: number | undefined;
  readonly stoppedTasksAt: number | undefined;
  /** The revision was asked for, whether or not it is known now. */
  readonly revisionAsked: boolean;
  /** Of the service when the service deployment was last read: see `fingerprint`. */
  readonly fingerprint: string | undefined;
}

const EVENTS_KEPT = 200;

/** The state before the first look. `now` as for `step`. */
export function initialState(now: number): RolloutState {
  return {
    startedAt: now,
    createdAt: undefined,
    missingSince: undefined,
    unlistedSince: undefined,
    overtakenSince: undefined,
    endedSince: undefined,
    settlingSince: undefined,
    newFailureAt: undefined,
    toldSince: {},
    stopRequested: false,
    failures: [],
    counts: undefined,
    fewerAt: undefined,
    serviceAt: undefined,
    stoppedKnown: 0,
    finishedSince: undefined,
    events: [],
    service: undefined,
    serviceDeployment: undefined,
    revision: undefined,
    runningTasks: undefined,
    log: undefined,
    gaps: [],
    readAgainst: { failedTasks: 0, startedTasks: 0 },
    serviceDeploymentAt: undefined,
    stoppedTasksAt: undefined,
    revisionAsked: false,
    fingerprint: undefined,
  };
}

/** Adds a look to what is known, without judging it. */
export function absorb(plan: RolloutPlan, state: RolloutState, look: Observation, now: number): RolloutState {
  const { deploymentId } = plan.deployment;
  const answer = valueIn(look.service);
  const service = answer === 'missing' ? undefined : answer;
  const ours = service?.deployments.find(({ id }) => id === deploymentId);
  const createdAt = state.createdAt ?? ours?.createdAt ?? valueIn(look.serviceDeployment)?.createdAt;
  const running = valueIn(look.runningTasks);
  const stopped = valueIn(look.stoppedTasks);
  const events = mergeEvents(state.events, service?.events ?? [], createdAt);
  const counts = countsIn(look, deploymentId) ?? state.counts;
  const fewer = counts !== undefined && state.counts !== undefined && counts.running < state.counts.running;
  const failures = mergeFailures(state.failures, [...(stopped ?? []), ...(running ?? [])], deploymentId);
  return {
    ...state,
    ...serviceDeploymentPart(state, look, now),
    createdAt,
    missingSince:
      answer === undefined ? state.missingSince : since(answer === 'missing', state.missingSince, now),
    unlistedSince: service === undefined ? state.unlistedSince : since(!ours, state.unlistedSince, now),
    toldSince: whenTold(state.toldSince, events, now),
    failures,
    counts,
    fewerAt: fewer && counts.desired === state.counts?.desired ? now : state.fewerAt,
    serviceAt: answer === undefined ? state.serviceAt : now,
    newFailureAt: failures.length > state.failures.length ? now : state.newFailureAt,
    stoppedKnown: Math.max(
      state.stoppedKnown,
      (stopped ?? []).filter((task) => task.deploymentId === deploymentId).length,
    ),
    events,
    service: service ?? state.service,
    revision: valueIn(look.revision) ?? state.revision,
    runningTasks: running ?? state.runningTasks,
    log: valueIn(look.log) ?? state.log,
    gaps: mergeGaps(state.gaps, look, now),
    revisionAsked: state.revisionAsked || look.revision.kind !== 'not-read',
    readAgainst:
      look.stoppedTasks.kind === 'not-read'
        ? state.readAgainst
        : { failedTasks: ours?.failedTasks ?? 0, startedTasks: countStarted(events) },
    stoppedTasksAt: look.stoppedTasks.kind === 'not-read' ? state.stoppedTasksAt : now,
  };
}

/** Tasks that events say were started: `has started 2 tasks: (task 9e460ae) (task 1c2d3e4).` */
export function countStarted(events: readonly EventSnapshot[]): number {
  const ids = events
    .filter(({ message }) => /has started \d+ tasks/.test(message))
    .flatMap(({ message }) => [...message.matchAll(/\(task ([\w-]{4,64})\)/g)].flatMap(([, id]) => id ?? []));
  return new Set(ids).size;
}

/** By the service deployment where it was read: two APIs that disagree for a moment must not make lines flicker. */
function countsIn(look: Observation, deploymentId: string): TaskCounts | undefined {
  const service = valueIn(look.service);
  const deployment = valueIn(look.serviceDeployment);
  const counts = deployment && countsInServiceDeployment(deployment);
  if (counts !== undefined || service === undefined || service === 'missing') return counts;
  return countsInService(service, deploymentId);
}

function serviceDeploymentPart(state: RolloutState, look: Observation, now: number): Partial<RolloutState> {
  if (look.serviceDeployment.kind === 'not-read') return {};
  const value = valueIn(look.serviceDeployment);
  const service = valueIn(look.service);
  return {
    serviceDeploymentAt: now,
    fingerprint: service === undefined || service === 'missing' ? state.fingerprint : fingerprint(service),
    serviceDeployment: value ?? state.serviceDeployment,
    stopRequested: state.stopRequested || /^(STOP|ROLLBACK)_REQUESTED$/.test(value?.status ?? ''),
  };
}

/** When events first told of a cause. A task that could be placed after all ends what was said before it. */
function whenTold(
  known: RolloutState['toldSince'],
  events: readonly EventSnapshot[],
  now: number,
): RolloutState['toldSince'] {
  const lastStart = events.findLastIndex(({ message }) => /has started \d+ tasks/.test(message));
  const causes = events.slice(lastStart + 1).flatMap(({ message }) => causeOfText(message) ?? []);
  return Object.fromEntries(causes.map(({ code }) => [code, known[code] ?? now]));
}

/** What in a service has to change for its service deployment to be worth reading again. */
export function fingerprint(service: ServiceSnapshot): string {
  const deployments = service.deployments.map(
    ({ id, status, rolloutState, failedTasks }) => `${id} ${status} ${rolloutState} ${failedTasks}`,
  );
  return [service.status, service.desired, service.currentServiceDeploymentArn, ...deployments].join('\n');
}

function since(holds: boolean, before: number | undefined, now: number): number | undefined {
  return holds ? (before ?? now) : undefined;
}

function mergeEvents(
  known: readonly EventSnapshot[],
  newestFirst: readonly EventSnapshot[],
  createdAt: number | undefined,
): readonly EventSnapshot[] {
  // Without the deployment's own time nothing tells its events from those of the deployment before.
  if (createdAt === undefined) return known;
  const ids = new Set(known.map(({ id }) => id));
  const fresh = newestFirst.filter(({ id, at }) => at >= createdAt && !ids.has(id)).toReversed();
  if (fresh.length === 0) return known;
  return [...known, ...fresh].toSorted((a, b) => a.at - b.at).slice(-EVENTS_KEPT);
}
