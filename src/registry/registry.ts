import pRetry, { AbortError } from 'p-retry';
import {
  type Agents,
  ask,
  type HttpAnswer,
  type HttpQuestion,
  isLoopback,
  NoAnswer,
} from '../runner/http.ts';
import { oneLine } from '../runner/text.ts';
import {
  configDigestOf,
  digestOf,
  type ImageConfig,
  INDEX_TYPES,
  imagesOf,
  isIndex,
  MANIFEST_TYPES,
  type Manifest,
  readImageConfig,
} from './manifest.ts';

/** The registry refused, or gave no usable answer. */
export class RegistryProblem extends Error {
  /** HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;
  /** The registry's own code, such as `TAG_INVALID` (OCI distribution spec, "Error Codes"). */
  readonly code: string | undefined;
  constructor(message: string, status?: number, code?: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'RegistryProblem';
    this.status = status;
    this.code = code;
  }
}

/** Where the registry is and how to log in there. */
export interface RegistryAccess {
  /** Scheme and host, such as `https://123456789012.dkr.ecr.us-east-1.amazonaws.com`. */
  readonly endpoint: URL;
  readonly username: string;
  readonly password: string;
}

const ANSWER_MS = 20_000;
const RETRIES = { retries: 4, minTimeout: 250, maxTimeout: 4_000, randomize: true } as const;

/**
 * One repository of a registry, over the OCI distribution API. Reads, and the PUT of a manifest (the same bytes
 * under the same tag), do no harm when sent again, so all are retried. Methods throw RegistryProblem.
 */
export class RegistryRepository {
  readonly #access: RegistryAccess;
  readonly #name: string;
  readonly #agents: Agents;
  readonly #signal: AbortSignal;

  constructor(access: RegistryAccess, name: string, agents: Agents, signal: AbortSignal) {
    this.#access = access;
    this.#name = name;
    this.#agents = agents;
    this.#signal = signal;
  }

  /** The manifest or index under a tag or digest; undefined where there is none. Its digest is checked. */
  async manifest(reference: string): Promise<Manifest | undefined> {
    const answer = await this.#ask('GET', `manifests/${reference}`, {
      headers: { accept: [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ') },
    });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refusal(answer, `reading ${reference}`);
    const digest = digestOf(answer.body);
    const said = answer.header('docker-content-digest') ?? digest;
    const asked = reference.startsWith('sha256:') ? reference : digest;
    if (digest !== said || digest !== asked) {
      throw new RegistryProblem(
        `the registry sent bytes for ${reference} that don't have the digest it names`,
      );
    }
    return { digest, mediaType: mediaTypeOf(answer), body: answer.body };
  }

  /** Points a tag at a manifest that is in the repository: no layer is uploaded. */
  async tag(tag: string, manifest: Manifest): Promise<void> {
    const answer = await this.#ask('PUT', `manifests/${tag}`, {
      headers: { 'content-type': manifest.mediaType },
      body: manifest.body,
    });
    if (answer.status !== 201 && answer.status !== 200) throw refusal(answer, `moving ${tag}`);
  }

  /** Configuration of an image; of an index, that of its first image. Undefined where there is none. */
  async imageConfig(manifest: Manifest): Promise<ImageConfig | undefined> {
    const first = isIndex(manifest) ? imagesOf(manifest)[0] : undefined;
    const image = first ? await this.manifest(first.digest) : manifest;
    const digest = image && configDigestOf(image);
    if (digest === undefined) return undefined;
    const answer = await this.#blob(digest);
    if (answer.status !== 200) throw refusal(answer, 'reading the image configuration');
    if (digestOf(answer.body) !== digest) {
      throw new RegistryProblem(
        "the registry sent an image configuration that doesn't have the digest it names",
      );
    }
    return readImageConfig(answer.body);
  }

  /** ECR answers with a redirect to a signed URL elsewhere, which must not be sent our credentials. */
  async #blob(digest: string): Promise<HttpAnswer> {
    const answer = await this.#ask('GET', `blobs/${digest}`, {});
    const location = answer.header('location');
    if (answer.status < 300 || answer.status >= 400 || location === undefined) return answer;
    const url = URL.parse(location, this.#access.endpoint.href);
    if (url === null) throw new RegistryProblem('the registry redirects to something that is no address');
    if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
      throw new RegistryProblem(`the registry redirects to ${url.host} without https`);
    }
    return await this.#retried({ method: 'GET', url, timeoutMs: ANSWER_MS });
  }

  async #ask(
    method: HttpQuestion['method'],
    path: string,
    options: Pick<HttpQuestion, 'headers' | 'body'>,
  ): Promise<HttpAnswer> {
    const { username, password, endpoint } = this.#access;
    if (endpoint.protocol !== 'https:' && !isLoopback(endpoint.hostname)) {
      throw new RegistryProblem(`the password is not sent to ${endpoint.host} without https`);
    }
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    return await this.#retried({
      method,
      url: new URL(`/v2/${this.#name}/${path}`, endpoint),
      timeoutMs: ANSWER_MS,
      ...options,
      headers: { authorization: `Basic ${basic}`, ...options.headers },
    });
  }

  async #retried(question: HttpQuestion): Promise<HttpAnswer> {
    const attempt = async () => {
      const answer = await ask(this.#agents, { ...question, signal: this.#signal });
      if (answer.status === 429 || answer.status >= 500) throw refusal(answer, 'the request');
      return answer;
    };
    try {
      return await pRetry(attempt, {
        ...RETRIES,
        signal: this.#signal,
        shouldRetry: ({ error }) => error instanceof NoAnswer || error instanceof RegistryProblem,
      });
    } catch (error) {
      if (error instanceof AbortError || this.#signal.aborted) throw this.#signal.reason;
      if (error instanceof NoAnswer) throw new RegistryProblem(error.message, undefined, undefined, error);
      throw error;
    }
  }
}

function mediaTypeOf(answer: HttpAnswer): string {
  const type = (answer.header('content-type') ?? '').split(';')[0]?.trim() ?? '';
  const known: readonly string[] = [...INDEX_TYPES, ...MANIFEST_TYPES];
  if (known.includes(type)) return type;
  const inBody = typeInBody(answer.body);
  if (inBody) return inBody;
  throw new RegistryProblem(
    `the registry sent a manifest of the type \`${oneLine(type, 100)}\`, which is not an image`,
  );
}

/** What a manifest says of itself, for registries that serve it as plain JSON. */
function typeInBody(body: Buffer): string | undefined {
  const known: readonly string[] = [...INDEX_TYPES, ...MANIFEST_TYPES];
  try {
    const { mediaType } = JSON.parse(body.toString('utf8')) as { mediaType?: unknown };
    return known.find((type) => type === mediaType);
  } catch {
    return undefined;
  }
}

function refusal(answer: HttpAnswer, doing: string): RegistryProblem {
  const { code, message } = firstError(answer.body);
  const words = message ? `: ${oneLine(message, 300).replace(/\.+$/, '')}` : '';
  return new RegistryProblem(`${doing} was answered with HTTP ${answer.status}${words}`, answer.status, code);
}

function firstError(body: Buffer): { code?: string; message?: string } {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    const errors = (json as { errors?: unknown } | null)?.errors;
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    if (typeof first !== 'object' || first === null) return {};
    const { code, message } = first as { code?: unknown; message?: unknown };
    return {
      ...(typeof code === 'string' ? { code: oneLine(code, 60) } : {}),
      ...(typeof message === 'string' ? { message } : {}),
    };
  } catch {
    return {};
  }
}
