import type { ServiceError } from './service-error.ts';

/** The query protocol, with STS's namespace: a form goes in, XML comes out. */
export const queryContentType = 'text/xml';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** The version of IAM's API, by which a form is known to be for IAM. */
const iamVersion = '2010-05-08';

/** Reads the operation and its scalar parameters out of a form; numbers stay text but for DurationSeconds. */
export function parseForm(body: Buffer): {
  readonly service: 'sts' | 'iam';
  readonly operation: string;
  readonly input: object;
} {
  const {
    Action: operation = '',
    Version: version,
    ...input
  } = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  const { DurationSeconds: seconds, ...rest } = input;
  const service = version === iamVersion ? 'iam' : 'sts';
  return {
    service,
    operation,
    input: seconds === undefined ? rest : { ...rest, DurationSeconds: Number(seconds) },
  };
}

/** The body for an answer in the SDK's types. */
export function encodeXml(operation: string, output: object, requestId: string): string {
  return `<${operation}Response xmlns="${namespace}"><${operation}Result>${members(output)}</${operation}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`;
}

/** The body for a refusal. */
export function encodeXmlError(error: ServiceError, requestId: string): string {
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  return `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function members(value: object): string {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `<${name}>${content(member)}</${name}>`)
    .join('');
}

function content(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => `<member>${content(item)}</member>`).join('');
  if (typeof value === 'object' && value !== null) return members(value);
  return escapeXml(String(value));
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
