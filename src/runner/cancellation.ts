/** Why a run was told to stop. */
export class Cancelled extends Error {
  constructor(signal: string) {
    super(`cancelled by ${signal}`);
    this.name = 'Cancelled';
  }
}

/**
 * A signal that aborts with `Cancelled` when the runner cancels the job: it sends SIGINT, after 7.5 s SIGTERM,
 * and kills 2.5 s later (actions/runner, `ProcessInvoker.CancelAndKillProcessTree`).
 */
export function cancellation(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => controller.abort(new Cancelled(name)));
  }
  return controller.signal;
}

/** A signal that aborts `ms` after another one has: the end of what is still allowed to go on by then. */
export function someTimeAfter(signal: AbortSignal, ms: number): AbortSignal {
  const controller = new AbortController();
  const begin = () => setTimeout(() => controller.abort(signal.reason), ms).unref();
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return controller.signal;
}
