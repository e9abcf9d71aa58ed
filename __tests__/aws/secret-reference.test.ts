import { describe, expect, it } from 'vitest';
import { parseSecretReference } from '../../src/aws/secret-reference.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-a1B2c3';

describe('parseSecretReference', () => {
  it.each<readonly [string, object | undefined]>([
    ['/app/URL', { kind: 'parameter', region: 'us-east-1', account: undefined, name: '/app/URL' }],
    ['URL', { kind: 'parameter', region: 'us-east-1', account: undefined, name: 'URL' }],
    [
      'arn:aws:ssm:eu-west-1:123456789012:parameter/app/URL',
      { kind: 'parameter', region: 'eu-west-1', account: '123456789012', name: '/app/URL' },
    ],
    [
      'arn:aws-cn:ssm:cn-north-1:123456789012:parameter/URL',
      { kind: 'parameter', region: 'cn-north-1', account: '123456789012', name: 'URL' },
    ],
    [SECRET, { kind: 'secret', region: 'eu-west-1', account: '123456789012', arn: SECRET }],
    [`${SECRET}:url::`, { kind: 'secret', region: 'eu-west-1', account: '123456789012', arn: SECRET }],
    [
      `${SECRET}:url:AWSCURRENT:`,
      { kind: 'secret', region: 'eu-west-1', account: '123456789012', arn: SECRET },
    ],
    // What no list has, or what could be another one's.
    ['/aws/reference/secretsmanager/app', undefined],
    ['arn:aws:ssm:us-east-1:123456789012:parameter/aws/service/x', undefined],
    ['arn:aws:ssm:us-east-1::parameter/aws/service/x', undefined],
    [SECRET.slice(0, -7), undefined],
    ['arn:aws:s3:::bucket/key', undefined],
    ['', undefined],
  ])('%s', (valueFrom, expected) => {
    expect(parseSecretReference(valueFrom, 'us-east-1')).toEqual(expected);
  });
});
