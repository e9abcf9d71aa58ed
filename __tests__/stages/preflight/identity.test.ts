import { describe, expect, it } from 'vitest';
import type { InputName } from '../../../src/stages/inputs/schema.ts';
import type { Answer } from '../../../src/stages/preflight/answer.ts';
import { callerName, checkIdentity } from '../../../src/stages/preflight/checks/identity.ts';
import { type Identity, Lookups } from '../../../src/stages/preflight/lookups/lookups.ts';
import { checkContext } from './check-context.ts';

const ROLE = { 'role-to-assume': 'arn:aws:iam::123456789012:role/path/deploy' } as const;
const KEYS = {
  'aws-access-key-id': 'AKIAIOSFODNN7EXAMPLE',
  'aws-secret-access-key': 'x'.repeat(40),
} as const;
const ARN = 'arn:aws:sts::123456789012:assumed-role/deploy/session';

async function checked(answer: Answer<Identity>, inputs: Partial<Record<InputName, string>> = {}) {
  const context = checkContext(inputs);
  class Told extends Lookups {
    override identity(): Promise<Answer<Identity>> {
      return Promise.resolve(answer);
    }
  }
  const unused = () => Promise.reject(new Error('no part of this check'));
  const lookups = new Told(
    context.config,
    { tag: undefined, commit: undefined },
    {
      aws: undefined,
      workspace: '/nowhere',
      registry: () => {
        throw new Error('no part of this check');
      },
      engineVersion: unused,
    },
  );
  return await checkIdentity({ ...context, lookups });
}

const refused = (name: string, status?: number, message = 'words') => ({
  ok: false as const,
  error: Object.assign(new Error(message), {
    name,
    ...(status ? { $metadata: { httpStatusCode: status } } : {}),
  }),
});
const known = (minutes?: number): Answer<Identity> => ({
  ok: true,
  value: {
    accountId: '123456789012',
    arn: ARN,
    expiresAt: minutes === undefined ? undefined : new Date(Date.now() + minutes * 60_000 + 5_000),
  },
});

describe('checkIdentity', () => {
  it.each<readonly [string, Answer<Identity>, Partial<Record<InputName, string>>, string]>([
    ['no credentials', refused('CredentialsProviderError'), {}, 'DG201'],
    ['an unknown key', refused('InvalidClientTokenId', 403), {}, 'DG202'],
    ['a wrong secret', refused('SignatureDoesNotMatch', 403), {}, 'DG203'],
    ['expired credentials', refused('ExpiredToken', 403), {}, 'DG204'],
    ['no OIDC token', refused('NoOidcToken'), ROLE, 'DG206'],
    ['a role that lets nobody in', refused('AccessDenied', 403), ROLE, 'DG207'],
    ['a token that the role does not take', refused('InvalidIdentityToken', 400), ROLE, 'DG207'],
    ['a role that the keys may not assume', refused('AccessDenied', 403), { ...ROLE, ...KEYS }, 'DG207'],
    [
      'a clock that is wrong',
      refused('SignatureDoesNotMatch', 403, 'Signature expired: a is now earlier than b'),
      {},
      'DG212',
    ],
    ['no answer', refused('TimeoutError'), {}, 'DG209'],
    [
      'no provider',
      refused('InvalidIdentityToken', 400, 'No OpenIDConnect provider found in your account for x'),
      ROLE,
      'DG214',
    ],
    ['another audience', refused('InvalidIdentityToken', 400, 'Incorrect token audience'), ROLE, 'DG215'],
    [
      'a session that is too long',
      refused(
        'ValidationError',
        400,
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      ),
      ROLE,
      'DG216',
    ],
    ['a region that is off', refused('RegionDisabledException', 403), {}, 'DG217'],
    [
      'a key in a region that may be off',
      refused('InvalidClientTokenId', 403),
      { 'aws-region': 'af-south-1' },
      'DG217',
    ],
    [
      'a key in a region that is always on',
      refused('InvalidClientTokenId', 403),
      { 'aws-region': 'cn-north-1' },
      'DG202',
    ],
    ['another fault of a role', refused('PackedPolicyTooLarge', 400), ROLE, 'DG213'],
    ['a denial without a role', refused('AccessDenied', 403), {}, 'DG213'],
  ])('tells %s', async (_, answer, inputs, code) => {
    const { findings, passed } = await checked(answer, inputs);
    expect(findings.map((finding) => `${finding.code} ${finding.level}`)).toEqual([`${code} error`]);
    expect(passed).toBeUndefined();
  });

  it('names the role in the command that shows its trust policy', async () => {
    const { findings } = await checked(refused('AccessDenied', 403), ROLE);
    expect(findings[0]?.fix).toContain('aws iam get-role --role-name deploy`');
  });

  it('says who it is, where, and until when', async () => {
    expect(await checked(known())).toMatchObject({
      findings: [],
      passed: 'role/deploy in account 123456789012, us-east-1',
    });
    const { passed } = await checked(known(60), { 'allowed-account-ids': '123456789012' });
    expect(passed).toMatch(
      /^role\/deploy in account 123456789012 \(allowed\), us-east-1, until \d\d:\d\d UTC$/,
    );
  });

  it.each<readonly [number, Partial<Record<InputName, string>>, readonly string[]]>([
    [29, {}, ['DG211']],
    [30, {}, []],
    [5, { 'wait-for-minutes': '3' }, []],
    [5, ROLE, []],
  ])('warns of credentials that end in %i min, with %j: %j', async (minutes, inputs, expected) => {
    const { findings } = await checked(known(minutes), inputs);
    expect(findings.map(({ code }) => code)).toEqual(expected);
    for (const { level } of findings) expect(level).toBe('warning');
  });

  it.each([
    [ARN, 'role/deploy'],
    ['arn:aws:iam::123456789012:user/ci/deployer', 'user/ci/deployer'],
    ['arn:aws:iam::123456789012:root', 'root'],
    ['arn:aws-us-gov:sts::123456789012:assumed-role/a.b@c/i-0abc', 'role/a.b@c'],
  ])('calls %s %s', (arn, name) => {
    expect(callerName(arn)).toBe(name);
  });
});
