import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault, FaultKind } from './fault.ts';

const PAGE = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

/** The HTTP errors that a service which is not AWS's API answers with. */
const STATUSES: Partial<Record<FaultKind, readonly [status: number, body: string]>> = {
  throttle: [429, 'Rate exceeded'],
  '500': [500, 'Internal Server Error'],
  '503': [503, 'Service Unavailable'],
  expired: [401, 'Your authorization token has expired.'],
};

/** What every service does alike before it does its work. True: the call is over. */
export async function answeredInPlace(fault: Fault | undefined, res: ServerResponse): Promise<boolean> {
  if (fault === undefined) return false;
  if (fault.delayMs !== undefined) await wait(fault.delayMs);
  if (fault.kind === 'hang') return true;
  if (fault.kind === 'reset-before') {
    res.destroy();
    return true;
  }
  if (fault.kind === 'answer') {
    const { status = 500, body = Buffer.alloc(0), contentType = 'application/json' } = fault.answer ?? {};
    res.writeHead(status, { 'content-type': contentType, 'content-length': body.length }).end(body);
    return true;
  }
  if (fault.kind !== 'html') return false;
  res.writeHead(502, { 'content-type': 'text/html' }).end(PAGE);
  return true;
}

/** The error of a service that is not AWS's API. True: the call is over. */
export function answeredWithError(fault: Fault | undefined, res: ServerResponse): boolean {
  const [status, message] = (fault && STATUSES[fault.kind]) ?? [];
  if (status === undefined || message === undefined) return false;
  const code = status === 429 ? 'TOOMANYREQUESTS' : status === 401 ? 'UNAUTHORIZED' : 'UNAVAILABLE';
  res.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 429 ? { 'retry-after': '1' } : {}),
  });
  res.end(JSON.stringify({ message, errors: [{ code, message }] }));
  return true;
}
