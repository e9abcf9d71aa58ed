import type { Finding } from '../../finding.ts';
import { count, shortDigest } from '../report/words.ts';
import { digestOfRevision, digestOfTask, type TaskDigest } from './digests.ts';
import { actionsOf, fixOf } from './gaps.ts';
import type { Observation, Part, ServiceSnapshot, TaskSnapshot } from './observation.ts';
import { valueIn } from './observation.ts';
import type { RolloutPlan } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';
import { othersRunning } from './standing.ts';
import { taskId } from './task-failures.ts';

/** What a look proves of a deployment that ECS calls finished. */
export type Proof =
  | { readonly kind: 'proven'; readonly notes: readonly Finding[]; readonly digests: readonly string[] }
  | { readonly kind: 'foreign'; readonly digest: string; readonly where: string }
  /** Older tasks still run, or none of ours does yet. */
  | { readonly kind: 'not-yet'; readonly why: string }
  | { readonly kind: 'unread'; readonly parts: readonly Part[] };

/**
 * Checks that what runs is what was pushed. ECS's word that the deployment is finished is taken before; this is
 * about the image, and has these degrees of certainty:
 * - every running task reports a digest of ours: proven;
 * - one reports another: red, whatever else is known;
 * - some report none: proven by the others, with a note that says how many;
 * - none reports any, or the role may not read tasks: the service revision's digest is the evidence;
 * - neither is known: green still, because the deployment that finished is ours by its id and ECS resolves
 *   `latest` once for all its tasks, but with a warning that names the permission which would prove it.
 */
export function prove(
  plan: RolloutPlan,
  state: RolloutState,
  look: Observation,
  service: ServiceSnapshot,
): Proof {
  if (look.runningTasks.kind === 'not-read') return { kind: 'unread', parts: ['runningTasks'] };
  if (othersRunning(plan, service) > 0)
    return { kind: 'not-yet', why: olderTasks(othersRunning(plan, service)) };
  const tasks = valueIn(look.runningTasks);
  if (tasks === undefined)
    return service.desired === 0 ? nothingWanted(plan, service) : proveByRevision(plan, state, look, 0);
  const older = tasks.filter((task) => isOlder(plan, task));
  if (older.length > 0) return { kind: 'not-yet', why: olderTasks(older.length) };
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  const foreign = foreignTask(plan, running);
  if (foreign) return foreign;
  if (running.length === 0) {
    return service.desired === 0
      ? nothingWanted(plan, service)
      : { kind: 'not-yet', why: 'no new task runs at the moment' };
  }
  const digests = running.map((task) => digestOf(plan, task));
  const known = digests.flatMap(({ standing, digest }) =>
    standing === 'expected' && digest ? [digest] : [],
  );
  const unknown = digests.filter(({ standing }) => standing === 'unknown').length;
  if (unknown === digests.length) return proveByRevision(plan, state, look, unknown);
  return {
    kind: 'proven',
    digests: [...new Set(known)],
    notes: unknown === 0 ? [] : [someUnknown(plan, unknown, digests.length)],
  };
}

/** A running task of ours with another image, wherever the rollout stands. */
export function foreignTask(
  plan: RolloutPlan,
  tasks: readonly TaskSnapshot[],
): Extract<Proof, { kind: 'foreign' }> | undefined {
  const ours = tasks.filter((task) => !isOlder(plan, task));
  for (const task of ours) {
    const { standing, digest } = digestOf(plan, task);
    if (standing === 'foreign' && digest)
      return { kind: 'foreign', digest, where: `task ${taskId(task.arn)}` };
  }
  return undefined;
}

/** The same by the digest that ECS resolved the tag to for the whole deployment. */
export function foreignRevision(
  plan: RolloutPlan,
  state: RolloutState,
): Extract<Proof, { kind: 'foreign' }> | undefined {
  if (state.revision === undefined) return undefined;
  const { standing, digest } = digestOfRevision(
    state.revision,
    plan.deployment.containerNames,
    plan.expected,
  );
  return standing === 'foreign' && digest
    ? { kind: 'foreign', digest, where: 'its service revision' }
    : undefined;
}

function proveByRevision(plan: RolloutPlan, state: RolloutState, look: Observation, unknown: number): Proof {
  const canBeAsked = look.revision.kind === 'not-read' && state.serviceDeployment?.target !== undefined;
  if (state.revision === undefined && canBeAsked) return { kind: 'unread', parts: ['revision'] };
  const foreign = foreignRevision(plan, state);
  if (foreign) return foreign;
  const digest: TaskDigest =
    state.revision === undefined
      ? { standing: 'unknown' }
      : digestOfRevision(state.revision, plan.deployment.containerNames, plan.expected);
  if (digest.standing === 'expected') {
    return {
      kind: 'proven',
      digests: digest.digest ? [digest.digest] : [],
      notes: [byRevisionOnly(plan, state, unknown)],
    };
  }
  return { kind: 'proven', digests: [], notes: [allUnknown(plan, state)] };
}

function digestOf(plan: RolloutPlan, task: TaskSnapshot): TaskDigest {
  return digestOfTask(task, plan.deployment.containerNames, plan.expected);
}

function isOlder(plan: RolloutPlan, task: TaskSnapshot): boolean {
  return task.deploymentId !== undefined && task.deploymentId !== plan.deployment.deploymentId;
}

function olderTasks(n: number): string {
  return `${count(n, 'task')} of the previous deployment still run${n === 1 ? 's' : ''}`;
}

/** No task is wanted: what runs still, by the service's own count, is waited for. */
function nothingWanted(plan: RolloutPlan, service: ServiceSnapshot): Proof {
  if (service.running === 0) return nothingRuns(plan);
  return { kind: 'not-yet', why: `no task is wanted, and ${count(service.running, 'task')} still to stop` };
}

function nothingRuns(plan: RolloutPlan): Proof {
  const { service, cluster } = plan.deployment;
  const note: Finding = {
    code: 'DG611',
    level: 'warning',
    title: `${service}: the deployment finished, and nothing runs: the desired count is 0.`,
    fix: `To run it: \`aws ecs update-service --cluster ${cluster} --service ${service} --desired-count 1\`.`,
  };
  return { kind: 'proven', digests: [], notes: [note] };
}

function someUnknown(plan: RolloutPlan, unknown: number, all: number): Finding {
  return {
    code: 'DG632',
    level: 'note',
    title: `${plan.deployment.service}: ${unknown} of ${all} running tasks report no image digest; the others run ${shortDigest(plan.expected.digest)}.`,
    fix: 'On EC2, update the container agent: older ones report no digest.',
  };
}

function byRevisionOnly(plan: RolloutPlan, state: RolloutState, unknown: number): Finding {
  const { service } = plan.deployment;
  const gaps = state.gaps.filter(({ part }) => part === 'runningTasks');
  const digest = shortDigest(plan.expected.digest);
  if (gaps.length === 0) {
    return {
      code: 'DG632',
      level: 'note',
      title: `${service}: none of ${count(unknown, 'running task')} reports its image digest; the service revision that they belong to names ${digest}.`,
      fix: 'On EC2, update the container agent: older ones report no digest.',
    };
  }
  return {
    code: 'DG633',
    level: 'note',
    title: `${service}: the service revision names ${digest}; each task could not be checked: ${actionsOf(gaps).join(' and ')} ${gaps.some(({ why }) => why === 'no-answer') ? 'gave no answer' : 'may not be used'}.`,
    fix: fixOf(gaps),
  };
}

function allUnknown(plan: RolloutPlan, state: RolloutState): Finding {
  const lacking = state.gaps.filter(({ part }) => part !== 'log');
  const fix =
    lacking.length > 0
      ? `${fixOf(lacking)} With ${actionsOf(lacking).join(' and ')}, the digest of every running task is compared.`
      : 'On EC2, update the container agent; and leave versionConsistency enabled in the container definition, so that ECS records the digest.';
  return {
    code: 'DG632',
    level: 'warning',
    title: `${plan.deployment.service}: the deployment finished, but no digest is reported for what runs, so that it could not be compared with ${shortDigest(plan.expected.digest)}.`,
    fix,
  };
}
