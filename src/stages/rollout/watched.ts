import type { Progress } from './progress.ts';
import type { RolloutOutcome, RolloutPlan, StartedDeployment, WatchOptions } from './rollout.ts';
import { initialState, type RolloutState } from './rollout-state.ts';

/** One service's rollout while it is watched. The watch alone changes it. */
export interface Watched {
  readonly plan: RolloutPlan;
  state: RolloutState;
  /** What was last shown. */
  progress: Progress | undefined;
  /** When a line was last shown for it, by the local clock. */
  lastLineAt: number;
  /** The next look should come soon. */
  soon: boolean;
  /** Seconds that earlier rollouts took; undefined until that is known. */
  earlier: readonly number[] | undefined;
  outcome: RolloutOutcome | undefined;
  /** Where its roll back is watched: the events that were told before. */
  readonly toldBefore: RolloutOutcome['events'] | undefined;
}

/** A rollout whose watch begins now. */
export function startWatching(deployment: StartedDeployment, options: WatchOptions, now: number): Watched {
  const { waitForMs, failFast, expected, rollingBack } = options;
  return {
    plan: { deployment, waitForMs, failFast, expected },
    state: initialState(now),
    progress: undefined,
    lastLineAt: now,
    soon: true,
    earlier: undefined,
    outcome: undefined,
    toldBefore: rollingBack?.get(deployment.service),
  };
}
