import {
  type DeploymentSnapshot,
  type EventSnapshot,
  emptyObservation,
  type Observation,
  type Reading,
  type RevisionSnapshot,
  type ServiceDeploymentSnapshot,
  type ServiceSnapshot,
  seen,
  type TaskSnapshot,
} from '../../../src/stages/rollout/observation.ts';
import type { RolloutPlan, StartedDeployment } from '../../../src/stages/rollout/rollout.ts';
import { initialState, type RolloutState } from '../../../src/stages/rollout/rollout-state.ts';
import type { Step, Verdict } from '../../../src/stages/rollout/steps.ts';
import { step } from '../../../src/stages/rollout/verdict.ts';

export const OURS = 'ecs-svc/2222222222222222222';
export const OLD = 'ecs-svc/1111111111111111111';
export const NEWER = 'ecs-svc/3333333333333333333';
export const PUSHED = `sha256:${'a'.repeat(64)}`;
export const CHILD = `sha256:${'b'.repeat(64)}`;
export const FOREIGN = `sha256:${'f'.repeat(64)}`;
export const OLD_DIGEST = `sha256:${'0'.repeat(64)}`;
export const SD_ARN = 'arn:aws:ecs:us-east-1:123456789012:service-deployment/c/web/ours';
export const REVISION_ARN = `arn:aws:ecs:us-east-1:123456789012:service-revision/c/web/${OURS.slice(8)}`;

/** When our deployment began, by AWS's clock: nowhere near the local one. */
export const T0 = 1_900_000_000_000;

export const deployment: StartedDeployment = {
  cluster: 'c',
  service: 'web',
  deploymentId: OURS,
  taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:57',
  containerNames: ['app'],
  desiredCount: 2,
  baseline: { deploymentId: OLD, runningCount: 2, imageTagOrDigest: 'a31be07' },
};

export const plan: RolloutPlan = {
  deployment,
  waitForMs: 1_800_000,
  failFast: true,
  expected: { digest: PUSHED, childDigests: [CHILD], repositoryUri: 'r/web' },
};

export function entry(id: string, more: Partial<DeploymentSnapshot> = {}): DeploymentSnapshot {
  return {
    id,
    status: 'PRIMARY',
    taskDefinition: deployment.taskDefinition,
    desired: 2,
    running: 2,
    pending: 0,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    createdAt: id === OLD ? T0 - 300_000 : id === NEWER ? T0 + 3_000 : T0,
    ...more,
  };
}

export function service(
  deployments: readonly DeploymentSnapshot[],
  more: Partial<ServiceSnapshot> = {},
): ServiceSnapshot {
  return {
    name: 'web',
    status: 'ACTIVE',
    desired: 2,
    running: 2,
    pending: 0,
    breaker: { enabled: true, rollback: true },
    alarmNames: [],
    scalesOut: false,
    deployments,
    events: [],
    ...more,
  };
}

export function event(at: number, message: string): EventSnapshot {
  return { id: `${at} ${message}`, at: T0 + at, message };
}

export function serviceDeployment(
  status: string,
  more: Partial<ServiceDeploymentSnapshot> = {},
): ServiceDeploymentSnapshot {
  return {
    arn: SD_ARN,
    status,
    hooks: [],
    createdAt: T0,
    target: { arn: REVISION_ARN, requested: 2, running: 2, pending: 0 },
    sources: [],
    ...more,
  };
}

export function task(
  n: number,
  more: Partial<TaskSnapshot> & { readonly digest?: string | undefined } = {},
): TaskSnapshot {
  const { digest = PUSHED, ...rest } = { ...more };
  const shown = 'digest' in more && more.digest === undefined ? {} : { digest };
  return {
    arn: `arn:aws:ecs:us-east-1:123456789012:task/c/${String(n).padStart(32, '0')}`,
    service: 'web',
    deploymentId: OURS,
    lastStatus: 'RUNNING',
    createdAt: T0 + 1_000,
    startedAt: T0 + 20_000,
    containers: [{ name: 'app', image: 'r/web:latest', ...shown }],
    ...rest,
  };
}

/** A task of ours that ended: created `at` seconds after the deployment, over `lasted` seconds later. */
export function failed(
  n: number,
  at: number,
  lasted: number,
  more: Partial<TaskSnapshot> & { readonly exitCode?: number; readonly reason?: string } = {},
): TaskSnapshot {
  const { exitCode, reason, ...rest } = more;
  const container = {
    name: 'app',
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(reason === undefined ? {} : { reason }),
  };
  return {
    ...task(n),
    lastStatus: 'STOPPED',
    createdAt: T0 + at * 1000,
    startedAt: T0 + (at + lasted - 4) * 1000,
    stoppedAt: T0 + (at + lasted) * 1000,
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [container],
    ...rest,
  };
}

export function revision(digest: string | undefined): RevisionSnapshot {
  return { arn: REVISION_ARN, images: [{ container: 'app', ...(digest === undefined ? {} : { digest }) }] };
}

type Shown = {
  readonly [K in keyof Observation]?: Observation[K] extends Reading<infer T> ? T | Reading<T> : never;
};

/** A look: plain values are seen, readings stay as they are, what is left out was not read. */
export function look(shown: Shown): Observation {
  const readings = Object.entries(shown).map(([part, value]) => [
    part,
    isReading(value) ? value : seen(value),
  ]);
  return { ...emptyObservation, ...Object.fromEntries(readings) };
}

function isReading(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** Looks one after the other, each `everyMs` after the one before; the last step. */
export function steps(looks: readonly Observation[], everyMs = 3_000, of: RolloutPlan = plan): Step {
  let state: RolloutState = initialState(0);
  let last: Step | undefined;
  for (const [i, shown] of looks.entries()) {
    last = step(of, state, shown, (i + 1) * everyMs);
    if (last.kind === 'verdict') return last;
    state = last.state;
  }
  if (last === undefined) throw new Error('no look given');
  return last;
}

/** The verdict that the looks come to; throws where they come to none. */
export function verdictOf(looks: readonly Observation[], everyMs = 3_000, of: RolloutPlan = plan): Verdict {
  const last = steps(looks, everyMs, of);
  if (last.kind === 'waiting') throw new Error(`still waiting: ${last.progress.what}`);
  return last.verdict;
}

/** Everything of a finished rollout. */
export const finished: Shown = {
  service: service([entry(OURS, { rolloutState: 'COMPLETED' })]),
  serviceDeployment: serviceDeployment('SUCCESSFUL'),
  runningTasks: [task(1), task(2)],
};

/** Everything of one that goes on. */
export const going: Shown = {
  service: service([
    entry(OURS, { running: 1, pending: 1 }),
    entry(OLD, { status: 'ACTIVE', rolloutState: 'COMPLETED' }),
  ]),
  serviceDeployment: serviceDeployment('IN_PROGRESS', {
    target: { arn: REVISION_ARN, requested: 2, running: 1, pending: 1 },
  }),
  stoppedTasks: [],
  runningTasks: [],
};
