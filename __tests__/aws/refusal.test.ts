import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Refusal, readRefusal } from '../../src/aws/refusal.ts';
import { hostileText } from '../stages/report/hostile-text.ts';

function awsError(
  name: string,
  httpStatusCode: number | undefined,
  message = 'words',
  extra: object = {},
): Error {
  return Object.assign(new Error(message), {
    name,
    ...(httpStatusCode ? { $metadata: { httpStatusCode } } : {}),
    ...extra,
  });
}

describe('readRefusal', () => {
  it.each<readonly [string, number, string, Refusal]>([
    // Names: each service's API reference, "Common Errors" and the operation's own.
    ['AccessDeniedException', 400, 'words', 'access-denied'],
    ['AccessDenied', 403, 'words', 'access-denied'],
    ['UnrecognizedClientException', 400, 'The security token included in the request is invalid.', 'bad-key'],
    ['InvalidClientTokenId', 403, 'The security token included in the request is invalid.', 'bad-key'],
    ['SignatureDoesNotMatch', 403, 'The request signature we calculated does not match', 'bad-signature'],
    ['InvalidSignatureException', 400, 'The request signature we calculated does not match', 'bad-signature'],
    [
      'InvalidSignatureException',
      400,
      'Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z',
      'clock-skew',
    ],
    [
      'SignatureDoesNotMatch',
      403,
      'Signature not yet current: 20260101T000000Z is still later than',
      'clock-skew',
    ],
    ['ExpiredTokenException', 400, 'The security token included in the request is expired', 'expired'],
    ['ExpiredToken', 403, 'words', 'expired'],
    ['RepositoryNotFoundException', 400, 'words', 'not-found'],
    ['ClusterNotFoundException', 400, 'Cluster not found.', 'not-found'],
    ['ServiceNotFoundException', 400, 'Service not found.', 'not-found'],
    ['ThrottlingException', 400, 'Rate exceeded', 'throttled'],
    ['TooManyRequestsException', 429, 'words', 'throttled'],
    ['InvalidParameterException', 400, 'words', 'other'],
    ['ServerException', 500, 'words', 'unreachable'],
    ['InternalFailure', 503, 'words', 'unreachable'],
  ])('%s (%i, %s) is %s', (name, status, message, kind) => {
    expect(readRefusal(awsError(name, status, message)).kind).toBe(kind);
  });

  it('takes the denied action out of the words', () => {
    const message =
      'User: arn:aws:sts::123456789012:assumed-role/deploy/x is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:us-east-1:123456789012:service/c/s because no identity-based policy allows the ecs:UpdateService action';
    expect(readRefusal(awsError('AccessDeniedException', 400, message))).toMatchObject({
      kind: 'access-denied',
      action: 'ecs:UpdateService',
      maybeDone: false,
    });
    expect(readRefusal(awsError('AccessDeniedException', 400, 'no')).action).toBeUndefined();
  });

  it.each<readonly [string, unknown, boolean]>([
    ['a refusal', awsError('InvalidParameterException', 400), false],
    ['throttling', awsError('ThrottlingException', 400), false],
    ['an error of the server', awsError('ServerException', 500), true],
    ['a bad gateway', awsError('UnknownError', 502), true],
    ['a cut connection', awsError('Error', undefined, 'socket hang up', { code: 'ECONNRESET' }), true],
    ['silence', awsError('TimeoutError', undefined, 'Request did not complete within 15000 ms'), true],
    ['a broken pipe', awsError('Error', undefined, 'write EPIPE', { code: 'EPIPE' }), true],
    ['a refused connection', awsError('Error', undefined, 'connect', { code: 'ECONNREFUSED' }), false],
    ['no address', awsError('Error', undefined, 'getaddrinfo', { code: 'ENOTFOUND' }), false],
    [
      'a certificate that is not trusted',
      awsError('Error', undefined, 'self-signed', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      false,
    ],
    ['no credentials', awsError('CredentialsProviderError', undefined), false],
    ['what nobody knows', new Error('what'), true],
    ['what is no error', 'what', true],
    ['nothing', undefined, true],
  ])('%s: whether it may have been done all the same', (_, error, maybeDone) => {
    expect(readRefusal(error).maybeDone).toBe(maybeDone);
  });

  it.each([
    ['a cut connection', awsError('Error', undefined, 'socket hang up', { code: 'ECONNRESET' })],
    ['a refused connection', awsError('Error', undefined, 'connect', { code: 'ECONNREFUSED' })],
    ['silence', awsError('TimeoutError', undefined, 'Request did not complete within 15000 ms')],
    ['a bad gateway', awsError('UnknownError', 502, 'UnknownError')],
    ['an answer that broke off', awsError('SyntaxError', 200, 'Unexpected end of JSON input')],
  ])('%s is no answer of AWS: unreachable', (_, error) => {
    expect(readRefusal(error).kind).toBe('unreachable');
    expect(readRefusal(error).message).not.toMatch(/^(|unknown(error)?)$/i);
  });

  const HINT =
    '\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.';

  it.each([
    [
      'a refused connection',
      awsError('Error', undefined, 'connect ECONNREFUSED 10.0.0.7:443', {
        code: 'ECONNREFUSED',
        address: '10.0.0.7',
        port: 443,
      }),
      '10.0.0.7:443 refused the connection',
      'no-way',
    ],
    [
      'no address',
      awsError('Error', undefined, 'getaddrinfo ENOTFOUND x', {
        code: 'ENOTFOUND',
        hostname: 'ecs.eu-west-9.amazonaws.com',
      }),
      'ecs.eu-west-9.amazonaws.com has no address (DNS)',
      'no-way',
    ],
    [
      'a self-signed certificate',
      awsError('Error', undefined, 'self-signed certificate; try --use-system-ca', {
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      }),
      'the server has a self-signed certificate',
      'certificate',
    ],
    [
      'no TLS',
      awsError('Error', undefined, 'write EPROTO 40FD:error:0A00010B:SSL', { code: 'EPROTO' }),
      'the server does not speak TLS as asked for (is it plain http?)',
      'no-tls',
    ],
    [
      "a proxy's page",
      awsError('SyntaxError', 502, `Unexpected token '<', "<html><hea"... is not valid JSON${HINT}`),
      "HTTP 502, which is not an answer of AWS's (a proxy's, perhaps)",
      'not-aws',
    ],
    [
      "a proxy's page with a good status",
      awsError('SyntaxError', 200, `Unexpected token '<', "<html><hea"... is not valid JSON${HINT}`),
      "HTTP 200, which is not an answer of AWS's (a proxy's, perhaps)",
      'not-aws',
    ],
    [
      'the beginning of an answer',
      awsError('SyntaxError', 200, `Unexpected end of JSON input${HINT}`),
      'the answer broke off',
      undefined,
    ],
  ])('says what is wrong without the words of a library: %s', (_, error, message, obstacle) => {
    expect(readRefusal(error)).toMatchObject({ kind: 'unreachable', message });
    expect(readRefusal(error).obstacle).toBe(obstacle);
  });

  it('takes an answer that broke off for one whose request may have been done', () => {
    expect(readRefusal(awsError('SyntaxError', 200, 'Unexpected end of JSON input')).maybeDone).toBe(true);
  });

  it('never throws, and its words are a line that nothing obeys', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostileText.map((text) => awsError(text, 400, text, { code: text })),
          fc.anything(),
          fc.constant([{ toString: null }]),
        ),
        (error) => {
          const { message } = readRefusal(error);
          expect(message).not.toMatch(/[\r\n\u001b]|##\[|^\s*::/);
          expect(message.length).toBeLessThanOrEqual(600);
        },
      ),
    );
  });
});

describe('an error whose message is no text', () => {
  it.each([
    [17, '17'],
    [true, 'true'],
    [{ a: 1 }, "HTTP 400, which is not an answer of AWS's (a proxy's, perhaps)"],
    [[null], "HTTP 400, which is not an answer of AWS's (a proxy's, perhaps)"],
  ])('is read all the same: %j', (message, words) => {
    const error = Object.assign(new Error(), { message, $metadata: { httpStatusCode: 400 } });
    expect(readRefusal(error).message).toBe(words);
  });
});
