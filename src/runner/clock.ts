import { setTimeout as wait } from 'node:timers/promises';

/** Monotonic local time in milliseconds, and a sleep that an abort ends early without throwing. */
export const localClock = {
  now: () => performance.now(),
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await wait(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};
