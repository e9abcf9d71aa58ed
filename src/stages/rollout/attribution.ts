import { type Observation, type Reading, type TaskSnapshot, valueIn } from './observation.ts';
import type { RolloutPlan } from './rollout.ts';

/** What a task belongs to that is certainly not of our deployment. */
const ANOTHER = 'another deployment';

/**
 * A look whose tasks all say which deployment they are of, as far as that can be told. AWS names it in
 * `startedBy`; where that is left out, another task definition, or a task older than our deployment (both by AWS's
 * clock), is not ours. `createdAt`: when our deployment began; without it the task definition alone tells.
 */
export function attributed(plan: RolloutPlan, look: Observation, createdAt: number | undefined): Observation {
  const all = (tasks: Reading<readonly TaskSnapshot[]>): Reading<readonly TaskSnapshot[]> =>
    tasks.kind === 'seen'
      ? { kind: 'seen', value: tasks.value.map((task) => attributedTask(plan, task, createdAt)) }
      : tasks;
  return { ...look, runningTasks: all(look.runningTasks), stoppedTasks: all(look.stoppedTasks) };
}

/** When our deployment began, by what a look shows. */
export function beganAt(plan: RolloutPlan, look: Observation): number | undefined {
  const service = valueIn(look.service);
  const listed = service === 'missing' ? undefined : service?.deployments;
  const ours = listed?.find(({ id }) => id === plan.deployment.deploymentId);
  return ours?.createdAt ?? valueIn(look.serviceDeployment)?.createdAt;
}

function attributedTask(plan: RolloutPlan, task: TaskSnapshot, createdAt: number | undefined): TaskSnapshot {
  if (task.deploymentId !== undefined) return task;
  const { deploymentId, taskDefinition } = plan.deployment;
  const older = createdAt !== undefined && task.createdAt !== undefined && task.createdAt < createdAt;
  const foreign = task.taskDefinition !== undefined && task.taskDefinition !== taskDefinition;
  if (older || foreign) return { ...task, deploymentId: ANOTHER };
  // Neither its age nor its task definition is known: nothing speaks for it.
  if (task.taskDefinition === undefined && (createdAt === undefined || task.createdAt === undefined))
    return task;
  return { ...task, deploymentId };
}
