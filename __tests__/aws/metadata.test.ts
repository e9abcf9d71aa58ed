import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { success } from '../../sandbox/scenarios/success.ts';
import { AwsMetadata } from '../../src/aws/metadata.ts';
import { readRefusal } from '../../src/aws/refusal.ts';
import { parseSecretReference } from '../../src/aws/secret-reference.ts';
import { createAgents } from '../../src/runner/http.ts';
import { serve } from '../runner/socket-server.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:app-a1B2c3';
const GONE = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:old-a1B2c3';
const agents = createAgents({ http: undefined, no: undefined });

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function metadata(options: SandboxOptions = {}, secret?: string) {
  const world = {
    parameters: ['/app/URL', 'PLAIN', '/SLASHED'],
    secrets: [{ arn: ARN }, { arn: GONE, beingDeleted: true }],
  };
  sandbox = await startSandbox({ scenario: { ...success, world }, ...options });
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: own = '' } = sandbox.env();
  return new AwsMetadata({
    agents,
    credentials: () => Promise.resolve({ accessKeyId, secretAccessKey: secret ?? own }),
    environment: { AWS_ENDPOINT_URL: sandbox.url },
  });
}

describe('AwsMetadata', () => {
  it.each([
    ['/app/URL', 'there'],
    ['PLAIN', 'there'],
    ['PLAIN:3', 'there'],
    ['/SLASHED', 'there'],
    ['arn:aws:ssm:us-east-1:123456789012:parameter/app/URL', 'there'],
    // The ARN of `/SLASHED` does not tell whether its name begins with a slash.
    ['arn:aws:ssm:us-east-1:123456789012:parameter/SLASHED', 'there'],
    ['arn:aws:ssm:us-east-1:123456789012:parameter/PLAIN', 'there'],
    ['/app/URI', 'missing'],
    ['app/URL', 'missing'],
    [ARN, 'there'],
    [`${ARN}:key::`, 'there'],
    [GONE, 'being deleted'],
    [`${ARN.slice(0, -1)}9`, 'missing'],
  ])('finds %s %s', async (valueFrom, state) => {
    const reference = parseSecretReference(valueFrom, 'us-east-1');
    if (reference === undefined) throw new Error('no reference');
    expect(await (await metadata()).secretState(reference)).toBe(state);
  });

  it.each([
    ['/ecs/dyno-agent', true],
    ['/ecs/dyno', false],
    ['/ecs/dyno-agent-2', false],
  ])('knows whether there is a log group %s: %s', async (name, expected) => {
    expect(await (await metadata()).hasLogGroup(name, 'us-east-1')).toBe(expected);
  });

  it('takes an answer without the list that it is about for none', async () => {
    const other = await metadata({ faults: [{ kind: 'wrong-json' }] });
    const parameter = parseSecretReference('/app/URL', 'us-east-1');
    if (parameter === undefined) throw new Error('no reference');
    await expect(other.secretState(parameter)).rejects.toThrow('without Parameters');
    await expect(other.hasLogGroup('/ecs/dyno-agent', 'us-east-1')).rejects.toThrow('without logGroups');
  });

  it('gives refusals as the SDK does', async () => {
    const denied = await metadata({ denied: ['logs:DescribeLogGroups'] });
    const refusal = await denied.hasLogGroup('x', 'us-east-1').then(() => undefined, readRefusal);
    expect(refusal).toMatchObject({ kind: 'access-denied', action: 'logs:DescribeLogGroups' });
    await sandbox?.close();
    const forged = await metadata({}, 'x'.repeat(40));
    const bad = await forged.hasLogGroup('x', 'us-east-1').then(() => undefined, readRefusal);
    expect(bad?.kind).toBe('bad-signature');
  });

  it('signs for the region that it asks in, with the session token', async () => {
    const server = await serve((_, response) => response.end('{"logGroups":[]}'));
    const asked = new AwsMetadata({
      agents,
      credentials: () =>
        Promise.resolve({ accessKeyId: 'ASIAX', secretAccessKey: 'y', sessionToken: 'the-token' }),
      environment: { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: server.url, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    });
    expect(await asked.hasLogGroup('x', 'eu-west-1')).toBe(false);
    const { headers } = server.requests[0] ?? {};
    expect(headers?.['authorization']).toContain('/eu-west-1/logs/aws4_request');
    expect(headers?.['x-amz-security-token']).toBe('the-token');
    await server.close();
  });

  it.each(['', '[]', 'null', '7', '{"logGroups":7}', '<html>'])(
    'takes the answer %j for none, which says nothing of a log group',
    async (body) => {
      const server = await serve((_, response) => response.end(body));
      const asked = new AwsMetadata({
        agents,
        credentials: () => Promise.resolve({ accessKeyId: 'x', secretAccessKey: 'y' }),
        environment: { AWS_ENDPOINT_URL: server.url },
      });
      await expect(asked.hasLogGroup('x', 'us-east-1')).rejects.toThrow('without logGroups');
      await server.close();
    },
  );

  it('finds no log group in a list of other things', async () => {
    const server = await serve((_, response) => response.end('{"logGroups":[null,{"logGroupName":7}]}'));
    const asked = new AwsMetadata({
      agents,
      credentials: () => Promise.resolve({ accessKeyId: 'x', secretAccessKey: 'y' }),
      environment: { AWS_ENDPOINT_URL: server.url },
    });
    expect(await asked.hasLogGroup('x', 'us-east-1')).toBe(false);
    await server.close();
  });
});
