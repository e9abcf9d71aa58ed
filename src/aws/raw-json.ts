import { Readable } from 'node:stream';

/** A JSON object as AWS sent it or is to get it, with fields that the SDK does not know (yet). */
export type RawJson = Readonly<Record<string, unknown>>;

/** A command of the SDK, as far as its middleware goes. */
interface Command {
  // Each command's stack is typed by its own input and output, neither of which matters here.
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

interface WireRequest {
  body?: unknown;
  headers: Record<string, string>;
}

interface WireResponse {
  body?: unknown;
}

/**
 * Keeps the JSON of a command's answer as it came, where the SDK's own parsing drops what it does not know: a
 * task definition has to survive being read and registered again.
 */
export function keepRawAnswer(command: Command, keep: (json: RawJson) => void): void {
  const middleware = (next: (args: unknown) => Promise<{ response: unknown }>) => async (args: unknown) => {
    const result = await next(args);
    const response = result.response as WireResponse;
    const body = await readAll(response.body);
    response.body = Readable.from([body]);
    keep(parseObject(body));
    return result;
  };
  const place = { step: 'deserialize', name: 'keepRawAnswer', priority: 'low' };
  command.middlewareStack.add(middleware as never, place as never);
}

/** Sends `json` in place of what the SDK made of the command's input. Signed like any other request. */
export function sendRawQuestion(command: Command, json: RawJson): void {
  const middleware =
    (next: (args: { request: unknown }) => Promise<unknown>) => async (args: { request: unknown }) => {
      const request = args.request as WireRequest;
      request.body = JSON.stringify(json);
      return await next(args);
    };
  // Before the length of the body is written and the request signed.
  const place = { step: 'serialize', name: 'sendRawQuestion', priority: 'low' };
  command.middlewareStack.add(middleware as never, place as never);
}

async function readAll(body: unknown): Promise<Buffer> {
  if (!(body instanceof Readable)) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function parseObject(body: Buffer): RawJson {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
