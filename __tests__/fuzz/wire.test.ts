import { type AddressInfo, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, createAgents, NoAnswer } from '../../src/runner/http.ts';
import { CONTROLS, LONGEST_MS, runsOf } from './campaign.ts';
import { mutated } from './mutations.ts';

const agents = createAgents({ http: undefined, no: undefined });
const sockets = new Set<Socket>();
let bytes: Buffer = Buffer.alloc(0);
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
  socket.once('data', () => socket.end(bytes));
});
let url = new URL('http://127.0.0.1');

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/`);
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const ANSWERS = [
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\nDocker-Content-Digest: sha256:a\r\n\r\n{"a":"bcd"}',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n',
  'HTTP/1.1 307 Temporary Redirect\r\nLocation: /x\r\nLink: </v2/?n=1>; rel="next"\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x",service="y"\r\nConnection: close\r\n\r\nno',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 503 x\r\nRetry-After: 1\r\n\r\n',
] as const;

describe('any bytes for an answer', { timeout: LONGEST_MS }, () => {
  it('are an answer, or there was none: nothing else is thrown, and nothing hangs', async () => {
    const property = fc.asyncProperty(mutated(fc.constantFrom(...ANSWERS), ANSWERS), async (text) => {
      bytes = Buffer.from(text);
      const said: unknown = await ask(agents, { method: 'GET', url, timeoutMs: 2_000 }).catch(
        (error: unknown) => error,
      );
      if (said instanceof NoAnswer) expect(said.message).toMatch(/^127\.0\.0\.1:\d+ .{1,300}$/);
      else if (said instanceof Error) throw said;
      expect(said instanceof NoAnswer ? said.message : '').not.toMatch(CONTROLS);
    });
    await fc.assert(property, runsOf(100));
  });
});
