import type { Finding, Result } from '../../finding.ts';
import { failedContainer } from './diagnosis.ts';
import { type Ending, timedOut } from './findings.ts';
import { notesOnGaps } from './gaps.ts';
import type { DeploymentSnapshot, Observation, Part } from './observation.ts';
import { type Progress, progressOf } from './progress.ts';
import type { RolloutPlan } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';
import type { Want } from './wants.ts';

/** The end of a rollout, as far as it can be said without asking anything else. */
export interface Verdict {
  readonly result: Result;
  readonly finding?: Finding;
  readonly notes: readonly Finding[];
  /** The digests that running tasks of ours were proven to have. */
  readonly digests: readonly string[];
  readonly newer?: DeploymentSnapshot;
}

/** What a look leads to: wait on, perhaps with more to read at once, or the verdict. */
export type Step =
  | {
      readonly kind: 'waiting';
      readonly state: RolloutState;
      readonly progress: Progress;
      /** Parts that this look lacks. With them read, the same step is taken again from the state before. */
      readonly wants: readonly Want[];
      /** Something is about to change: the next look should come soon. */
      readonly soon: boolean;
    }
  | { readonly kind: 'verdict'; readonly state: RolloutState; readonly verdict: Verdict };

/** So long past the time-out an answer is waited for that may still decide or explain. */
export const OVERTIME_MS = 2_000;
/** How long a verdict waits for its diagnosis to be read, where reading it fails. */
const SETTLE_MS = 5_000;

/** A red verdict with its diagnosis: waits for the parts that tell why, but not for long. */
export function settle(
  plan: RolloutPlan,
  state: RolloutState,
  look: Observation,
  now: number,
  end: (state: RolloutState) => Ending,
): Step {
  const unread = unreadParts(look, ['stoppedTasks', 'runningTasks']);
  const log = unread.length === 0 && failedContainer(state) !== undefined ? unreadParts(look, ['log']) : [];
  const missing = [...unread, ...log];
  const settlingSince = state.settlingSince ?? now;
  const enough = now - settlingSince >= SETTLE_MS || isOverdue(plan, state, now - OVERTIME_MS);
  if (missing.length === 0 || enough) return verdict(state, end(state));
  return waitOn(
    plan,
    { ...state, settlingSince },
    now,
    'reading why',
    asked(missing, 'diagnosis'),
    true,
    false,
  );
}

/** A red verdict, with what would have told more. */
export function verdict(state: RolloutState, ending: Ending): Step {
  return { kind: 'verdict', state, verdict: { ...ending, notes: notesOnGaps(state.gaps), digests: [] } };
}

/** Waits on for `what`, with the parts that the look still lacks; past the time-out, DG609. */
export function waitOn(
  plan: RolloutPlan,
  state: RolloutState,
  now: number,
  what: string,
  wants: readonly Want[] = [],
  soon = false,
  mayTimeOut = true,
): Step {
  const unanswered = wants.some(({ urgency }) => urgency === 'proof' || urgency === 'diagnosis');
  const late = isOverdue(plan, state, now) && (!unanswered || isOverdue(plan, state, now - OVERTIME_MS));
  if (mayTimeOut && late) return verdict(state, timedOut(plan, state, what));
  return {
    kind: 'waiting',
    state,
    progress: progressOf(plan, state, what),
    wants,
    soon: soon || isNear(state),
  };
}

/** Whether wait-for-minutes has passed at `now`. */
export function isOverdue(plan: RolloutPlan, state: RolloutState, now: number): boolean {
  return now - state.startedAt >= plan.waitForMs;
}

/** Everything wanted runs: the end can come any moment. */
function isNear({ counts }: RolloutState): boolean {
  return counts !== undefined && counts.desired > 0 && counts.running >= counts.desired;
}

/** What a rollout that goes on waits for, in words. */
export function waitingFor({ counts }: RolloutState): string {
  if (counts === undefined) return 'the deployment is not listed yet';
  return `${counts.running} of ${counts.desired} new tasks running`;
}

/** Those of the parts that a look did not ask for or got no answer to. */
export function unreadParts(look: Observation, parts: readonly Part[]): readonly Part[] {
  return parts.filter((part) => look[part].kind === 'not-read');
}

/** Parts as wants. */
export function asked(parts: readonly Part[], urgency: Want['urgency']): readonly Want[] {
  return parts.map((part) => ({ part, urgency }));
}
