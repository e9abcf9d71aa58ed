import type { RolloutCode } from './codes.ts';
import { type FailFastRule, failFastRules } from './fail-fast-rules.ts';
import { causeOf, type FailureCause, failureCauses } from './failure-causes.ts';
import type { DeploymentSnapshot, ServiceSnapshot, TaskSnapshot } from './observation.ts';
import type { RolloutPlan } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';
import { roundsOf, type TaskFailure } from './task-failures.ts';

/** Failures that a circuit breaker has to have missed, and rounds of them, before it is not waited for. */
const MISSED_BY_BREAKER = { failures: 3, rounds: 4, afterCounting: 6 } as const;
/** A task that has run this long, and twice as long as any that failed, is taken for healthy. */
const HEALTHY_AFTER_MS = 15_000;

/**
 * The first rule whose patience is over and that no circuit breaker has in hand, or undefined. It still has to
 * hold against the running tasks: see `isRefuted`.
 */
export function ruleDue(
  plan: RolloutPlan,
  state: RolloutState,
  service: ServiceSnapshot,
  now: number,
): FailFastRule | undefined {
  const ours = service.deployments.find(({ id }) => id === plan.deployment.deploymentId);
  if (ours === undefined) return undefined;
  return failFastRules.find(
    (rule) => patienceOver(rule, state, service, now) && !breakerCounts(rule, state, service, ours, now),
  );
}

/**
 * Whether a healthy task of ours speaks against a rule. Without the running tasks (undefined: the role may not
 * read them) a running count above zero does, so that nothing is red by guess. A lack of room for the rest of
 * the tasks stands even beside healthy ones, only after three times the patience.
 */
export function isRefuted(
  rule: FailFastRule,
  plan: RolloutPlan,
  state: RolloutState,
  service: ServiceSnapshot,
  runningTasks: readonly TaskSnapshot[] | undefined,
  now: number,
): boolean {
  const ours = service.deployments.find(({ id }) => id === plan.deployment.deploymentId);
  if (ours === undefined) return true;
  if (!someoneIsHealthy(plan, state, ours, runningTasks)) return false;
  const since = state.toldSince[rule.code];
  const stuck = rule.code === 'DG618' && rule.evidence === 'events' && since !== undefined;
  return !(stuck && now - since >= 3 * patienceMs(rule, service));
}

function patienceOver(
  rule: FailFastRule,
  state: RolloutState,
  service: ServiceSnapshot,
  now: number,
): boolean {
  if (rule.evidence === 'events') {
    const since = state.toldSince[rule.code];
    return since !== undefined && now - since >= patienceMs(rule, service);
  }
  const failures = failuresWith(rule.code, state);
  return failures.length >= rule.patience.failures && roundsOf(failures) >= rule.patience.rounds;
}

function patienceMs({ patience }: FailFastRule, service: ServiceSnapshot): number {
  return service.scalesOut ? (patience.msWhileScalingOut ?? patience.ms) : patience.ms;
}

/**
 * Whether the circuit breaker is on and has this in hand. It never counts some failures (a task that exits
 * after RUNNING: aws/containers-roadmap#1206), and then nobody but the rules ends the rollout.
 */
function breakerCounts(
  rule: FailFastRule,
  state: RolloutState,
  service: ServiceSnapshot,
  ours: DeploymentSnapshot,
  now: number,
): boolean {
  const breaker = state.serviceDeployment?.breaker;
  if (!service.breaker.enabled || breaker?.status === 'DISABLED') return false;
  const counted = Math.max(breaker?.failureCount ?? 0, ours.failedTasks);
  if (rule.evidence === 'events') {
    const since = state.toldSince[rule.code] ?? now;
    return counted > 0 || now - since < 2 * Math.max(60_000, patienceMs(rule, service));
  }
  const missed = state.failures.length - counted;
  if (counted > 0) return missed < MISSED_BY_BREAKER.afterCounting;
  return missed < MISSED_BY_BREAKER.failures || roundsOf(state.failures) < MISSED_BY_BREAKER.rounds;
}

function someoneIsHealthy(
  plan: RolloutPlan,
  state: RolloutState,
  ours: DeploymentSnapshot,
  runningTasks: readonly TaskSnapshot[] | undefined,
): boolean {
  if (runningTasks === undefined) return ours.running > 0;
  const times = [
    ...runningTasks.flatMap(({ createdAt, startedAt }) => [createdAt ?? 0, startedAt ?? 0]),
    ...state.failures.map(({ endedAt }) => endedAt),
    ...state.events.map(({ at }) => at),
  ];
  // The latest time that AWS has told: at least so late it is by AWS's clock.
  const awsNow = Math.max(0, ...times);
  const longest = Math.max(0, ...state.failures.map(({ ranForMs }) => ranForMs ?? 0));
  return runningTasks
    .filter((task) => task.deploymentId === plan.deployment.deploymentId && task.lastStatus === 'RUNNING')
    .some(
      (task) =>
        task.health === 'HEALTHY' ||
        longest === 0 ||
        awsNow - (task.startedAt ?? awsNow) > Math.max(HEALTHY_AFTER_MS, 2 * longest),
    );
}

/** The failures of ours with one cause. */
export function failuresWith(code: RolloutCode, state: RolloutState): readonly TaskFailure[] {
  return state.failures.filter((failure) => causeOfFailure(failure, state).code === code);
}

/** A failure's cause; the log that was read counts for its container in every task. */
export function causeOfFailure(failure: TaskFailure, state: RolloutState): FailureCause {
  const log = state.log !== undefined && state.log.container === failure.container ? state.log.lines : [];
  return causeOf(failure, log);
}

/** The cause with the most failures (of equals the latest), else what events tell. */
export function leadingCause(state: RolloutState): FailureCause | undefined {
  const causes = state.failures.map((failure) => causeOfFailure(failure, state));
  const tally = (code: RolloutCode): number => causes.filter((cause) => cause.code === code).length;
  const most = causes.reduce<FailureCause | undefined>(
    (best, cause) => (best === undefined || tally(cause.code) >= tally(best.code) ? cause : best),
    undefined,
  );
  if (most) return most;
  return failureCauses.find(({ code }) => state.toldSince[code] !== undefined);
}
