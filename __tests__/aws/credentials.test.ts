import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { planCredentials } from '../../src/aws/credentials.ts';
import { createAgents } from '../../src/runner/http.ts';
import { readConfig } from '../../src/stages/inputs/read-config.ts';
import type { InputName } from '../../src/stages/inputs/schema.ts';
import { serve, type TestServer } from '../runner/socket-server.ts';
import { ENOUGH, environmentOf } from '../stages/inputs/environment.ts';

const ROLE = { 'role-to-assume': 'arn:aws:iam::123456789012:role/deploy' } as const;
const KEYS = {
  'aws-access-key-id': 'AKIAIOSFODNN7EXAMPLE',
  'aws-secret-access-key': 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
} as const;
const MINUTE = 60_000;

let sts: TestServer;
/** How long the next sessions last, in milliseconds, and how many answers fail first. */
let lasts = 60 * MINUTE;
let failures = 0;

beforeEach(async () => {
  lasts = 60 * MINUTE;
  failures = 0;
  sts = await serve((_, response, attempt) => {
    const operation = new URLSearchParams(sts.requests[attempt - 1]?.body).get('Action') ?? '';
    response.setHeader('content-type', 'text/xml');
    if (failures > 0) {
      failures -= 1;
      response
        .writeHead(403)
        .end(
          '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>',
        );
      return;
    }
    const expires = new Date(Date.now() + lasts).toISOString();
    const keys = `<AccessKeyId>ASIA${attempt}</AccessKeyId><SecretAccessKey>secret-${attempt}</SecretAccessKey><SessionToken>token-${attempt}</SessionToken><Expiration>${expires}</Expiration>`;
    response.end(
      `<${operation}Response><${operation}Result><Credentials>${keys}</Credentials></${operation}Result></${operation}Response>`,
    );
  });
  vi.stubEnv('AWS_ENDPOINT_URL', sts.url);
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await sts.close();
});

function plan(inputs: Partial<Record<InputName, string>>) {
  const masked: string[] = [];
  const tokens: string[] = [];
  const { config } = readConfig(environmentOf({ ...ENOUGH, ...inputs }));
  const planned = planCredentials(config.credentials, 'us-east-1', {
    agents: createAgents({ http: undefined, no: undefined }),
    oidcToken: (audience) => {
      tokens.push(audience);
      return Promise.resolve(`oidc-${tokens.length}`);
    },
    mask: (secret) => masked.push(secret),
  });
  const provide = planned.provider ?? (() => Promise.reject(new Error('the plan is the chain of the SDK')));
  const { source, baseSession } = planned;
  return { source, baseSession, provide: () => provide(), masked, tokens };
}

const asked = () => sts.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

describe('planCredentials', () => {
  it('takes static keys as they are, and asks nobody', async () => {
    const { source, provide } = plan({ ...KEYS, 'aws-session-token': 'session' });
    expect(source).toBe('access keys');
    expect(await provide()).toEqual({
      accessKeyId: KEYS['aws-access-key-id'],
      secretAccessKey: KEYS['aws-secret-access-key'],
      sessionToken: 'session',
    });
    expect(sts.requests).toEqual([]);
  });

  it("leaves it to the SDK's chain where no input says anything", () => {
    expect(plan({}).source).toBe('environment');
  });

  it('assumes a role by OIDC, unsigned, with the audience and the session that were asked for', async () => {
    const { source, provide, tokens } = plan({
      ...ROLE,
      audience: 'sts.amazonaws.com.cn',
      'role-session-name': 'me',
      'role-duration-seconds': '900',
    });
    expect(source).toBe('role by OIDC');
    expect(await provide()).toMatchObject({
      accessKeyId: 'ASIA1',
      secretAccessKey: 'secret-1',
      sessionToken: 'token-1',
    });
    expect(tokens).toEqual(['sts.amazonaws.com.cn']);
    expect(asked()).toMatchObject([
      {
        Action: 'AssumeRoleWithWebIdentity',
        RoleArn: ROLE['role-to-assume'],
        RoleSessionName: 'me',
        DurationSeconds: '900',
        WebIdentityToken: 'oidc-1',
      },
    ]);
    expect(sts.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('assumes a role by access keys where both are given', async () => {
    const { source, provide } = plan({ ...ROLE, ...KEYS, 'role-external-id': 'ext' });
    expect(source).toBe('role by access keys');
    await provide();
    expect(asked()).toMatchObject([{ Action: 'AssumeRole', ExternalId: 'ext' }]);
    expect(sts.requests[0]?.headers.authorization).toContain(`Credential=${KEYS['aws-access-key-id']}/`);
  });

  it("assumes a role from the environment's credentials by chaining", async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAENVIRONMENT00000');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x'.repeat(40));
    const { source, provide, tokens } = plan({ ...ROLE, 'role-chaining': 'true' });
    expect(source).toBe('role by chaining');
    await provide();
    expect(tokens).toEqual([]);
    expect(sts.requests[0]?.headers.authorization).toContain('Credential=AKIAENVIRONMENT00000/');
  });

  it('masks what it gets before it gives it', async () => {
    const { provide, masked } = plan(ROLE);
    await provide();
    expect(masked).toEqual(expect.arrayContaining(['secret-1', 'token-1']));
  });

  it('assumes the role once for all who ask at the same time, and for all who ask later', async () => {
    const { provide } = plan(ROLE);
    const all = await Promise.all(Array.from({ length: 20 }, provide));
    expect(new Set(all.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['ASIA1']));
    await provide();
    expect(sts.requests).toHaveLength(1);
  });

  it('renews before the session ends, once for all who ask', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const { provide } = plan(ROLE);
    await provide();
    vi.setSystemTime(Date.now() + 50 * MINUTE);
    expect((await provide()).accessKeyId).toBe('ASIA1');
    vi.setSystemTime(Date.now() + 6 * MINUTE);
    const all = await Promise.all(Array.from({ length: 10 }, provide));
    expect(new Set(all.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['ASIA2']));
    expect(sts.requests).toHaveLength(2);
  });

  it('asks for a new OIDC token with each renewal: the first one has expired', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const { provide, tokens } = plan(ROLE);
    await provide();
    vi.setSystemTime(Date.now() + 58 * MINUTE);
    await provide();
    expect(tokens).toHaveLength(2);
    expect(asked()[1]).toMatchObject({ WebIdentityToken: 'oidc-2' });
  });

  it('does not keep a failure', async () => {
    failures = 1;
    const { provide } = plan(ROLE);
    await expect(provide()).rejects.toMatchObject({ name: 'AccessDenied' });
    expect((await provide()).accessKeyId).toBe('ASIA2');
  });

  it('does not keep a failure to renew', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const { provide } = plan(ROLE);
    await provide();
    vi.setSystemTime(Date.now() + 58 * MINUTE);
    failures = 2;
    // Two minutes are left of it.
    expect((await provide()).accessKeyId).toBe('ASIA1');
    vi.setSystemTime(Date.now() + 3 * MINUTE);
    await expect(provide()).rejects.toMatchObject({ name: 'AccessDenied' });
    expect((await provide()).accessKeyId).toBe('ASIA4');
  });

  it('knows the session that a role is assumed with, and when that ends', async () => {
    const byKeys = plan({ ...ROLE, ...KEYS });
    await byKeys.provide();
    expect(byKeys.baseSession()).toBeUndefined();
    const bySession = plan({ ...ROLE, ...KEYS, 'aws-session-token': 'session' });
    expect(bySession.baseSession()).toBeUndefined();
    await bySession.provide();
    expect(bySession.baseSession()).toEqual({ expiresAt: undefined });
    const expiration = new Date(Date.now() + 20 * MINUTE).toISOString();
    const session = {
      AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: KEYS['aws-secret-access-key'],
      AWS_SESSION_TOKEN: 'session',
      AWS_CREDENTIAL_EXPIRATION: expiration,
    };
    for (const [name, value] of Object.entries(session)) vi.stubEnv(name, value);
    const byChaining = plan({ ...ROLE, 'role-chaining': 'true' });
    await byChaining.provide();
    expect(byChaining.baseSession()?.expiresAt?.toISOString()).toBe(expiration);
  });

  it('does not go round for ever where sessions are shorter than it renews before', async () => {
    lasts = 2 * MINUTE;
    const { provide } = plan(ROLE);
    expect((await provide()).accessKeyId).toMatch(/^ASIA[12]$/);
    expect(sts.requests.length).toBeLessThanOrEqual(2);
  });
});
