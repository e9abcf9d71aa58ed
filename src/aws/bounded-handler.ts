import { NodeHttpHandler } from '@smithy/node-http-handler';

type Handle = NodeHttpHandler['handle'];

/** How often a call that hangs is tried: six times fifteen seconds would be known no better than three times. */
const HUNG_TRIES = 3;

/** No answer came, and the SDK is not to try again: it goes by names and codes that this one has none of. */
class Hung extends Error {
  readonly code = 'HUNG';

  constructor(message: string) {
    super(message);
    this.name = 'HungError';
  }
}

/** The SDK's own way to HTTP, with a bound on the whole answer: its time-outs are for a connection that is idle. */
export class BoundedHandler extends NodeHttpHandler {
  readonly #bodyMs: number;
  readonly #onSent: (() => void) | undefined;

  /**
   * `bodyMs`: how long a body may take from its headers on, in milliseconds. `onSent` is called for each request, once
   * Node has had the turns that it writes it in, or begins to connect in.
   */
  constructor(
    options: NonNullable<ConstructorParameters<typeof NodeHttpHandler>[0]>,
    bodyMs: number,
    onSent?: () => void,
  ) {
    super(options);
    this.#bodyMs = bodyMs;
    this.#onSent = onSent;
  }

  /** Asks once. A body that takes longer ends with a TimeoutError, which the SDK tries again like any other. */
  override async handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    const answer = super.handle(request, options);
    const onSent = this.#onSent;
    if (onSent) setImmediate(() => setImmediate(onSent));
    const handled = await answer.catch((error: unknown) => {
      throw attemptOf(request) >= HUNG_TRIES && isHung(error) ? new Hung(error.message) : error;
    });
    // The base class declares no type for the body; in Node it is the answer's stream.
    const body: unknown = handled.response.body;
    if (isStream(body)) cutAfter(body, this.#bodyMs);
    return handled;
  }
}

/** Which try this is, as the SDK tells AWS (`amz-sdk-request: attempt=2; max=6`); 1 where it doesn't. */
function attemptOf({ headers }: Parameters<Handle>[0]): number {
  return Number(/attempt=(\d+)/.exec(headers['amz-sdk-request'] ?? '')?.[1] ?? 1);
}

/** A connection that is not made is known in a third of the time, and may well be the next time. */
function isHung(error: unknown): error is Error {
  return (
    error instanceof Error && error.name === 'TimeoutError' && !/establish a connection/.test(error.message)
  );
}

interface BodyStream {
  destroy(error: Error): unknown;
  once(event: 'close' | 'end', then: () => void): unknown;
}

function isStream(body: unknown): body is BodyStream {
  return typeof body === 'object' && body !== null && 'destroy' in body && 'once' in body;
}

function cutAfter(body: BodyStream, ms: number): void {
  const timer = setTimeout(() => {
    const error = new Error(`the answer was not whole within ${ms / 1000} s`);
    error.name = 'TimeoutError';
    body.destroy(error);
  }, ms);
  for (const event of ['close', 'end'] as const) body.once(event, () => clearTimeout(timer));
}
