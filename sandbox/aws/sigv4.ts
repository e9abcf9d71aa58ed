import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { CredentialStore, KnownKey } from './credentials.ts';
import { ServiceError } from './service-error.ts';

/** A request as it came in. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The codes that a protocol has for a signature that isn't good. STS has its own. */
interface RefusalCodes {
  readonly status: number;
  readonly unknownKey: string;
  readonly badSignature: string;
  readonly expired: string;
  readonly missing: string;
}

const jsonCodes: RefusalCodes = {
  status: 400,
  unknownKey: 'UnrecognizedClientException',
  badSignature: 'InvalidSignatureException',
  expired: 'ExpiredTokenException',
  missing: 'MissingAuthenticationTokenException',
};
const stsCodes: RefusalCodes = {
  status: 403,
  unknownKey: 'InvalidClientTokenId',
  badSignature: 'SignatureDoesNotMatch',
  expired: 'ExpiredToken',
  missing: 'MissingAuthenticationToken',
};

const allowedSkewMs = 5 * 60 * 1000;

/**
 * Recomputes a request's Signature Version 4 with the secret that the sandbox knows for its key, and gives that
 * key. Throws AWS's refusals: no signature, unknown key, wrong session token, expired credentials, a signature
 * that differs, or one from another time. `now` is the virtual time for the credentials' expiry; the
 * signature's own date is compared with the machine's clock, by which clients sign.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function verifySignature(
  request: SignedRequest,
  service: string,
  credentials: CredentialStore,
  now: number,
): Promise<KnownKey> {
  const codes = service === 'sts' || service === 'iam' ? stsCodes : jsonCodes;
  const given = parseAuthorization(request.headers.authorization);
  if (given === undefined)
    throw new ServiceError(codes.missing, 'Missing Authentication Token', codes.status);
  const key = credentials.find(given.accessKeyId);
  if (key === undefined || (request.headers['x-amz-security-token'] ?? undefined) !== key.sessionToken) {
    throw new ServiceError(
      codes.unknownKey,
      'The security token included in the request is invalid.',
      codes.status,
    );
  }
  if (key.expiresAt !== undefined && key.expiresAt <= now) {
    throw new ServiceError(
      codes.expired,
      'The security token included in the request is expired',
      codes.status,
    );
  }
  if (given.service !== service) {
    const message = `Credential should be scoped to correct service: '${service}'.`;
    throw new ServiceError(codes.badSignature, message, codes.status);
  }
  const signedAt = parseAmzDate(request.headers['x-amz-date']);
  checkAge(signedAt, codes);
  const expected = await signatureOf(request, given, key, signedAt);
  if (!sameText(expected, given.signature)) {
    throw new ServiceError(
      codes.badSignature,
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      codes.status,
    );
  }
  return key;
}

interface Authorization {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function parseAuthorization(header: string | undefined): Authorization | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;
  const [, accessKeyId, region, service, signedHeaders, signature] = pattern.exec(header ?? '') ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  if (signedHeaders === undefined || signature === undefined) return undefined;
  return { accessKeyId, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

async function signatureOf(
  request: SignedRequest,
  given: Authorization,
  key: KnownKey,
  signedAt: Date,
): Promise<string> {
  const url = new URL(request.url, 'http://sandbox');
  const signer = new SignatureV4({
    service: given.service,
    region: given.region,
    credentials: {
      accessKeyId: key.accessKeyId,
      secretAccessKey: key.secretAccessKey,
      ...(key.sessionToken === undefined ? {} : { sessionToken: key.sessionToken }),
    },
    sha256: NodeSha256,
    applyChecksum: false,
  });
  const headers = Object.fromEntries(
    given.signedHeaders.map((name) => [name, String(request.headers[name] ?? '')]),
  );
  const hash = createHash('sha256').update(request.body).digest('hex');
  if ('x-amz-content-sha256' in headers) headers['x-amz-content-sha256'] = hash;
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers,
      body: request.body,
    },
    { signingDate: signedAt, signableHeaders: new Set(given.signedHeaders) },
  );
  const { authorization = '' } = signed.headers;
  return /Signature=([0-9a-f]{64})$/.exec(authorization)?.[1] ?? '';
}

function parseAmzDate(header: string | string[] | undefined): Date {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(header ?? '')) ?? [];
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function checkAge(signedAt: Date, codes: RefusalCodes): void {
  const age = Date.now() - signedAt.getTime();
  if (Math.abs(age) <= allowedSkewMs) return;
  const problem = age > 0 ? 'Signature expired' : 'Signature not yet current';
  const stamp = Number.isNaN(age) ? 'no date' : signedAt.toISOString();
  throw new ServiceError(
    codes.badSignature,
    `${problem}: ${stamp} is not within 5 minutes of the server's time`,
    codes.status,
  );
}

/** SHA-256 and HMAC-SHA-256 in the form that the signer asks for. */
class NodeSha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('one hash, one use');
  }
}

function bytesOf(source: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof source === 'string') return Buffer.from(source);
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
