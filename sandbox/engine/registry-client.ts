import { DockerExit } from './docker-exit.ts';

const answerMaxCharacters = 4096;

/** `http://` for loopback hosts, `https://` for all others, as docker has it. */
export function registryOrigin(host: string): string {
  const isLoopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host);
  return `${isLoopback ? 'http' : 'https'}://${host}`;
}

/** What docker says where a registry does not answer. */
export function unreachable(url: string, error: unknown): DockerExit {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const host = new URL(url).host;
  if (code === 'ECONNREFUSED')
    return new DockerExit(`Get "${url}": dial tcp ${host}: connect: connection refused`);
  if (code === 'ENOTFOUND') return new DockerExit(`Get "${url}": dial tcp: lookup ${host}: no such host`);
  return new DockerExit(`Get "${url}": ${cause instanceof Error ? cause.message : String(cause)}`);
}

/** Asks a registry with stored credentials, and words refusals as docker does. */
export class RegistryClient {
  readonly #origin: string;
  readonly #authorization: string | undefined;

  constructor(host: string, authorization: string | undefined) {
    this.#origin = registryOrigin(host);
    this.#authorization = authorization;
  }

  /**
   * Sends a request and gives the answer if its status is among those expected.
   * @throws DockerExit otherwise.
   */
  async ask(
    method: string,
    pathOrUrl: string,
    expected: readonly number[],
    init: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Buffer } = {},
  ): Promise<Response> {
    const url = new URL(pathOrUrl, this.#origin).href;
    const authorization = this.#authorization === undefined ? {} : { authorization: this.#authorization };
    const response = await fetch(url, {
      method,
      headers: { ...authorization, ...init.headers },
      ...(init.body === undefined ? {} : { body: new Uint8Array(init.body) }),
    }).catch((error: unknown) => {
      throw unreachable(url, error);
    });
    if (expected.includes(response.status)) return response;
    const body = (await response.text()).slice(0, answerMaxCharacters);
    throw new DockerExit(refusal(response, body, this.#authorization !== undefined));
  }
}

function refusal(response: Response, body: string, hasCredentials: boolean): string {
  if (response.status === 401 && !hasCredentials) return 'no basic auth credentials';
  const [error] = errorsIn(body);
  if (error !== undefined) {
    const code = error.code.toLowerCase().replaceAll('_', ' ');
    return error.code === 'UNKNOWN' ? `unknown: ${error.message}` : `${code}: ${error.message}`;
  }
  if (response.status === 401) return 'unauthorized: authentication required';
  return `received unexpected HTTP status: ${response.status} ${response.statusText}`;
}

function errorsIn(body: string): readonly { readonly code: string; readonly message: string }[] {
  try {
    const parsed: unknown = JSON.parse(body);
    const errors = typeof parsed === 'object' && parsed !== null && 'errors' in parsed ? parsed.errors : [];
    return Array.isArray(errors)
      ? errors.map(({ code, message }) => ({ code: String(code), message: String(message) }))
      : [];
  } catch {
    return [];
  }
}
