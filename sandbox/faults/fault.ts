/**
 * How a call goes wrong. `reset-before`: before anything is done; `reset-after`: done, and the answer lost;
 * `drip`: done, and the answer comes a byte a second; `wrong-json`: done, and answered with JSON of another shape;
 * `mutated`: done, and answered with up to three values changed, which the fault's `random` chooses;
 * `worded`: done, and answered with the fault's `text` after each sentence that the answer has for a reader;
 * `html`: a proxy's page in place of an answer; `expired`: the credentials are over; `refuse`: AWS's API answers with
 * the fault's own `error`; `answer`: any service answers with the fault's own `answer`, byte for byte.
 */
export type FaultKind =
  | 'throttle'
  | '500'
  | '503'
  | 'reset-before'
  | 'reset-after'
  | 'hang'
  | 'drip'
  | 'truncated'
  | 'wrong-json'
  | 'mutated'
  | 'worded'
  | 'html'
  | 'expired'
  | 'refuse'
  | 'answer';

/** Whom a call is for. `registry` is the distribution API, its operations named by the IAM action they take. */
export type FaultyService =
  | 'sts'
  | 'iam'
  | 'ecr'
  | 'ecs'
  | 'iam'
  | 'logs'
  | 'ssm'
  | 'secretsmanager'
  | 'registry'
  | 'slack'
  | 'github'
  | 'health';

/** A failure put in the way of calls, at the HTTP layer. */
export interface Fault {
  /** Left out: any. */
  readonly service?: FaultyService;
  /** Left out: any. */
  readonly operation?: string;
  /** How many calls it hits; all if left out. */
  readonly times?: number;
  /** How many matching calls go through first. */
  readonly after?: number;
  /** Calls before the first one of this operation go through, and are not counted. */
  readonly onceSeen?: string;
  readonly kind: FaultKind;
  /** Real milliseconds that the call is held up before. */
  readonly delayMs?: number;
  /** Of `mutated`: numbers from 0 to 1 that choose the value and its replacement. */
  readonly random?: () => number;
  /** Of `refuse`: AWS's code and words. */
  readonly error?: { readonly code: string; readonly message: string; readonly status?: number };
  /** Of `worded`. */
  readonly text?: string;
  /** Of `answer`. */
  readonly answer?: { readonly status: number; readonly body: Buffer; readonly contentType?: string };
}

/** A call that came in, whatever became of it. */
export interface SeenCall {
  readonly service: string;
  readonly operation: string;
}

/** The faults of a sandbox, each with a count of the calls that it saw. */
export class Faults {
  readonly #faults: readonly { readonly fault: Fault; seen: number }[];
  readonly #calls: SeenCall[] = [];

  constructor(faults: readonly Fault[]) {
    this.#faults = faults.map((fault) => ({ fault, seen: 0 }));
  }

  /** Every call that came in, in order. */
  get calls(): readonly SeenCall[] {
    return [...this.#calls];
  }

  /** The fault that this call meets, if any. Each call counts once with every fault that it matches. */
  next(service: string, operation: string): Fault | undefined {
    this.#calls.push({ service, operation });
    let hit: Fault | undefined;
    for (const entry of this.#faults) {
      const { fault } = entry;
      if ((fault.service ?? service) !== service || (fault.operation ?? operation) !== operation) continue;
      if (fault.onceSeen && !this.#calls.some((call) => call.operation === fault.onceSeen)) continue;
      entry.seen += 1;
      const number = entry.seen - (fault.after ?? 0);
      if (number >= 1 && number <= (fault.times ?? Number.POSITIVE_INFINITY)) hit ??= fault;
    }
    return hit;
  }
}
