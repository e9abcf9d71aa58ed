import { digestOf, type ImageStore } from '../../registry/image-store.ts';
import type { Identifiers } from '../identifiers.ts';
import { ServiceError } from '../service-error.ts';

interface Upload {
  readonly repository: string;
  readonly parts: readonly Buffer[];
}

/** Layer uploads through the ECR API, from InitiateLayerUpload to CompleteLayerUpload. */
export class EcrUploads {
  readonly #store: ImageStore;
  readonly #ids: Identifiers;
  readonly #accountId: string;
  readonly #uploads = new Map<string, Upload>();

  constructor(store: ImageStore, ids: Identifiers, accountId: string) {
    this.#store = store;
    this.#ids = ids;
    this.#accountId = accountId;
  }

  /** Begins an upload and gives its id. */
  initiate(repository: string): string {
    const id = this.#ids.uuid();
    this.#uploads.set(id, { repository, parts: [] });
    this.#store.countUploadStarted();
    return id;
  }

  /** Adds a part; gives the last byte received. Throws UploadNotFoundException or InvalidLayerPartException. */
  addPart(repository: string, id: string, firstByte: number, part: Buffer): number {
    const upload = this.#find(repository, id);
    const size = upload.parts.reduce((total, one) => total + one.length, 0);
    if (firstByte !== size) {
      const message = `The layer part's first byte ${firstByte} is not the next one, ${size}, of the upload with id '${id}'`;
      throw new ServiceError('InvalidLayerPartException', message);
    }
    this.#uploads.set(id, { repository, parts: [...upload.parts, part] });
    return size + part.length - 1;
  }

  /** Ends an upload and stores the layer. Throws what ECR refuses. */
  complete(repository: string, id: string, digest: string): void {
    const body = Buffer.concat(this.#find(repository, id).parts);
    if (body.length === 0) throw new ServiceError('EmptyUploadException', `Upload with id '${id}' is empty.`);
    if (digestOf(body) !== digest) {
      const message = `The provided layer digest '${digest}' does not match the uploaded content.`;
      throw new ServiceError('InvalidLayerException', message);
    }
    if (this.#store.hasBlob(repository, digest)) {
      const message = `Layer with digest '${digest}' already exists in the repository with name '${repository}' in the registry with id '${this.#accountId}'`;
      throw new ServiceError('LayerAlreadyExistsException', message);
    }
    this.#store.putBlob(repository, body, digest);
    this.#uploads.delete(id);
  }

  #find(repository: string, id: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload !== undefined && upload.repository === repository) return upload;
    const message = `The upload with id '${id}' could not be found in the repository with name '${repository}' in the registry with id '${this.#accountId}'`;
    throw new ServiceError('UploadNotFoundException', message);
  }
}
