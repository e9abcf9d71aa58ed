import { createHash, createHmac } from 'node:crypto';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Agents, ask, type HttpAnswer } from '../runner/http.ts';
import { readRefusal } from './refusal.ts';
import type { EndpointKey } from './shared-config.ts';

/** Services that are asked too little to load an SDK client for: what signs, what addresses, and what names a call. */
const SERVICES = {
  logs: { target: 'Logs_20140328', endpointKey: 'CLOUDWATCH_LOGS' },
  ssm: { target: 'AmazonSSM', endpointKey: 'SSM' },
  secretsmanager: { target: 'secretsmanager', endpointKey: 'SECRETS_MANAGER' },
} as const satisfies Readonly<Record<string, { readonly target: string; readonly endpointKey: EndpointKey }>>;

export type JsonService = keyof typeof SERVICES;

/** What a call is made with. */
export interface JsonCallSettings {
  readonly agents: Agents;
  readonly credentials: () => Promise<AwsCredentialIdentity>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What `~/.aws/config` names, where no variable goes before it. */
  readonly sharedEndpoints?: ReadonlyMap<EndpointKey, string>;
}

/** AWS refused a call; named and shaped as the SDK's errors are, for `readRefusal`. */
export class JsonCallRefused extends Error {
  readonly $metadata: { readonly httpStatusCode: number };
  constructor(name: string, message: string, status: number) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode: status };
  }
}

const ANSWER_MS = 5_000;

/**
 * One signed call by AWS's JSON protocol, named as IAM names its action (`ssm:DescribeParameters`), and sent once, or by AWS's
 * time again where this machine's clock is wrong.
 * For questions whose answer the run can do without. Throws JsonCallRefused, and NoAnswer. Sources: smithy.io, "AWS JSON 1.1 protocol"; IAM user guide, "Signature Version 4".
 */
export async function jsonCall(
  settings: JsonCallSettings,
  region: string,
  action: `${JsonService}:${string}`,
  input: object,
): Promise<unknown> {
  const [service, operation] = action.split(':') as [JsonService, string];
  const send = await signedPost(settings, {
    service,
    region,
    url: endpointOf(service, region, settings),
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${SERVICES[service].target}.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const first = await send(new Date());
  const theirs = timeIfSkewed(first);
  const answer = theirs ? await send(theirs) : first;
  if (answer.status === 200) return parse(answer.body);
  throw refusal(parse(answer.body), answer.status);
}

/** A call to be signed, for a service that signs as `service` in `region`. */
export interface UnsignedCall {
  readonly service: string;
  readonly region: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What signs the call as of a time and sends it, once and for five seconds at most. Sending throws NoAnswer. */
export async function signedPost(
  settings: JsonCallSettings,
  { service, region, url, body, headers: given }: UnsignedCall,
): Promise<(at: Date) => Promise<HttpAnswer>> {
  const credentials = await settings.credentials();
  const signer = new SignatureV4({ service, region, credentials, sha256: NodeSha256 });
  const headers = { host: url.host, ...given };
  return async (at) => {
    const { protocol, hostname, pathname: path } = url;
    const request = { method: 'POST', protocol, hostname, path, query: {}, headers, body };
    const signed = await signer.sign(request, { signingDate: at });
    const timeoutMs = ANSWER_MS;
    return await ask(settings.agents, { method: 'POST', url, headers: signed.headers, body, timeoutMs });
  };
}

/** AWS's time, where it refused a signature for its date: the SDK goes by it too. */
function timeIfSkewed(answer: HttpAnswer): Date | undefined {
  if (answer.status === 200) return undefined;
  if (readRefusal(refusal(parse(answer.body), answer.status)).kind !== 'clock-skew') return undefined;
  const time = new Date(answer.header('date') ?? '');
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/**
 * Where a service is: the SDK's own variables go before AWS's addresses (AWS SDKs reference guide,
 * "Service-specific endpoints"; domains by partition: botocore's `partitions.json`).
 */
function endpointOf(service: JsonService, region: string, settings: JsonCallSettings): URL {
  const own = configuredEndpoint(SERVICES[service].endpointKey, settings);
  if (own) return own;
  const fips = settings.environment['AWS_USE_FIPS_ENDPOINT'] === 'true' ? '-fips' : '';
  return new URL(`https://${service}${fips}.${region}.${domainOf(region)}/`);
}

/** The address that a variable or `~/.aws/config` names for a service; undefined where AWS's own is to be used. */
export function configuredEndpoint(
  key: EndpointKey,
  { environment, sharedEndpoints }: JsonCallSettings,
): URL | undefined {
  const ignored = environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true';
  const variable = environment[`AWS_ENDPOINT_URL_${key}`] || environment['AWS_ENDPOINT_URL'];
  const own = (ignored ? undefined : variable) || sharedEndpoints?.get(key);
  return own ? new URL(own) : undefined;
}

const DOMAINS: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, 'amazonaws.com.cn'],
  [/^us-iso-/, 'c2s.ic.gov'],
  [/^us-isob-/, 'sc2s.sgov.gov'],
  [/^eusc-/, 'amazonaws.eu'],
];

function domainOf(region: string): string {
  return DOMAINS.find(([pattern]) => pattern.test(region))?.[1] ?? 'amazonaws.com';
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refusal(json: unknown, status: number): JsonCallRefused {
  const { __type: type, message, Message } = Object(json) as Readonly<Record<string, unknown>>;
  const words = typeof message === 'string' ? message : Message;
  const name = typeof type === 'string' ? type.slice(type.lastIndexOf('#') + 1) : 'UnknownError';
  return new JsonCallRefused(name, typeof words === 'string' ? words : '', status);
}

/** SHA-256 and its HMAC as the signer wants them. */
class NodeSha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('a digest is made once');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
