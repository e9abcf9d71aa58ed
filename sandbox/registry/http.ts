import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, answerError, readBody } from './answers.ts';
import { type ImageStore, StoreRefusal } from './image-store.ts';
import { manifestMaxBytes } from './manifest.ts';
import { refusalAnswer } from './refusals.ts';
import type { RegistryTokens } from './tokens.ts';
import { BlobUploads, origin } from './uploads.ts';

/** What a fault rule sees of a request. */
export interface RegistryRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** A failure put in the way: an HTTP error, a connection cut before any answer, or silence. */
export type RegistryFault =
  | {
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  | 'reset'
  | 'hang';

export interface RegistryOptions {
  readonly store: ImageStore;
  readonly tokens: RegistryTokens;
  /** Asked for each request, before authorization; a fault replaces the answer. */
  readonly onRequest?: (request: RegistryRequest) => RegistryFault | undefined;
}

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly store: ImageStore;
  readonly uploads: BlobUploads;
  readonly repository: string;
  readonly query: URLSearchParams;
}

const routes: readonly {
  readonly pattern: RegExp;
  readonly run: (exchange: Exchange, last: string) => Promise<void>;
}[] = [
  {
    pattern: /^\/v2\/(.+)\/blobs\/uploads\/?()$/,
    run: async ({ req, res, uploads, repository, query }) =>
      req.method === 'POST' ? uploads.start(req, res, repository, query) : refuseMethod(req, res),
  },
  {
    pattern: /^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/,
    run: ({ req, res, uploads, repository, query }, id) =>
      uploads.proceed(req, res, { repository, id, query }),
  },
  { pattern: /^\/v2\/(.+)\/blobs\/([^/]+)$/, run: blob },
  { pattern: /^\/v2\/(.+)\/manifests\/([^/]+)$/, run: manifest },
  { pattern: /^\/v2\/(.+)\/tags\/(list)$/, run: tagList },
];

/**
 * A container registry with ECR's rules and wording over plain http: the distribution API as far as
 * docker, buildx, podman and HTTP clients of their own use it to push and pull.
 *
 * Source: OCI distribution-spec 1.1; https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
export function createRegistryHandler(
  options: RegistryOptions,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const uploads = new BlobUploads(options.store);
  return async (req, res) => {
    try {
      await dispatch(req, res, options, uploads);
    } catch (error) {
      // A client that hangs up in the middle of a body is no failure of the registry.
      if (!req.destroyed || req.complete) throw error;
    }
  };
}

async function dispatch(
  req: IncomingMessage,
  res: ServerResponse,
  { store, tokens, onRequest }: RegistryOptions,
  uploads: BlobUploads,
): Promise<void> {
  const url = new URL(req.url ?? '/', origin(req));
  const query = url.searchParams;
  const fault = onRequest?.({ method: req.method ?? 'GET', path: url.pathname, query, headers: req.headers });
  if (fault !== undefined) return answerFault(req, res, fault);
  if (!authorized(req, res, tokens)) return;
  if (url.pathname === '/v2' || url.pathname === '/v2/') return answer(res, 200, {});
  for (const route of routes) {
    const match = route.pattern.exec(url.pathname);
    if (match === null) continue;
    const repository = decoded(match[1] ?? '');
    return route.run({ req, res, store, uploads, repository, query }, decoded(match[2] ?? ''));
  }
  req.resume();
  answerError(res, { status: 404, code: 'UNSUPPORTED', message: 'The operation is unsupported' });
}

/** Percent-decoded where that is possible; a client has to be able to ask for anything. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function answerFault(req: IncomingMessage, res: ServerResponse, fault: RegistryFault): Promise<void> {
  if (fault === 'reset') {
    req.socket.destroy();
    return;
  }
  req.resume();
  if (fault === 'hang') return;
  const headers =
    fault.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(fault.retryAfterSeconds) };
  answerError(res, {
    status: fault.status,
    code: fault.code ?? (fault.status === 401 ? 'UNAUTHORIZED' : fault.status === 403 ? 'DENIED' : 'UNKNOWN'),
    message: fault.message ?? `fault of the sandbox: ${fault.status}`,
    headers,
  });
}

function authorized(req: IncomingMessage, res: ServerResponse, tokens: RegistryTokens): boolean {
  const verdict = tokens.verdict(req.headers.authorization);
  if (verdict === 'accepted') return true;
  req.resume();
  if (verdict === 'expired') {
    const message = 'Your authorization token has expired. Reauthenticate and try again.';
    answerError(res, { status: 403, code: 'DENIED', message });
    return false;
  }
  const challenge = `Basic realm="${origin(req)}/",service="ecr.amazonaws.com"`;
  answer(
    res,
    401,
    { 'Www-Authenticate': challenge, 'Content-Type': 'text/plain; charset=utf-8' },
    'Not Authorized\n',
  );
  return false;
}

async function blob({ req, res, store, repository }: Exchange, digest: string): Promise<void> {
  req.resume();
  if (req.method !== 'GET' && req.method !== 'HEAD') return refuseMethod(req, res);
  if (store.repository(repository) === undefined) return repositoryUnknown(res, store, repository);
  const body = store.blob(repository, digest);
  if (body === undefined) {
    return answerError(res, { status: 404, code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' });
  }
  answer(res, 200, { 'Content-Type': 'application/octet-stream', 'Docker-Content-Digest': digest }, body);
}

async function manifest(exchange: Exchange, reference: string): Promise<void> {
  const { req, res, store, repository } = exchange;
  if (req.method === 'PUT') return putManifest(exchange, reference);
  req.resume();
  if (req.method !== 'GET' && req.method !== 'HEAD') return refuseMethod(req, res);
  if (store.repository(repository) === undefined) return repositoryUnknown(res, store, repository);
  const found = store.resolve(repository, reference);
  if (found === undefined) {
    return answerError(res, { status: 404, code: 'MANIFEST_UNKNOWN', message: 'Requested image not found' });
  }
  if (!accepts(req, found.mediaType)) {
    const message = `the manifest is ${found.mediaType}, which the Accept header does not name`;
    return answerError(res, { status: 404, code: 'MANIFEST_UNKNOWN', message });
  }
  answer(res, 200, { 'Content-Type': found.mediaType, 'Docker-Content-Digest': found.digest }, found.body);
}

async function putManifest({ req, res, store, repository }: Exchange, reference: string): Promise<void> {
  const body = await readBody(req, manifestMaxBytes);
  if (body === undefined) {
    return answerError(res, { status: 413, code: 'MANIFEST_INVALID', message: 'the manifest is too large' });
  }
  if (!/^(?:sha256:[0-9a-f]{64}|\w[\w.-]{0,127})$/.test(reference)) {
    return answerError(res, { status: 400, code: 'TAG_INVALID', message: 'manifest tag did not match URI' });
  }
  const mediaType = (req.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  try {
    const stored = store.putManifest(repository, reference, mediaType, body);
    answer(res, 201, {
      Location: `${origin(req)}/v2/${repository}/manifests/${stored.digest}`,
      'Docker-Content-Digest': stored.digest,
    });
  } catch (error) {
    if (!(error instanceof StoreRefusal)) throw error;
    answerError(res, refusalAnswer(error));
  }
}

async function tagList({ req, res, store, repository, query }: Exchange): Promise<void> {
  req.resume();
  if (req.method !== 'GET') return refuseMethod(req, res);
  if (store.repository(repository) === undefined) return repositoryUnknown(res, store, repository);
  const last = query.get('last');
  const after = store.tags(repository).filter((tag) => last === null || tag > last);
  const limit = Math.min(Math.max(Number(query.get('n') ?? 1000) || 0, 0), 1000);
  const tags = after.slice(0, limit);
  const end = tags.at(-1);
  const more = after.length > tags.length && end !== undefined;
  const next = `<${origin(req)}/v2/${repository}/tags/list?last=${encodeURIComponent(end ?? '')}&n=${limit}>; rel="next"`;
  const headers = { 'Content-Type': 'application/json', ...(more ? { Link: next } : {}) };
  answer(res, 200, headers, JSON.stringify({ name: repository, tags }));
}

/** Whether the Accept header takes this media type; without a header, or with a wildcard, all are taken. */
function accepts(req: IncomingMessage, mediaType: string): boolean {
  const accepted = (req.headers.accept ?? '*/*').split(',').map((range) => range.split(';')[0]?.trim());
  return accepted.some((range) => range === mediaType || range === '*/*' || range === 'application/*');
}

function repositoryUnknown(res: ServerResponse, store: ImageStore, repository: string): void {
  answerError(res, { status: 404, code: 'NAME_UNKNOWN', message: store.unknownRepository(repository) });
}

function refuseMethod(req: IncomingMessage, res: ServerResponse): void {
  req.resume();
  answerError(res, { status: 405, code: 'UNSUPPORTED', message: 'The operation is unsupported' });
}
