import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerEngine } from '../../docker/engine.ts';
import type { CommandResult, OnLines } from '../../runner/command.ts';

/** Waits before a push is begun again, in milliseconds. */
const PAUSES = [1_000, 4_000] as const;

/** An engine that tried by itself for so long has asked often enough. */
const AGAIN_WITHIN_MS = 20_000;

/** What stays so however often it is asked: rights, names, tags that may not move. */
const FINAL =
  /denied|unauthorized|forbidden|no basic auth|credentials|name unknown|does ?n[o']t exist|not found|immutable|already exists|invalid|no such host|certificate|no space left/i;

/** From here on a signal ended the program: a cancel, or its time is over. */
const SIGNALLED = 128;

/**
 * Pushes, and once more after a failure that may pass: docker gives up at the first 429, 5xx or cut connection of a
 * small answer, although it tries a layer for most of a minute. What has arrived is not sent again. Gives the end of the last push.
 */
export async function pushPatiently(
  engine: Pick<ContainerEngine, 'push'>,
  reference: string,
  onLines: OnLines,
  pauses: readonly number[] = PAUSES,
  now: () => number = () => performance.now(),
): Promise<CommandResult> {
  const startedAt = now();
  let pushed = await engine.push(reference, onLines);
  for (const pause of pauses) {
    if (pushed.exitCode === 0 || pushed.exitCode >= SIGNALLED) return pushed;
    if (now() - startedAt > AGAIN_WITHIN_MS) return pushed;
    if (FINAL.test(`${pushed.stdout}\n${pushed.stderr}`)) return pushed;
    await sleep(pause);
    pushed = await engine.push(reference, onLines);
  }
  return pushed;
}
