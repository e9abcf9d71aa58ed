import type { IncomingMessage, ServerResponse } from 'node:http';

/** An error as the distribution API writes it. `code` is one of the specification's words. */
export interface RegistryError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers with an error body `{ "errors": [{ code, message }] }`.
 *
 * Source: OCI distribution-spec 1.1, "Error Codes".
 */
export function answerError(res: ServerResponse, error: RegistryError): void {
  const body = JSON.stringify({ errors: [{ code: error.code, message: error.message }] });
  answer(res, error.status, { 'Content-Type': 'application/json; charset=utf-8', ...error.headers }, body);
}

/** Answers with a whole body; of a HEAD request only the headers go out, with the body's length. */
export function answer(
  res: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = '',
): void {
  res.writeHead(status, {
    'Docker-Distribution-Api-Version': 'registry/2.0',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  });
  res.end(res.req.method === 'HEAD' ? undefined : body);
}

/** Reads a body up to a bound; undefined where there is more, and the rest is then thrown away. */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= maxBytes) chunks.push(bytes);
    else chunks.length = 0;
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks);
}
