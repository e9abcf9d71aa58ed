import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import type { RoleSpec } from '../../../sandbox/scenarios/scenario.ts';
import { success } from '../../../sandbox/scenarios/success.ts';
import { clientsOf, type Keys, staticKeys } from './sdk-clients.ts';

const roles: readonly RoleSpec[] = [
  {
    name: 'deploy',
    subjects: ['repo:acme/dyno-agent:ref:refs/heads/main', 'repo:acme/dyno-agent:environment:*'],
    audiences: ['sts.amazonaws.com'],
    principals: ['arn:aws:iam::123456789012:user/ci', 'arn:aws:sts::123456789012:assumed-role/*'],
    maxSessionSeconds: 7200,
  },
  {
    name: 'partner',
    subjects: [],
    audiences: [],
    principals: ['*'],
    externalId: 'acme-42',
    maxSessionSeconds: 3600,
  },
];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ scenario: { ...success, world: { roles } }, speed: 1000 });
});
afterAll(() => sandbox.close());

const deploy = 'arn:aws:iam::123456789012:role/deploy';
const partner = 'arn:aws:iam::123456789012:role/partner';

function keysOf(credentials: Credentials | undefined): Keys {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

function token(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const common = {
    iss: 'https://token.actions.githubusercontent.com',
    aud: 'sts.amazonaws.com',
    sub: 'repo:acme/dyno-agent:ref:refs/heads/main',
    exp: Math.floor(Date.now() / 1000) + 300,
  };
  return `${part({ alg: 'RS256' })}.${part({ ...common, ...claims })}.c2lnbmF0dXJl`;
}

const refusal = (name: string, message: RegExp | string, status?: number) => ({
  name,
  message: typeof message === 'string' ? message : expect.stringMatching(message),
  ...(status === undefined ? {} : { $metadata: expect.objectContaining({ httpStatusCode: status }) }),
});

describe('signatures', () => {
  it('of the static key are accepted, and name the user', async () => {
    const identity = await clientsOf(sandbox).sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/ci' });
    expect(staticKeys(sandbox).accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(staticKeys(sandbox).secretAccessKey).toHaveLength(40);
  });

  it('by an unknown key are refused, by STS and by the JSON services in their own codes', async () => {
    const { sts, ecs } = clientsOf(sandbox, { ...staticKeys(sandbox), accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' });
    const message = 'The security token included in the request is invalid.';
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject(
      refusal('InvalidClientTokenId', message, 403),
    );
    await expect(ecs.send(new DescribeClustersCommand({}))).rejects.toMatchObject(
      refusal('UnrecognizedClientException', message, 400),
    );
  });

  it('with the wrong secret are refused', async () => {
    const { sts, ecs } = clientsOf(sandbox, { ...staticKeys(sandbox), secretAccessKey: 'x'.repeat(40) });
    const message = /^The request signature we calculated does not match the signature you provided\./;
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject(
      refusal('SignatureDoesNotMatch', message, 403),
    );
    await expect(ecs.send(new DescribeClustersCommand({}))).rejects.toMatchObject(
      refusal('InvalidSignatureException', message, 400),
    );
  });

  it('cover the body: a request changed on its way is refused', async () => {
    const { ecs } = clientsOf(sandbox);
    ecs.middlewareStack.add(
      (next) => (args) => {
        Object.assign(args.request as object, { body: '{"clusters":["two"]}' });
        return next(args);
      },
      { step: 'deserialize', priority: 'low' },
    );
    await expect(ecs.send(new DescribeClustersCommand({ clusters: ['one'] }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  it('are asked for', async () => {
    const answer = await fetch(sandbox.url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters',
        'content-type': 'application/x-amz-json-1.1',
      },
      body: '{}',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      __type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
  });
});

describe('AssumeRole', () => {
  it('gives keys that work with their session token and not without it', async () => {
    const { sts } = clientsOf(sandbox);
    const answer = await sts.send(new AssumeRoleCommand({ RoleArn: deploy, RoleSessionName: 'run-7' }));
    expect(answer.AssumedRoleUser?.Arn).toBe('arn:aws:sts::123456789012:assumed-role/deploy/run-7');
    const keys = keysOf(answer.Credentials);
    expect(keys.accessKeyId).toMatch(/^ASIA/);
    const identity = await clientsOf(sandbox, keys).sts.send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe('arn:aws:sts::123456789012:assumed-role/deploy/run-7');
    const { accessKeyId, secretAccessKey } = keys;
    const without = clientsOf(sandbox, { accessKeyId, secretAccessKey });
    await expect(without.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
  });

  it('chains, for an hour at most', async () => {
    const first = await clientsOf(sandbox).sts.send(
      new AssumeRoleCommand({ RoleArn: deploy, RoleSessionName: 'first' }),
    );
    const { sts } = clientsOf(sandbox, keysOf(first.Credentials));
    await sts.send(new AssumeRoleCommand({ RoleArn: deploy, RoleSessionName: 'second' }));
    const long = new AssumeRoleCommand({ RoleArn: deploy, RoleSessionName: 'third', DurationSeconds: 7200 });
    await expect(sts.send(long)).rejects.toMatchObject(
      refusal('ValidationError', /1 hour session limit for roles assumed by role chaining/),
    );
  });

  it('wants the external id that the role asks for', async () => {
    const { sts } = clientsOf(sandbox);
    const message =
      'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/partner';
    const input = { RoleArn: partner, RoleSessionName: 'run' };
    await expect(sts.send(new AssumeRoleCommand(input))).rejects.toMatchObject(
      refusal('AccessDenied', message, 403),
    );
    await expect(sts.send(new AssumeRoleCommand({ ...input, ExternalId: 'acme-41' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(sts.send(new AssumeRoleCommand({ ...input, ExternalId: 'acme-42' }))).resolves.toBeDefined();
  });

  it('refuses durations that the role does not allow', async () => {
    const { sts } = clientsOf(sandbox);
    const input = { RoleArn: deploy, RoleSessionName: 'run' };
    await expect(sts.send(new AssumeRoleCommand({ ...input, DurationSeconds: 7201 }))).rejects.toMatchObject(
      refusal(
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
        400,
      ),
    );
    await expect(sts.send(new AssumeRoleCommand({ ...input, DurationSeconds: 60 }))).rejects.toMatchObject(
      refusal('ValidationError', /greater than or equal to 900/),
    );
  });

  it('ends by the virtual clock', async () => {
    const slower = await startSandbox({ scenario: { ...success, world: { roles } }, speed: 250 });
    onTestFinished(() => slower.close());
    const answer = await clientsOf(slower).sts.send(
      new AssumeRoleCommand({ RoleArn: deploy, RoleSessionName: 'short', DurationSeconds: 900 }),
    );
    const { sts, ecs } = clientsOf(slower, keysOf(answer.Credentials));
    await sts.send(new GetCallerIdentityCommand({}));
    await new Promise((resolve) => setTimeout(resolve, 3_650));
    const message = 'The security token included in the request is expired';
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject(
      refusal('ExpiredToken', message, 403),
    );
    await expect(ecs.send(new DescribeClustersCommand({}))).rejects.toMatchObject(
      refusal('ExpiredTokenException', message, 400),
    );
  });
});

describe('AssumeRoleWithWebIdentity', () => {
  const anonymous = () =>
    new STSClient({
      region: 'us-east-1',
      endpoint: sandbox.url,
      maxAttempts: 1,
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    });
  const assume = (claims: object, RoleArn = deploy) =>
    anonymous().send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn,
        RoleSessionName: 'GitHubActions',
        WebIdentityToken: token(claims),
      }),
    );

  it('gives keys for a subject and an audience that the role trusts', async () => {
    const answer = await assume({});
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: 'repo:acme/dyno-agent:ref:refs/heads/main',
      Audience: 'sts.amazonaws.com',
      Provider: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
    });
    const identity = await clientsOf(sandbox, keysOf(answer.Credentials)).sts.send(
      new GetCallerIdentityCommand({}),
    );
    expect(identity.Arn).toBe('arn:aws:sts::123456789012:assumed-role/deploy/GitHubActions');
    await expect(assume({ sub: 'repo:acme/dyno-agent:environment:production' })).resolves.toBeDefined();
  });

  it.each([
    [
      'another branch',
      { sub: 'repo:acme/dyno-agent:ref:refs/heads/feature' },
      deploy,
      'AccessDenied',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    ],
    [
      'another audience',
      { aud: 'https://github.com/acme' },
      deploy,
      'InvalidIdentityTokenException',
      'Incorrect token audience',
    ],
    [
      'an expired token',
      { exp: 1_700_000_000 },
      deploy,
      'ExpiredTokenException',
      /^Token expired: current date\/time \d+ must be before the expiration date\/time 1700000000$/,
    ],
    [
      'a role that trusts no token',
      {},
      partner,
      'AccessDenied',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    ],
    [
      'a role that is not there',
      {},
      'arn:aws:iam::123456789012:role/gone',
      'AccessDenied',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    ],
  ])('refuses %s', async (_case, claims, role, name, message) => {
    await expect(assume(claims, role)).rejects.toMatchObject(refusal(name, message));
  });

  it('refuses what is no token', async () => {
    const input = { RoleArn: deploy, RoleSessionName: 'x1', WebIdentityToken: 'ghs_accesstoken' };
    await expect(anonymous().send(new AssumeRoleWithWebIdentityCommand(input))).rejects.toMatchObject(
      refusal('InvalidIdentityTokenException', /^The ID Token provided is not a valid JWT/),
    );
  });

  it('says so where the account has no identity provider', async () => {
    const bare = await startSandbox({ scenario: { ...success, world: { roles, oidcProvider: false } } });
    try {
      const sts = new STSClient({ region: 'us-east-1', endpoint: bare.url, maxAttempts: 1 });
      const input = { RoleArn: deploy, RoleSessionName: 'x1', WebIdentityToken: token({}) };
      await expect(sts.send(new AssumeRoleWithWebIdentityCommand(input))).rejects.toMatchObject(
        refusal(
          'InvalidIdentityTokenException',
          'No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com',
        ),
      );
    } finally {
      await bare.close();
    }
  });
});
