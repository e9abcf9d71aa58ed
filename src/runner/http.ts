import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { networkWords } from './network-words.ts';

/** The one pair of agents that everything which leaves the process goes through, proxy and all. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Agents that keep connections and honour a proxy, with `no` as NO_PROXY is written. */
export function createAgents(proxy: {
  readonly http: string | undefined;
  readonly no: string | undefined;
}): Agents {
  const proxyEnv = proxy.http
    ? { HTTP_PROXY: proxy.http, HTTPS_PROXY: proxy.http, ...(proxy.no ? { NO_PROXY: proxy.no } : {}) }
    : undefined;
  const options = { keepAlive: true, ...(proxyEnv ? { proxyEnv } : {}) };
  return { http: new HttpAgent(options), https: new HttpsAgent(options) };
}

/** A request that came to no answer. */
export class NoAnswer extends Error {
  /** Whether the request may have reached the other side: if so, sending it again may do its work twice. */
  readonly maybeReceived: boolean;
  constructor(message: string, maybeReceived: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = 'NoAnswer';
    this.maybeReceived = maybeReceived;
  }
}

/** An answer whose body was read whole, up to the bound. */
export interface HttpAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
}

/** What is asked. */
export interface HttpQuestion {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Longest body that is read, in bytes; 4 MiB unless told. */
  readonly mostBytes?: number;
  /** The status tells it all: a body that is too long or breaks off is given as far as it was read. */
  readonly statusSuffices?: boolean;
  readonly signal?: AbortSignal;
  /** Ends the exchange as its time does: no answer came, and what was sent may have arrived. */
  readonly deadline?: AbortSignal | undefined;
}

/** Asks once: no redirect is followed, nothing is sent again. Throws NoAnswer. */
export async function ask(agents: Agents, question: HttpQuestion): Promise<HttpAnswer> {
  const { url, timeoutMs } = question;
  const timeout = AbortSignal.timeout(timeoutMs);
  const ends = [timeout, question.deadline, question.signal].filter((each) => each !== undefined);
  const signal = AbortSignal.any(ends);
  let connected = false;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
      const request = send(url, {
        method: question.method,
        agent: url.protocol === 'http:' ? agents.http : agents.https,
        headers: { 'user-agent': 'deploy-guard', ...question.headers },
        signal,
      });
      request.once('finish', () => {
        connected = true;
      });
      request.once('socket', (socket) => {
        // A kept connection is written to at once; a new one only after it is made.
        if (!socket.connecting) connected = true;
        else
          socket.once(url.protocol === 'http:' ? 'connect' : 'secureConnect', () => {
            connected = true;
          });
      });
      request.once('response', resolve);
      request.once('error', reject);
      request.end(question.body);
    });
    return {
      status: response.statusCode ?? 0,
      header: headerOf(response),
      body: await readBody(response, question),
    };
  } catch (error) {
    if (question.signal?.aborted) throw question.signal.reason;
    const late = question.deadline?.aborted
      ? `${url.host} did not answer before the run had to end`
      : undefined;
    const reason = late ?? reasonOf(error, timeout.aborted ? timeoutMs : undefined, url);
    throw new NoAnswer(reason, connected, error);
  }
}

function headerOf(response: IncomingMessage): (name: string) => string | undefined {
  return (name) => {
    const value = response.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

async function readBody(response: IncomingMessage, question: HttpQuestion): Promise<Buffer> {
  const most = question.mostBytes ?? 4 * 1024 * 1024;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > most) throw new Error(`the answer is larger than ${most} bytes`);
      chunks.push(chunk);
    }
    if (!response.complete) throw new Error('the answer broke off');
  } catch (error) {
    if (question.statusSuffices !== true || question.signal?.aborted === true) throw error;
  }
  return Buffer.concat(chunks);
}

function reasonOf(error: unknown, timedOutAfterMs: number | undefined, url: URL): string {
  if (timedOutAfterMs !== undefined) return `${url.host} did not answer within ${timedOutAfterMs / 1000} s`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return `${hostIn(error, url)} ${networkWords(code) ?? `gave no usable answer (${code ?? (error instanceof Error ? error.message : 'unknown')})`}`;
}

/** Whom an error is about: the host that was asked, or a proxy on the way to it. */
function hostIn(error: unknown, url: URL): string {
  const { hostname, address, port } = Object(error) as Readonly<Record<string, unknown>>;
  const asked = Number(url.port || (url.protocol === 'http:' ? 80 : 443));
  if (typeof hostname === 'string' && hostname !== url.hostname) return `the proxy ${hostname}`;
  if (typeof port === 'number' && port !== asked) return `the proxy ${String(address)}:${port}`;
  return url.host;
}

/** Whether the host is this machine: the only place where plain http is accepted. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(hostname);
}
