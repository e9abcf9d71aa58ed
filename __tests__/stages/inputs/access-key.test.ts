import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessKeyProblem } from '../../../src/stages/inputs/access-key.ts';
import { readConfig } from '../../../src/stages/inputs/read-config.ts';
import { ENOUGH, environmentOf } from './environment.ts';

const ID = 'AKIAIOSFODNN7EXAMPLE';
const TEMPORARY = 'ASIAIOSFODNN7EXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const TOKEN = 'IQoJb3JpZ2luX2VjEXAMPLE';

describe('accessKeyProblem', () => {
  it.each<readonly [string, string, string | undefined, string | undefined]>([
    [ID, SECRET, undefined, undefined],
    [TEMPORARY, SECRET, TOKEN, undefined],
    // Others that AWS, or what plays it, may know.
    ['LKIAQAAAAAAAKQZKSKF4', 'test', undefined, undefined],
    ['test', 'test', undefined, undefined],
    [SECRET, ID, undefined, 'DG123'],
    [SECRET, SECRET, undefined, 'DG121'],
    ['${{ secrets.AWS_ACCESS_KEY_ID }}', SECRET, undefined, 'DG121'],
    [`${ID}\n`, SECRET, undefined, 'DG121'],
    [`"${ID}"`, SECRET, undefined, 'DG121'],
    [ID.slice(0, 19), SECRET, undefined, 'DG121'],
    [`${ID}X`, SECRET, undefined, 'DG121'],
    [ID.toLowerCase(), SECRET, undefined, undefined],
    ['AIDAIOSFODNN7EXAMPLE', SECRET, undefined, 'DG121'],
    ['AROAIOSFODNN7EXAMPLE', SECRET, undefined, 'DG121'],
    ['arn:aws:iam::123456789012:user/ci', SECRET, undefined, 'DG121'],
    ['changeme!', SECRET, undefined, 'DG121'],
    [ID, '${{ secrets.AWS_SECRET_ACCESS_KEY }}', undefined, 'DG122'],
    [ID, `${SECRET}\n`, undefined, 'DG122'],
    [ID, `"${SECRET}"`, undefined, 'DG122'],
    [ID, SECRET.slice(1), undefined, 'DG122'],
    [ID, `${SECRET}x`, undefined, 'DG122'],
    [ID, ID, undefined, 'DG122'],
    [TEMPORARY, SECRET, undefined, 'DG124'],
    [TEMPORARY, SECRET, '', 'DG124'],
    [ID, SECRET, TOKEN, 'DG125'],
  ])('%j with %j and %j is %s', (id, secret, sessionToken, code) => {
    for (const from of ['inputs', 'environment'] as const)
      expect(accessKeyProblem({ id, secret, sessionToken, from })?.code).toBe(code);
  });

  it('names inputs where they hold the key, and variables where those do', () => {
    const key = { id: TEMPORARY, secret: SECRET, sessionToken: undefined };
    expect(accessKeyProblem({ ...key, from: 'inputs' })?.title).toContain('`aws-session-token`');
    expect(accessKeyProblem({ ...key, from: 'environment' })?.title).toContain('AWS_SESSION_TOKEN');
  });

  it('repeats neither secret nor token, nor how long they are', () => {
    const value = fc.string({ minLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(ID, TEMPORARY, 'nothing'), value, fc.option(value), (id, secret, token) => {
        const problem = accessKeyProblem({ id, secret, sessionToken: token ?? undefined, from: 'inputs' });
        const words = JSON.stringify([problem?.title, problem?.fix, problem?.detail]);
        const said = words.replaceAll(/`[^`]*`/g, '');
        expect(said).not.toContain(JSON.stringify(secret).slice(1, -1));
        expect(said).not.toMatch(new RegExp(`\\b${secret.length} characters`.replace('\\b40', 'never')));
      }),
    );
  });
});

describe('the access key that would be used', () => {
  const obstacle = (inputs: Record<string, string>, environment: Record<string, string>) => {
    const { config, findings } = readConfig(environmentOf({ ...ENOUGH, ...inputs }, environment));
    return [config.awsObstacle, findings.map(({ code }) => code)];
  };
  const BAD = { AWS_ACCESS_KEY_ID: 'AIDAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET };

  it('is looked at, and AWS is not asked with a bad one', () => {
    expect(obstacle({}, BAD)).toEqual(['the access key is not valid', ['DG121']]);
    expect(obstacle({ 'aws-access-key-id': ID, 'aws-secret-access-key': SECRET }, BAD)).toEqual([
      undefined,
      [],
    ]);
    expect(obstacle({ 'aws-access-key-id': 'x y', 'aws-secret-access-key': SECRET }, {})).toEqual([
      'the access key is not valid',
      ['DG121'],
    ]);
  });

  it('is not the one in the environment where another source is named', () => {
    const role = 'arn:aws:iam::123456789012:role/deploy';
    expect(obstacle({ 'role-to-assume': role }, BAD)).toEqual([undefined, []]);
    expect(obstacle({ 'role-to-assume': role, 'role-chaining': 'true' }, BAD)[1]).toEqual(['DG121']);
    expect(obstacle({}, { ...BAD, AWS_PROFILE: 'x' })).toEqual([undefined, []]);
  });

  it.each<readonly [Record<string, string>, readonly string[]]>([
    [{ AWS_ACCESS_KEY_ID: ID }, ['DG104']],
    [{ AWS_SECRET_ACCESS_KEY: SECRET, AWS_ACCESS_KEY_ID: '' }, ['DG104']],
    [{ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, []],
    [{}, []],
    [{ AWS_ACCESS_KEY_ID: ID, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://x' }, []],
  ])('of which the environment %j gives half, or none: %j', (environment, expected) => {
    expect(obstacle({}, environment)[1]).toEqual(expected);
  });
});
