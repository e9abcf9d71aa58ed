import type { Job, Step, Workflow } from './workflow.ts';

/** A job that deploys with deploy-guard. */
export interface Deploy {
  readonly workflow: Workflow;
  readonly job: Job;
  /** The step that runs deploy-guard; undefined where the job calls a reusable workflow of it. */
  readonly step: Step | undefined;
}

/** `uses:` of a workflow in this repository; GitHub takes no reference there. */
const LOCAL_WORKFLOW = /^\.\/(\.github\/workflows\/[^/]+\.ya?ml)$/;

/**
 * The jobs that deploy: those of the workflow that runs this and of the reusable ones it calls, or, where that one is
 * not known or only checks, of every workflow. `localActions` are the folders of this repository in which
 * deploy-guard itself lives.
 */
export function findDeploys(
  workflows: readonly Workflow[],
  running: string | undefined,
  localActions: ReadonlySet<string>,
): readonly Deploy[] {
  const all = workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => deploysOf(workflow, job, localActions)),
  );
  const reached = running === undefined ? new Set<string>() : reachedFrom(running, workflows);
  const ofRunning = all.filter(({ workflow }) => reached.has(workflow.path));
  return ofRunning.length > 0 ? ofRunning : all;
}

function deploysOf(workflow: Workflow, job: Job, localActions: ReadonlySet<string>): readonly Deploy[] {
  if (job.uses !== undefined) {
    return isReusableDeploy(job.uses.text) && job.with?.at('mode')?.text !== 'check'
      ? [{ workflow, job, step: undefined }]
      : [];
  }
  const step = job.steps.find(
    ({ uses, with: inputs }) =>
      uses !== undefined && isDeployGuard(uses.text, localActions) && inputs?.at('mode')?.text !== 'check',
  );
  return step === undefined ? [] : [{ workflow, job, step }];
}

/** Whether a job's `uses:` is a reusable workflow of deploy-guard. */
export function isReusableDeploy(uses: string): boolean {
  return /^[^/]+\/deploy-guard\/\.github\/workflows\/[^/]+@/.test(uses);
}

/** Whether a step's `uses:` is deploy-guard, by its repository's name or as a folder of this repository. */
export function isDeployGuard(uses: string, localActions: ReadonlySet<string>): boolean {
  if (uses.startsWith('./')) return localActions.has(uses.slice(2).replace(/\/+$/, ''));
  return /^[^/]+\/deploy-guard@/.test(uses);
}

/** The workflow of this repository that a job calls. */
export function calledWorkflow(job: Job, workflows: readonly Workflow[]): Workflow | undefined {
  const path = LOCAL_WORKFLOW.exec(job.uses?.text ?? '')?.[1];
  return path === undefined ? undefined : workflows.find((workflow) => workflow.path === path);
}

function reachedFrom(path: string, workflows: readonly Workflow[]): ReadonlySet<string> {
  const reached = new Set([path]);
  // A set is walked with what is added to it meanwhile.
  for (const one of reached) {
    for (const job of workflows.find((workflow) => workflow.path === one)?.jobs ?? []) {
      const called = calledWorkflow(job, workflows);
      if (called !== undefined) reached.add(called.path);
    }
  }
  return reached;
}

/** Who calls each workflow, worked out once for each list of workflows. */
const callers = new WeakMap<readonly Workflow[], ReadonlyMap<Workflow, readonly Caller[]>>();

/** A job that calls a workflow. */
export type Caller = readonly [workflow: Workflow, job: Job];

/** The jobs of this repository that call a workflow. */
export function callersOf(called: Workflow, workflows: readonly Workflow[]): readonly Caller[] {
  const all = callers.get(workflows) ?? allCallers(workflows);
  callers.set(workflows, all);
  return all.get(called) ?? [];
}

function allCallers(workflows: readonly Workflow[]): ReadonlyMap<Workflow, readonly Caller[]> {
  const found = new Map<Workflow, Caller[]>();
  for (const workflow of workflows) {
    for (const job of workflow.jobs) {
      const called = calledWorkflow(job, workflows);
      if (called === undefined) continue;
      const list = found.get(called) ?? [];
      found.set(called, list);
      list.push([workflow, job]);
    }
  }
  return found;
}

/**
 * Whether something is so for a job, in itself or in each job that calls its workflow. A workflow that runs only when
 * it is called, from nowhere in this repository, is given the benefit of the doubt.
 */
export function holdsFor(
  workflow: Workflow,
  job: Job,
  workflows: readonly Workflow[],
  holds: (workflow: Workflow, job: Job) => boolean,
): boolean {
  const seen = new Set<Workflow>();
  const open: Caller[] = [[workflow, job]];
  // A list is walked with what is added to it meanwhile.
  for (const [of, one] of open) {
    if (holds(of, one)) continue;
    if (!of.events.every((event) => event === 'workflow_call')) return false;
    if (seen.has(of)) continue;
    seen.add(of);
    open.push(...callersOf(of, workflows));
  }
  return true;
}
