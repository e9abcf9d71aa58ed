import type { Finding } from '../../finding.ts';
import { span } from '../report/words.ts';
import { fixContext } from './diagnosis.ts';
import type { ObservationFault } from './ports.ts';
import type { RolloutOutcome, RolloutPlan } from './rollout.ts';

/** Why the watch could go on no longer. */
export type WatchFailureReason = 'expired-credentials' | 'unreachable' | 'denied';

/**
 * The watch lost sight of the rollouts: nothing is known to be wrong with the deployments themselves, and they
 * go on in ECS. `outcomes` has one for each deployment, in order; those that had no verdict yet are `failed`
 * with the code for the reason (DG641, DG642, DG644).
 */
export class ObservationFailed extends Error {
  readonly reason: WatchFailureReason;
  readonly outcomes: readonly RolloutOutcome[];

  constructor(
    reason: WatchFailureReason,
    message: string,
    outcomes: readonly RolloutOutcome[],
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'ObservationFailed';
    this.reason = reason;
    this.outcomes = outcomes;
  }
}

/** No answer for so long, and for so many looks: AWS is out of reach. */
const UNREACHABLE_MS = 180_000;
const UNREACHABLE_LOOKS = 5;
/** A refusal may be a hiccup of IAM's; a second one in a row isn't. */
const REFUSED_LOOKS = 2;

/** Counts looks without an answer, and says when that is no passing fault any more. */
export class Patience {
  #since: number | undefined;
  #looks = 0;
  #refused = false;

  /** AWS answered: all is forgiven. */
  answered(): void {
    this.#since = undefined;
    this.#looks = 0;
  }

  /** A look failed at `now` (local milliseconds). The reason to give up, or undefined to try again. */
  failed(fault: ObservationFault, now: number): WatchFailureReason | undefined {
    const refused = fault.kind === 'expired-credentials' || fault.kind === 'denied';
    if (refused !== this.#refused) this.#looks = 0;
    this.#refused = refused;
    this.#since ??= now;
    this.#looks += 1;
    if (fault.kind === 'expired-credentials' || fault.kind === 'denied') {
      return this.#looks >= REFUSED_LOOKS ? fault.kind : undefined;
    }
    const long = now - this.#since >= UNREACHABLE_MS && this.#looks >= UNREACHABLE_LOOKS;
    return long ? 'unreachable' : undefined;
  }
}

const BLIND = {
  'expired-credentials': {
    code: 'DG641',
    what: 'the AWS credentials expired during the wait',
    fix: 'Raise `role-duration-seconds` (and the maximum session duration of the role) above what a rollout takes.',
  },
  unreachable: {
    code: 'DG642',
    what: `AWS gave no answer for ${span(UNREACHABLE_MS)}`,
    fix: "See the region's state at health.aws.amazon.com and the runner's way out (`http-proxy`, `no-proxy`).",
  },
  denied: {
    code: 'DG644',
    what: 'the deploying role was refused ecs:DescribeServices',
    fix: 'Allow ecs:DescribeServices to the deploying role.',
  },
} as const satisfies Record<WatchFailureReason, { code: Finding['code']; what: string; fix: string }>;

/** Why the end of a rollout was not seen, for the middle of a sentence; undefined where it was. */
export function whyUnseen(outcome: RolloutOutcome | undefined): string | undefined {
  return Object.values(BLIND).find(({ code }) => code === outcome?.finding?.code)?.what;
}

/** What to say of a service whose rollout went out of sight. `message` is AWS's, fit to print. */
export function blind(plan: RolloutPlan, reason: WatchFailureReason, message: string): Finding {
  const { code, what, fix } = BLIND[reason];
  return {
    code,
    level: 'error',
    title: `${plan.deployment.service}: ${what}; the rollout goes on in ECS, and how it ends is not known here.`,
    detail: `AWS says: ${message}`,
    fix: `${fix} See how it ended: ${describe(plan)}.`,
  };
}

/** What to say of a service whose watch was cancelled. */
export function cancelled(plan: RolloutPlan): Finding {
  const { service, deploymentId } = plan.deployment;
  return {
    code: 'DG643',
    level: 'error',
    title: `${service}: cancelled; the rollout goes on in ECS as deployment ${deploymentId}.`,
    fix: `See how it ends: ${describe(plan)}.`,
  };
}

function describe(plan: RolloutPlan): string {
  const { cluster, service } = fixContext(plan);
  return `\`aws ecs describe-services --cluster ${cluster} --services ${service}\``;
}
