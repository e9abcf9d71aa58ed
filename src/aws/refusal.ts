import { networkWords, type Obstacle, obstacleOf } from '../runner/network-words.ts';
import { oneLine } from '../runner/text.ts';

/** How an AWS call went wrong, in terms that a reader can act on. */
export type Refusal =
  | 'access-denied'
  | 'bad-key'
  | 'bad-signature'
  | 'clock-skew'
  | 'expired'
  | 'no-credentials'
  | 'not-found'
  | 'throttled'
  | 'unreachable'
  | 'other';

/** A failed AWS call, taken apart. */
export interface AwsProblem {
  readonly kind: Refusal;
  /** AWS's name for it, such as `ClusterNotFoundException`. */
  readonly name: string;
  /** AWS's words, made safe to print. */
  readonly message: string;
  /** The IAM action that was denied, such as `ecs:UpdateService`, where AWS names it. */
  readonly action: string | undefined;
  /** What stands between, where that takes a remedy of its own. */
  readonly obstacle: Obstacle | undefined;
  /** Whether the request may have been carried out all the same. */
  readonly maybeDone: boolean;
}

const KINDS: readonly (readonly [RegExp, Refusal])[] = [
  [/^(AccessDenied|AccessDeniedException|UnauthorizedOperation|NotAuthorized)$/, 'access-denied'],
  [
    /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|MissingAuthenticationToken)/,
    'bad-key',
  ],
  [/^(SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature)/, 'bad-signature'],
  [/^(RequestExpired|RequestTimeTooSkewed|RequestInTheFuture)/, 'clock-skew'],
  [/^(ExpiredToken|ExpiredTokenException|ExpiredTokenIdentity)/, 'expired'],
  [/^(CredentialsProviderError|TokenProviderError)$/, 'no-credentials'],
  [/(NotFound|NotFoundException|ClusterNotFoundException|ServiceNotFoundException)$/, 'not-found'],
  [
    /^(Throttling|ThrottlingException|TooManyRequestsException|RequestLimitExceeded|RateExceeded)/,
    'throttled',
  ],
];

/** Node's error codes where nothing was sent: the connection was never made. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|ERR_TLS|DEPTH_ZERO|UNABLE_TO|SELF_SIGNED)/;
const NETWORK =
  /^(ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|EPIPE|EPROTO|ETIMEDOUT|HUNG|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|UNABLE_TO|SELF_SIGNED)/;
/** What the SDK adds to an error of its own in reading an answer. */
const HINT = /\s*Deserialization error: to see the raw response.*$/;

/** What an error thrown by the SDK means. */
export function readRefusal(error: unknown): AwsProblem {
  const name = error instanceof Error ? error.name : 'unknown';
  const words = oneLine(wordsOf(error), 600);
  const message = words.replace(HINT, '');
  const status = statusOf(error);
  const code = codeOf(error);
  const skewed = /signature (expired|not yet current)/i.test(message);
  const named = KINDS.find(([pattern]) => pattern.test(name))?.[1];
  // An error with a status of success: the answer broke off, or is none of AWS's.
  const brokenOff = status !== undefined && status < 300;
  const unreachable =
    (status === undefined && (name === 'TimeoutError' || (code !== undefined && NETWORK.test(code)))) ||
    brokenOff ||
    (status ?? 0) >= 500;
  const kind = skewed ? 'clock-skew' : (named ?? (unreachable ? 'unreachable' : 'other'));
  // Read by us as AWS's, and no JSON or XML from its first letter on: somebody else's text.
  const isForeign =
    status !== undefined && HINT.test(words) && !/\b(end of|Unterminated|after)\b/i.test(message);
  const refused = status !== undefined && status >= 400 && status < 500;
  return {
    kind,
    name: code ?? name,
    message: isForeign
      ? notOfAws(status)
      : brokenOff
        ? 'the answer broke off'
        : (tooLate(message) ?? onTheWay(error, status, code) ?? worthReading(words, status)),
    obstacle: isForeign
      ? 'not-aws'
      : status === undefined && tooLate(message) === undefined
        ? obstacleOf(code)
        : undefined,
    action: /not authorized to perform:? ([a-z-]+:[A-Za-z]+)/.exec(message)?.[1],
    maybeDone: !refused && !(code !== undefined && NEVER_SENT.test(code)) && kind !== 'no-credentials',
  };
}

/** Anything can be thrown; an object that is no error may not even be a text. */
function wordsOf(error: unknown): string {
  // Out of an answer of another shape the SDK makes an error whose message is no text.
  const words: unknown = error instanceof Error ? error.message : error;
  return typeof words === 'object' || typeof words === 'function' ? '' : String(words);
}

/** What went wrong before there was an answer, and where. */
function onTheWay(error: unknown, status: number | undefined, code: string | undefined): string | undefined {
  const words = status === undefined ? networkWords(code) : undefined;
  if (words === undefined) return undefined;
  const { hostname, address, port } = Object(error) as Readonly<Record<string, unknown>>;
  const host = [hostname, address].find((name) => typeof name === 'string');
  const place = host && typeof port === 'number' ? `${host}:${port}` : host;
  return `${oneLine(String(place ?? 'the server'), 200)} ${words}`;
}

/** How the SDK's way to HTTP says that it waited in vain: with its own name and in milliseconds. */
function tooLate(message: string): string | undefined {
  const ms = /^@smithy\/node-http-handler - .*?\b(\d+) ms/.exec(message)?.[1];
  if (ms === undefined) return undefined;
  const what = /establish a connection/.test(message) ? 'no connection was made' : 'no answer came';
  return `${what} within ${Number(ms) / 1000} s`;
}

/**
 * The SDK's message, but where it is empty or says nothing (`Unknown`, `UnknownError`) or tells of the parser: a proxy's
 * page, not AWS's.
 */
function worthReading(message: string, status: number | undefined): string {
  if (message.includes('Deserialization error')) return notOfAws(status);
  if (message !== '' && !/^unknown(error)?$/i.test(message)) return message;
  return status === undefined ? 'no answer' : notOfAws(status);
}

function notOfAws(status: number | undefined): string {
  return `${status === undefined ? 'what came' : `HTTP ${status}, which`} is not an answer of AWS's (a proxy's, perhaps)`;
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[A-Z][A-Z_]+$/.test(error.code) ? error.code : undefined;
}
