import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault, FaultKind } from './fault.ts';
import { mutateAnswer, wordJson } from './mutate.ts';

const SPOILING: readonly FaultKind[] = [
  'reset-after',
  'truncated',
  'drip',
  'wrong-json',
  'mutated',
  'worded',
];
const OTHER_JSON = Buffer.from('{"unexpected":[null,1,"word",{"deployments":"none"}]}');

/** Lets the work be done, and as much of its answer through as the fault lets. Other kinds change nothing. */
export function spoilAnswer(res: ServerResponse, fault: Fault | undefined): void {
  const kind = fault?.kind;
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
      const sent = body.length > 0 ? changed(body, fault) : body;
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

/** The answer in the shape that the fault gives it. */
function changed(body: Buffer, fault: Fault | undefined): Buffer {
  if (fault?.kind === 'wrong-json') return OTHER_JSON;
  if (fault?.kind === 'worded') return wordJson(body, fault.text ?? '');
  return fault?.kind === 'mutated' && fault.random ? mutateAnswer(body, fault.random) : body;
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
