import { USUAL } from '../e2e/faults/sample.ts';

/**
 * How many runs a property gets: of the variable where a long campaign is wanted, whose seed is new each time; else the
 * usual number, of a seed that stays, because a change is not to fail by what it didn't touch.
 */
export function runsOf(usual: number): { readonly numRuns: number; readonly seed?: number } {
  const given = Number(process.env['DEPLOY_GUARD_FUZZ_RUNS']);
  return Number.isSafeInteger(given) && given > 0 ? { numRuns: given } : { numRuns: usual, seed: USUAL };
}

/** A long campaign takes as long as it takes. */
export const LONGEST_MS = 12 * 60 * 60_000;

/** CPU time for one text, in seconds: a way that multiplies takes minutes. */
const MOST_SECONDS = 10;

/** What work gives, and an error where it took more CPU time than any text is worth. */
export async function inTime<T>(work: () => T | Promise<T>): Promise<T> {
  const before = process.cpuUsage();
  const done = await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  if (seconds > MOST_SECONDS) throw new Error(`it took ${seconds.toFixed(1)} s`);
  return done;
}

/** What no line of ours may hold. */
export const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\ud800-\udfff]/u;
