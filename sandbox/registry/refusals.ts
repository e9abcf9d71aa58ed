import type { RegistryError } from './answers.ts';
import type { StoreRefusal, StoreRefusalCode } from './image-store.ts';

const statusOf: Readonly<Record<StoreRefusalCode, number>> = {
  NAME_UNKNOWN: 404,
  TAG_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  DIGEST_INVALID: 400,
};

/** The store's refusal as the registry answers it over HTTP. */
export function refusalAnswer(refusal: StoreRefusal): RegistryError {
  return { status: statusOf[refusal.code], code: refusal.code, message: refusal.message };
}
