import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, answerError, type RegistryError } from './answers.ts';
import { type ImageStore, StoreRefusal } from './image-store.ts';
import { refusalAnswer } from './refusals.ts';

interface UploadSession {
  readonly repository: string;
  readonly chunks: Buffer[];
  size: number;
}

const blobMaxBytes = 1024 * 1024 * 1024;
const uploadUnknown: RegistryError = {
  status: 404,
  code: 'BLOB_UPLOAD_UNKNOWN',
  message: 'The upload id does not exist or its upload is complete',
};

/**
 * Blob uploads in progress: begun by POST, filled by PATCH or in one go, closed by PUT with a digest.
 *
 * Source: OCI distribution-spec 1.1, "Pushing blobs".
 */
export class BlobUploads {
  readonly #store: ImageStore;
  readonly #sessions = new Map<string, UploadSession>();

  constructor(store: ImageStore) {
    this.#store = store;
  }

  /** POST `/v2/<name>/blobs/uploads/`. A mount is answered as ECR does by default: with an upload. */
  async start(
    req: IncomingMessage,
    res: ServerResponse,
    repository: string,
    query: URLSearchParams,
  ): Promise<void> {
    if (this.#store.repository(repository) === undefined) {
      req.resume();
      const message = this.#store.unknownRepository(repository);
      return answerError(res, { status: 404, code: 'NAME_UNKNOWN', message });
    }
    this.#store.countUploadStarted();
    const id = randomUUID();
    this.#sessions.set(id, { repository, chunks: [], size: 0 });
    const digest = query.get('digest');
    if (digest !== null) return this.#finish(req, res, id, digest);
    req.resume();
    answer(res, 202, this.#progressHeaders(req, id));
  }

  /** PATCH, PUT, GET or DELETE of `/v2/<name>/blobs/uploads/<id>`. */
  async proceed(
    req: IncomingMessage,
    res: ServerResponse,
    target: { readonly repository: string; readonly id: string; readonly query: URLSearchParams },
  ): Promise<void> {
    const session = this.#sessions.get(target.id);
    if (session === undefined || session.repository !== target.repository) {
      req.resume();
      return answerError(res, uploadUnknown);
    }
    switch (req.method) {
      case 'PATCH':
        return this.#append(req, res, target.id);
      case 'PUT':
        return this.#finish(req, res, target.id, target.query.get('digest') ?? '');
      case 'GET':
        return answer(res, 204, this.#progressHeaders(req, target.id));
      case 'DELETE':
        this.#sessions.delete(target.id);
        return answer(res, 204, {});
      default:
        req.resume();
        answerError(res, { status: 405, code: 'UNSUPPORTED', message: 'The operation is unsupported' });
    }
  }

  async #append(req: IncomingMessage, res: ServerResponse, id: string): Promise<void> {
    const problem = await this.#receive(req, id);
    if (problem !== undefined)
      return answerError(res, { ...problem, headers: this.#progressHeaders(req, id) });
    answer(res, 202, this.#progressHeaders(req, id));
  }

  async #finish(req: IncomingMessage, res: ServerResponse, id: string, digest: string): Promise<void> {
    const problem = await this.#receive(req, id);
    if (problem !== undefined) return answerError(res, problem);
    const session = this.#sessions.get(id);
    if (session === undefined) return answerError(res, uploadUnknown);
    try {
      this.#store.putBlob(session.repository, Buffer.concat(session.chunks), digest);
    } catch (error) {
      if (!(error instanceof StoreRefusal)) throw error;
      this.#sessions.delete(id);
      return answerError(res, refusalAnswer(error));
    }
    this.#sessions.delete(id);
    answer(res, 201, {
      Location: `${origin(req)}/v2/${session.repository}/blobs/${digest}`,
      'Docker-Content-Digest': digest,
    });
  }

  /** Adds the request's body to the upload, unless it starts elsewhere than the upload ends or is too much. */
  async #receive(req: IncomingMessage, id: string): Promise<RegistryError | undefined> {
    const session = this.#sessions.get(id);
    if (session === undefined) return uploadUnknown;
    const start = /^(?:bytes )?(\d+)-\d+/.exec(req.headers['content-range'] ?? '')?.[1];
    if (start !== undefined && Number(start) !== session.size) {
      req.resume();
      const message = `the chunk starts at ${start}, the upload is at ${session.size}`;
      return { status: 416, code: 'BLOB_UPLOAD_INVALID', message };
    }
    for await (const chunk of req) {
      const bytes = Buffer.from(chunk);
      session.size += bytes.length;
      if (session.size > blobMaxBytes) session.chunks.length = 0;
      else session.chunks.push(bytes);
    }
    if (session.size <= blobMaxBytes) return undefined;
    this.#sessions.delete(id);
    return { status: 413, code: 'SIZE_INVALID', message: `a blob may have ${blobMaxBytes} bytes` };
  }

  #progressHeaders(req: IncomingMessage, id: string): Readonly<Record<string, string>> {
    const session = this.#sessions.get(id);
    return {
      Location: `${origin(req)}/v2/${session?.repository ?? ''}/blobs/uploads/${id}`,
      Range: `0-${Math.max(0, (session?.size ?? 0) - 1)}`,
      'Docker-Upload-UUID': id,
    };
  }
}

/** The address that the client used, for absolute Location headers. */
export function origin(req: IncomingMessage): string {
  return `http://${req.headers.host ?? 'localhost'}`;
}
