import type { EcsObserver, LogReader, WatchClock } from './ports.ts';
import type { ProgressLine, RolloutOutcome, StartedDeployment, WatchOptions } from './rollout.ts';

/** What the watch needs from outside. */
export interface WatchPorts {
  readonly ecs: EcsObserver;
  readonly logs: LogReader;
  readonly clock: WatchClock;
  readonly onProgress: (line: ProgressLine) => void;
  /** Aborting ends the watch at once: services without a verdict yet end as `cancelled` (DG643). */
  readonly signal: AbortSignal;
  /** Tags of an image by its digest, to name the commit of a newer deployment; left out, the digest is named. */
  readonly tagsOf?: (digest: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** Between 0 and 1, for jitter; Math.random by default. */
  readonly random?: () => number;
}

/** Why the watch could go on no longer. */
export type WatchFailureReason = 'expired-credentials' | 'unreachable' | 'denied';

/** The watch lost sight of the rollout: nothing is known to be wrong with the deployment itself. */
export class ObservationFailed extends Error {
  readonly reason: WatchFailureReason;

  constructor(reason: WatchFailureReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ObservationFailed';
    this.reason = reason;
  }
}

/**
 * Follows deployments to their verdicts, one outcome for each in the order given. Never throws for what the
 * rollout does; throws ObservationFailed where AWS can't be asked any more.
 */
export async function watchRollouts(
  deployments: readonly StartedDeployment[],
  options: WatchOptions,
  ports: WatchPorts,
): Promise<readonly RolloutOutcome[]> {
  throw new Error(`not written yet: ${deployments.length} ${options.waitForMs} ${ports.signal.aborted}`);
}
