import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { FaultKind } from './fault.ts';

const SPOILING: readonly FaultKind[] = ['reset-after', 'truncated', 'drip', 'wrong-json'];
const OTHER_JSON = Buffer.from('{"unexpected":[null,1,"word",{"deployments":"none"}]}');

/** Lets the work be done, and as much of its answer through as the fault lets. Other kinds change nothing. */
export function spoilAnswer(res: ServerResponse, kind: FaultKind | undefined): void {
  if (kind === undefined || !SPOILING.includes(kind)) return;
  const writeHead = res.writeHead.bind(res);
  const end = res.end.bind(res);
  let status = 200;
  let headers: OutgoingHttpHeaders = {};
  Object.assign(res, {
    writeHead: (given: number, more: OutgoingHttpHeaders = {}) => {
      status = given;
      headers = Object.fromEntries(Object.entries(more).map(([name, value]) => [name.toLowerCase(), value]));
      return res;
    },
    end: (chunk?: string | Buffer) => {
      const body = chunk === undefined ? Buffer.alloc(0) : Buffer.from(chunk);
      if (kind === 'reset-after') {
        res.destroy();
        return res;
      }
      const sent = kind === 'wrong-json' && body.length > 0 ? OTHER_JSON : body;
      writeHead(status, { ...headers, ...(chunk === undefined ? {} : { 'content-length': sent.length }) });
      if (kind === 'truncated' && body.length > 1) {
        res.write(sent.subarray(0, Math.floor(sent.length / 2)), () => res.destroy());
        return res;
      }
      if (kind === 'drip' && body.length > 1) {
        drip(res, sent).catch(() => res.destroy());
        return res;
      }
      return chunk === undefined ? end() : end(sent);
    },
  });
}

/** A byte a second: a connection that is never idle, and an answer that never comes. */
async function drip(res: ServerResponse, body: Buffer): Promise<void> {
  for (const byte of body) {
    if (res.destroyed) return;
    res.write(Buffer.of(byte));
    await wait(1_000, undefined, { ref: false });
  }
  res.destroy();
}
