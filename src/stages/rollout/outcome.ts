import type { Finding, Result } from '../../finding.ts';
import { diagnose } from './diagnosis.ts';
import { digestOfTask } from './digests.ts';
import type { RolloutOutcome, RolloutPlan, StillServing } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';
import { othersRunning, oursIn, primaryOf } from './standing.ts';
import type { Verdict } from './steps.ts';

/** A verdict with everything that a report tells of it. `now` is local monotonic milliseconds. */
export function outcomeOf(
  plan: RolloutPlan,
  state: RolloutState,
  verdict: Verdict,
  now: number,
): RolloutOutcome {
  const ours = state.service === undefined ? undefined : oursIn(plan, state.service);
  const good = verdict.result === 'succeeded';
  const stillServing = good ? undefined : servingIn(plan, state, verdict.result);
  const diagnosis = good ? undefined : diagnose(plan, state);
  return {
    service: plan.deployment.service,
    deploymentId: plan.deployment.deploymentId,
    result: verdict.result,
    ...(verdict.finding === undefined ? {} : { finding: verdict.finding }),
    notes: verdict.notes,
    seconds: Math.max(0, endOf(state, good, now) - state.startedAt) / 1000,
    running: (good && runningTasksOf(plan, state)) || (ours?.running ?? 0),
    desired: state.service?.desired ?? plan.deployment.desiredCount,
    earlierSeconds: [],
    ...(state.serviceDeployment === undefined
      ? {}
      : { serviceDeployment: { arn: state.serviceDeployment.arn, status: state.serviceDeployment.status } }),
    digests: verdict.digests,
    ...(stillServing === undefined ? {} : { stillServing }),
    ...(verdict.newer === undefined ? {} : { newer: { deploymentId: verdict.newer.id } }),
    lastLogLines: diagnosis?.logLines ?? [],
    events: state.events.map(({ at, message }) => ({ at, message })),
  };
}

/** An ending that no look led to: `started` where nobody waits, `cancelled`, and a watch that went blind. */
export function outcomeWithoutVerdict(
  plan: RolloutPlan,
  state: RolloutState,
  result: Result,
  finding: Finding | undefined,
  now: number,
): RolloutOutcome {
  const verdict: Verdict = { result, notes: [], digests: [], ...(finding === undefined ? {} : { finding }) };
  const outcome = outcomeOf(plan, state, verdict, now);
  if (result !== 'started') return outcome;
  const { stillServing: _, ...rest } = outcome;
  return rest;
}

/** When it was over: a finished deployment may wait for its proof until other services are done. */
function endOf(state: RolloutState, good: boolean, now: number): number {
  return good ? (state.finishedSince ?? now) : now;
}

function runningTasksOf(plan: RolloutPlan, state: RolloutState): number | undefined {
  return state.runningTasks?.filter(
    ({ deploymentId, lastStatus }) =>
      lastStatus === 'RUNNING' &&
      (deploymentId ?? plan.deployment.deploymentId) === plan.deployment.deploymentId,
  ).length;
}

/** What serves when the new image doesn't, or not alone; undefined where no look told. */
function servingIn(plan: RolloutPlan, state: RolloutState, result: Result): StillServing | undefined {
  const { service } = state;
  const { deployment } = plan;
  if (service === undefined || service.status !== 'ACTIVE' || result === 'superseded') return undefined;
  const older = (state.runningTasks ?? []).filter(
    ({ deploymentId, lastStatus }) =>
      lastStatus === 'RUNNING' && deploymentId !== undefined && deploymentId !== deployment.deploymentId,
  );
  const running = Math.max(older.length, othersRunning(plan, service));
  const digest = older
    .flatMap((task) => digestOfTask(task, deployment.containerNames, plan.expected).digest ?? [])
    .at(0);
  const primary = primaryOf(service);
  const served = primary?.id === deployment.deploymentId ? deployment.baseline.deploymentId : primary?.id;
  const isBaseline = result === 'rolled-back' || served === deployment.baseline.deploymentId;
  const image = (isBaseline ? deployment.baseline.imageTagOrDigest : undefined) ?? digest;
  return {
    running,
    ...(image === undefined ? {} : { image }),
    ...(served === undefined ? {} : { deploymentId: served }),
    ...(isBaseline && deployment.baseline.deployedAt !== undefined
      ? { deployedAt: deployment.baseline.deployedAt }
      : {}),
  };
}
