import type { ServiceError } from './service-error.ts';

/** The services that speak AWS JSON. */
export type JsonServiceName = 'ecr' | 'ecs' | 'logs' | 'ssm' | 'secretsmanager';

/** AWS JSON 1.1: `X-Amz-Target: <prefix>.<operation>`, timestamps in epoch seconds, blobs in base64. */
export const jsonTargets: Readonly<Record<string, JsonServiceName>> = {
  AmazonEC2ContainerRegistry_V20150921: 'ecr',
  AmazonEC2ContainerServiceV20141113: 'ecs',
  Logs_20140328: 'logs',
  AmazonSSM: 'ssm',
  secretsmanager: 'secretsmanager',
};

/** The content type of requests and answers. */
export const jsonContentType = 'application/x-amz-json-1.1';

/** Members of inputs that are timestamps or blobs on the wire and have other types in the SDK. */
const specialMembers: Readonly<
  Record<string, { readonly timestamps?: readonly string[]; readonly blobs?: readonly string[] }>
> = {
  'ecs.ListServiceDeployments': { timestamps: ['before', 'after'] },
  'ecr.UploadLayerPart': { blobs: ['layerPartBlob'] },
};

/** Reads the service and operation out of an X-Amz-Target header. */
export function parseTarget(
  target: string,
): { readonly service: JsonServiceName; readonly operation: string } | undefined {
  const [prefix = '', operation] = target.split('.');
  const service = Object.hasOwn(jsonTargets, prefix) ? jsonTargets[prefix] : undefined;
  return service === undefined || operation === undefined ? undefined : { service, operation };
}

/** The input of a call in the SDK's types; undefined where the body is not a JSON object. */
export function decodeInput(service: string, operation: string, body: Buffer): object | undefined {
  const special = specialMembers[`${service}.${operation}`];
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8') || '{}', (member, value: unknown) => {
      if (typeof value === 'number' && special?.timestamps?.includes(member)) return new Date(value * 1000);
      if (typeof value === 'string' && special?.blobs?.includes(member)) return Buffer.from(value, 'base64');
      return value;
    });
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The body for an answer in the SDK's types. */
export function encodeOutput(output: object): string {
  return JSON.stringify(toWire(output));
}

/** The body for a refusal. */
export function encodeError(error: ServiceError): string {
  return JSON.stringify({ __type: error.code, message: error.message });
}

function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toWire(member)]));
}
