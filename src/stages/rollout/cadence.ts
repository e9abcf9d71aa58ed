/**
 * When to look next. Quick at first and where the end is near, slower between; never so slow that a verdict
 * comes late, never so often that the budget of calls is gone. Pure: times are local monotonic milliseconds.
 */
export interface CadenceState {
  readonly startedAt: number;
  readonly looks: number;
  /** Calls that count against the budget: all but those of a diagnosis. */
  readonly calls: number;
  /** Multiplies the interval while AWS throttles: 1 normally. */
  readonly slowdown: number;
}

/** Between two looks: a change is seen at most this much and the answers' own time late. */
export const SLOW_MS = 2_650;
const QUICK_MS = 1_000;
/** Either way, so that many jobs that wait together don't ask together. */
const JITTER_MS = 60;
/** The second look comes soon: a deployment that is refused or overtaken shows it then. */
const FIRST_MS = 1_500;
/** On rollouts over a minute, at most one call in so long, on average, for up to ten services. */
const MS_PER_CALL = 2_000;
const BUDGET_FROM_MS = 60_000;
/** Kept for the end: service deployments, task list and tasks have to be read then. */
const RESERVE_CALLS = 5;
const MAX_SLOWDOWN = 8;

/** The cadence of a watch that begins now. */
export function startCadence(now: number): CadenceState {
  return { startedAt: now, looks: 0, calls: 0, slowdown: 1 };
}

/**
 * How many calls could be spent beyond going on at the slow pace, without passing the budget at the end of the
 * first minute, or now if that is over. Below zero: it is overdrawn.
 */
export function spareCalls(state: CadenceState, now: number, services: number): number {
  const elapsed = now - state.startedAt;
  const horizon = Math.max(elapsed, BUDGET_FROM_MS);
  // More than ten services take more than one DescribeServices each time: the budget grows with them.
  const perLook = Math.ceil(services / 10);
  const slowCalls = ((horizon - elapsed) / SLOW_MS) * perLook;
  return (horizon / MS_PER_CALL) * perLook - RESERVE_CALLS - slowCalls - state.calls;
}

/**
 * Milliseconds from the start of one look to the start of the next. `soon`: something is about to change.
 * `random` between 0 and 1.
 */
export function nextDelay(
  state: CadenceState,
  now: number,
  options: { readonly soon: boolean; readonly services: number; readonly random: number },
): number {
  const jitter = (options.random * 2 - 1) * JITTER_MS;
  if (state.slowdown > 1) return SLOW_MS * state.slowdown * (1 + (options.random - 0.5) / 2);
  if (state.looks <= 1) return FIRST_MS + jitter;
  const affordable = spareCalls(state, now, options.services) >= Math.ceil(options.services / 10);
  return (options.soon && affordable ? QUICK_MS : SLOW_MS) + jitter;
}

/** A look was made with so many calls; `throttled` where AWS refused one for their rate. */
export function afterLook(state: CadenceState, calls: number, throttled: boolean): CadenceState {
  const slowdown = throttled ? Math.min(MAX_SLOWDOWN, state.slowdown * 2) : Math.max(1, state.slowdown / 2);
  return { ...state, looks: state.looks + 1, calls: state.calls + calls, slowdown };
}
