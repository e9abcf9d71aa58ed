import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { ServiceError } from './service-error.ts';

/**
 * How a call goes wrong. `reset-before`: before anything is done; `reset-after`: done, and the answer lost; `refuse`:
 * with the fault's own `error`.
 */
export type FaultKind =
  | 'throttle'
  | '500'
  | '503'
  | 'reset-before'
  | 'reset-after'
  | 'hang'
  | 'truncated'
  | 'html'
  | 'refuse';

/** A failure put in the way of calls, at the HTTP layer. */
export interface Fault {
  /** `sts`, `ecr`, `ecs`, `logs`, or `registry` with the IAM action's name (`PutImage`); left out: any. */
  readonly service?: 'sts' | 'ecr' | 'ecs' | 'logs' | 'registry';
  /** Left out: any. */
  readonly operation?: string;
  /** How many calls it hits; all if left out. */
  readonly times?: number;
  /** How many matching calls go through first. */
  readonly after?: number;
  readonly kind: FaultKind;
  /** Real milliseconds that the call is held up before. */
  readonly delayMs?: number;
  /** Of `refuse`: AWS's code and words. */
  readonly error?: { readonly code: string; readonly message: string; readonly status?: number };
}

/** The faults of a sandbox, each with a count of the calls that it saw. */
export class Faults {
  readonly #faults: readonly { readonly fault: Fault; seen: number }[];

  constructor(faults: readonly Fault[]) {
    this.#faults = faults.map((fault) => ({ fault, seen: 0 }));
  }

  /** The fault that this call meets, if any. Each call counts once with every fault that it matches. */
  next(service: string, operation: string): Fault | undefined {
    let hit: Fault | undefined;
    for (const entry of this.#faults) {
      const { fault } = entry;
      if ((fault.service ?? service) !== service || (fault.operation ?? operation) !== operation) continue;
      entry.seen += 1;
      const number = entry.seen - (fault.after ?? 0);
      if (number >= 1 && number <= (fault.times ?? Number.POSITIVE_INFINITY)) hit ??= fault;
    }
    return hit;
  }
}

/** Applies what a fault does before a call is processed. True: the call is over. Throws a fault that is an AWS error. */
export async function applyBefore(fault: Fault | undefined, res: ServerResponse): Promise<boolean> {
  if (fault === undefined) return false;
  if (fault.delayMs !== undefined) await wait(fault.delayMs);
  switch (fault.kind) {
    case 'throttle':
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
    case '500':
      throw new ServiceError(
        'InternalFailure',
        'The request processing has failed because of an unknown error.',
        500,
      );
    case '503':
      throw new ServiceError('ServiceUnavailable', 'Service is unable to handle request.', 503);
    case 'refuse': {
      const { code = 'InternalFailure', message = '', status } = fault.error ?? {};
      throw new ServiceError(code, message, status);
    }
    case 'reset-before':
      res.destroy();
      return true;
    case 'hang':
      return true;
    case 'html':
      res.writeHead(502, { 'content-type': 'text/html' });
      res.end(
        '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
      );
      return true;
    case 'reset-after':
    case 'truncated':
      return false;
  }
}

/** Sends an answer, or as much of it as a fault lets through. */
export function sendUnder(
  fault: Fault | undefined,
  res: ServerResponse,
  answer: {
    readonly status: number;
    readonly contentType: string;
    readonly requestId: string;
    readonly body: string;
  },
): void {
  if (fault?.kind === 'reset-after') {
    res.destroy();
    return;
  }
  const bytes = Buffer.from(answer.body);
  res.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': bytes.length,
    'x-amzn-requestid': answer.requestId,
  });
  if (fault?.kind === 'truncated') {
    res.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => res.destroy());
    return;
  }
  res.end(bytes);
}
