import type { Deploy } from './deploys.ts';
import { calledWorkflow, callersOf } from './deploys.ts';
import type { Job, Step, Workflow } from './workflow.ts';

/** A job that a deploy waits for, with those of its steps that run before it. */
export interface Gate {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly steps: readonly Step[];
}

const DEEPEST = 10;

/**
 * What has to go well before a deploy starts: the steps before it, the jobs that it needs, those that the caller of
 * its workflow needs, the workflow that it runs after, and the reusable workflows of this repository that any of these
 * calls.
 */
export function gatesOf(deploy: Deploy, workflows: readonly Workflow[]): readonly Gate[] {
  const { workflow, job, step } = deploy;
  const before = step === undefined ? job.steps : job.steps.slice(0, job.steps.indexOf(step));
  const own: Gate = { workflow, job, steps: before };
  return unique([own, ...gatesBefore(workflow, job, workflows)]);
}

function gatesBefore(
  workflow: Workflow,
  job: Job,
  workflows: readonly Workflow[],
  depth = 0,
): readonly Gate[] {
  if (depth > DEEPEST) return [];
  const needed = neededJobs(workflow, job).flatMap((one) => withCalled(workflow, one, workflows));
  const earlier = workflows
    .filter(({ name, path }) => workflow.after.includes(name) || workflow.after.includes(path))
    .flatMap((other) => other.jobs.flatMap((one) => withCalled(other, one, workflows)));
  const callers = workflow.events.includes('workflow_call')
    ? callersOf(workflow, workflows).flatMap(([calling, caller]) =>
        gatesBefore(calling, caller, workflows, depth + 1),
      )
    : [];
  return [...needed, ...earlier, ...callers];
}

/** The jobs that a job needs, and those that they need. */
function neededJobs(workflow: Workflow, job: Job): readonly Job[] {
  const ids = new Set(job.needs);
  for (const id of ids) {
    for (const next of workflow.jobs.find((one) => one.id === id)?.needs ?? []) ids.add(next);
  }
  return workflow.jobs.filter(({ id }) => ids.has(id));
}

/** A job, and the jobs of the workflow that it calls. */
export function withCalled(
  workflow: Workflow,
  job: Job,
  workflows: readonly Workflow[],
  depth = 0,
): readonly Gate[] {
  const called = depth > DEEPEST ? undefined : calledWorkflow(job, workflows);
  const inside = called?.jobs.flatMap((one) => withCalled(called, one, workflows, depth + 1)) ?? [];
  return [{ workflow, job, steps: job.steps }, ...inside];
}

/** Jobs of the workflows that check a pull request before it is merged. */
export function pullRequestJobs(workflows: readonly Workflow[]): readonly Gate[] {
  return unique(
    workflows
      .filter(({ events }) => events.includes('pull_request') || events.includes('merge_group'))
      .flatMap((workflow) => workflow.jobs.flatMap((job) => withCalled(workflow, job, workflows))),
  );
}

function unique(gates: readonly Gate[]): readonly Gate[] {
  return [...new Map(gates.map((gate) => [gate.job, gate])).values()];
}
