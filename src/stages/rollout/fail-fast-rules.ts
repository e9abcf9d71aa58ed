import type { RolloutCode } from './codes.ts';

/**
 * When a rollout is red before ECS or the time-out says so. A rule needs its evidence to last through its
 * patience, so that a start that stumbles and recovers stays green.
 */
export interface FailFastRule {
  readonly code: RolloutCode;
  /** What counts as evidence: failed tasks of ours, or the service's events. */
  readonly evidence: 'failed-tasks' | 'events';
  readonly patience: {
    /** At least so many failed tasks with this cause. */
    readonly failures: number;
    /** In so many rounds, each begun after the one before had ended: replacements failed as well. */
    readonly rounds: number;
    /** And for so long since the first evidence, in milliseconds. */
    readonly ms: number;
    /** The same where instances can still be added (a capacity provider). */
    readonly msWhileScalingOut?: number;
  };
  readonly why: string;
}

const permanent = { failures: 2, rounds: 1, ms: 0 } as const;
const mayPass = { failures: 3, rounds: 3, ms: 0 } as const;

/**
 * The rules, one a cause. All of them need that no task of ours is healthy. Where a circuit breaker is on they
 * apply only to what it doesn't count: see `breakerCounts` in fail-fast.ts.
 */
export const failFastRules: readonly FailFastRule[] = [
  {
    code: 'DG612',
    evidence: 'failed-tasks',
    patience: mayPass,
    why: 'A start may stumble twice (a database that is not there yet); a third time in a row it is a loop.',
  },
  {
    code: 'DG613',
    evidence: 'failed-tasks',
    patience: permanent,
    why: 'A tag or a permission that is missing does not come by itself; ECS has retried the pull by then.',
  },
  {
    code: 'DG614',
    evidence: 'failed-tasks',
    patience: permanent,
    why: 'A secret that cannot be read does not become readable by waiting.',
  },
  {
    code: 'DG615',
    evidence: 'failed-tasks',
    patience: permanent,
    why: 'A role that lacks a permission stays so; a second try covers a role made seconds ago.',
  },
  {
    code: 'DG615',
    evidence: 'events',
    patience: { failures: 0, rounds: 0, ms: 60_000 },
    why: 'ECS could not assume the role and started no task; a new role takes seconds to be known everywhere.',
  },
  {
    code: 'DG616',
    evidence: 'failed-tasks',
    patience: permanent,
    why: 'A log group that is missing is not created by ECS.',
  },
  {
    code: 'DG617',
    evidence: 'failed-tasks',
    patience: mayPass,
    why: 'Addresses come free and networks hiccup; three rounds of it are a setting.',
  },
  {
    code: 'DG618',
    evidence: 'failed-tasks',
    patience: mayPass,
    why: 'Capacity varies by the minute.',
  },
  {
    code: 'DG618',
    evidence: 'events',
    patience: { failures: 0, rounds: 0, ms: 90_000, msWhileScalingOut: 300_000 },
    why: 'ECS tries again by itself, and a capacity provider takes minutes to add an instance.',
  },
  {
    code: 'DG619',
    evidence: 'failed-tasks',
    patience: permanent,
    why: 'An image does not change its architecture.',
  },
  {
    code: 'DG620',
    evidence: 'failed-tasks',
    patience: mayPass,
    why: 'One peak may be chance; the same end three times in a row is not.',
  },
  {
    code: 'DG621',
    evidence: 'failed-tasks',
    patience: mayPass,
    why: 'A slow start can miss a check; a replacement and its replacement would not.',
  },
  {
    code: 'DG622',
    evidence: 'failed-tasks',
    patience: mayPass,
    why: 'As with the load balancer.',
  },
  {
    code: 'DG623',
    evidence: 'failed-tasks',
    patience: mayPass,
    why: 'An unknown reason gets the patience of a crash.',
  },
  {
    code: 'DG623',
    evidence: 'events',
    patience: { failures: 0, rounds: 0, ms: 0 },
    why: 'ECS itself says that it is unable to start tasks consistently, after several tries of its own.',
  },
];
