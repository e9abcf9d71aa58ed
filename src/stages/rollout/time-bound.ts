import { span } from '../report/words.ts';
import { ObservationFault } from './ports.ts';

/**
 * Does work with a signal that aborts when `signal` does, or after `ms`. Work that doesn't heed it is waited for no
 * longer. Throws ObservationFault (`unreachable`) where it was cut off, else what the work throws.
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const cut = (): void => controller.abort();
  const timer = setTimeout(cut, ms);
  if (signal.aborted) cut();
  signal.addEventListener('abort', cut, { once: true });
  const aborted = new Promise<never>((_, reject) => {
    const fault = () => reject(new ObservationFault('unreachable', `no answer within ${span(ms)}`));
    if (controller.signal.aborted) fault();
    controller.signal.addEventListener('abort', fault, { once: true });
  });
  try {
    return await Promise.race([work(controller.signal), aborted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cut);
    void aborted.catch(() => {});
  }
}
