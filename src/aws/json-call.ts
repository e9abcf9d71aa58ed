import { createHash, createHmac } from 'node:crypto';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Agents, ask } from '../runner/http.ts';

/** Services that are asked too little to load an SDK client for: what signs, what addresses, and what names a call. */
const SERVICES = {
  logs: { target: 'Logs_20140328', endpointVariable: 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS' },
  ssm: { target: 'AmazonSSM', endpointVariable: 'AWS_ENDPOINT_URL_SSM' },
  secretsmanager: { target: 'secretsmanager', endpointVariable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER' },
} as const;

export type JsonService = keyof typeof SERVICES;

/** What a call is made with. */
export interface JsonCallSettings {
  readonly agents: Agents;
  readonly credentials: () => Promise<AwsCredentialIdentity>;
  readonly environment: Readonly<Record<string, string | undefined>>;
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
 * One signed call by AWS's JSON protocol, named as IAM names its action (`ssm:DescribeParameters`), and sent once.
 * For questions whose answer the run can do without. Throws JsonCallRefused, and NoAnswer. Sources: smithy.io, "AWS JSON 1.1 protocol"; IAM user guide, "Signature Version 4".
 */
export async function jsonCall(
  settings: JsonCallSettings,
  region: string,
  action: `${JsonService}:${string}`,
  input: object,
): Promise<unknown> {
  const [service, operation] = action.split(':') as [JsonService, string];
  const url = endpointOf(service, region, settings.environment);
  const body = JSON.stringify(input);
  const credentials = await settings.credentials();
  const signer = new SignatureV4({ service, region, credentials, sha256: NodeSha256 });
  const signed = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: {},
    headers: {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${SERVICES[service].target}.${operation}`,
    },
    body,
  });
  const { headers } = signed;
  const answer = await ask(settings.agents, { method: 'POST', url, headers, body, timeoutMs: ANSWER_MS });
  const json = parse(answer.body);
  if (answer.status === 200) return json;
  throw refusal(json, answer.status);
}

/**
 * Where a service is: the SDK's own variables go before AWS's addresses (AWS SDKs reference guide,
 * "Service-specific endpoints"; domains by partition: botocore's `partitions.json`).
 */
function endpointOf(service: JsonService, region: string, environment: JsonCallSettings['environment']): URL {
  const own = environment[SERVICES[service].endpointVariable] || environment['AWS_ENDPOINT_URL'];
  if (own) return new URL(own);
  const fips = environment['AWS_USE_FIPS_ENDPOINT'] === 'true' ? '-fips' : '';
  return new URL(`https://${service}${fips}.${region}.${domainOf(region)}/`);
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
