import { type Caller, calledWorkflow, callersOf, type Deploy } from './deploys.ts';
import type { Job, Step, Workflow } from './workflow.ts';

/** A job that a deploy waits for, with those of its steps that run before it. */
export interface Gate {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly steps: readonly Step[];
}

/**
 * What has to go well before a deploy starts: the steps before it, the jobs that it needs, those that the caller of
 * its workflow needs, the workflow that it runs after, and the reusable workflows of this repository that any of these
 * calls.
 */
export function gatesOf(deploy: Deploy, workflows: readonly Workflow[]): readonly Gate[] {
  const { workflow, job, step } = deploy;
  const before = step === undefined ? job.steps : job.steps.slice(0, job.steps.indexOf(step));
  const own: Gate = { workflow, job, steps: before };
  return unique([own, ...withCalled(gatesBefore(workflow, job, workflows), workflows)]);
}

/** Each workflow's callers are looked at once, so that no cycle and no fan of calls goes on for ever. */
function gatesBefore(workflow: Workflow, job: Job, workflows: readonly Workflow[]): readonly Gate[] {
  const gates: Gate[] = [];
  const seen = new Set<Workflow>();
  const open: Caller[] = [[workflow, job]];
  // A list is walked with what is added to it meanwhile.
  for (const [of, one] of open) {
    gates.push(...neededJobs(of, one).map((needed) => gateOf(of, needed)));
    if (seen.has(of)) continue;
    seen.add(of);
    const earlier = workflows.filter(({ name, path }) => of.after.includes(name) || of.after.includes(path));
    gates.push(...earlier.flatMap(gatesIn));
    if (of.events.includes('workflow_call')) open.push(...callersOf(of, workflows));
  }
  return gates;
}

/** The jobs that a job needs, and those that they need. */
function neededJobs(workflow: Workflow, job: Job): readonly Job[] {
  const byId = new Map(workflow.jobs.map((one) => [one.id, one]));
  const ids = new Set(job.needs);
  for (const id of ids) for (const next of byId.get(id)?.needs ?? []) ids.add(next);
  return workflow.jobs.filter(({ id }) => ids.has(id));
}

function gateOf(workflow: Workflow, job: Job): Gate {
  return { workflow, job, steps: job.steps };
}

function gatesIn(workflow: Workflow): readonly Gate[] {
  return workflow.jobs.map((job) => gateOf(workflow, job));
}

/** Jobs, and the jobs of the workflows that they call. */
function withCalled(starts: readonly Gate[], workflows: readonly Workflow[]): readonly Gate[] {
  const seen = new Set<Workflow>();
  const gates = [...starts];
  for (const { job } of gates) {
    const called = calledWorkflow(job, workflows);
    if (called === undefined || seen.has(called)) continue;
    seen.add(called);
    gates.push(...gatesIn(called));
  }
  return gates;
}

/** Jobs of the workflows that check a pull request before it is merged. */
export function pullRequestJobs(workflows: readonly Workflow[]): readonly Gate[] {
  const onRequests = workflows.filter(
    ({ events }) => events.includes('pull_request') || events.includes('merge_group'),
  );
  return unique(withCalled(onRequests.flatMap(gatesIn), workflows));
}

function unique(gates: readonly Gate[]): readonly Gate[] {
  return [...new Map(gates.map((gate) => [gate.job, gate])).values()];
}
