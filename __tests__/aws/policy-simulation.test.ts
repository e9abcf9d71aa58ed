import { createServer } from 'node:http';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { simulate } from '../../src/aws/policy-simulation.ts';
import { principalOf } from '../../src/aws/principal.ts';
import { createAgents } from '../../src/runner/http.ts';

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const USER = /^arn:aws:iam::\d+:user\//;

async function decisions(endpoint: string, keys: { id: string; secret: string }, principal = ROLE) {
  return await simulate(
    {
      agents: createAgents({ http: undefined, no: undefined }),
      credentials: () => Promise.resolve({ accessKeyId: keys.id, secretAccessKey: keys.secret }),
      environment: { AWS_ENDPOINT_URL_IAM: endpoint },
    },
    principal,
    { action: 'ecs:UpdateService', resources: ['arn:a', 'arn:b'], conditions: { 'ecs:cluster': 'arn:c' } },
  );
}

/** What is made of an answer's results, as XML. */
async function read(results: string, status = 200) {
  const body = `<?xml version="1.0"?>\n<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
    <SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated>${results}</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`;
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    return await decisions(`http://127.0.0.1:${port}`, { id: 'AKIA0000000000000000', secret: 'x' });
  } finally {
    server.close();
  }
}

function result(own: string, specific: readonly (readonly [string, string, string])[]): string {
  const below = specific.map(
    ([name, decision, more]) =>
      `<member><EvalResourceName>${name}</EvalResourceName><EvalResourceDecision>${decision}</EvalResourceDecision>${more}</member>`,
  );
  return `<EvaluationResults><member><EvalActionName>ecs:UpdateService</EvalActionName><EvalDecision>implicitDeny</EvalDecision>${own}
    <ResourceSpecificResults>${below.join('')}</ResourceSpecificResults></member></EvaluationResults>`;
}

const MISSING = '<MissingContextValues><member>aws:ResourceTag/team</member></MissingContextValues>';
const EMPTY = '<MissingContextValues/>';

describe("IAM's simulation", () => {
  it('decides on each resource', async () => {
    const xml = result('', [
      ['arn:a', 'allowed', EMPTY],
      ['arn:b', 'explicitDeny', EMPTY],
    ]);
    expect(await read(xml)).toEqual(['allowed', 'denied']);
  });

  it('decides nothing where a condition key had no value, for it or against it', async () => {
    const xml = result('', [
      ['arn:a', 'allowed', MISSING],
      ['arn:b', 'implicitDeny', MISSING],
    ]);
    expect(await read(xml)).toEqual(['unclear', 'unclear']);
  });

  it('does not take the word of an organization, whose conditions are not simulated', async () => {
    const organization =
      '<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>';
    expect(await read(result(organization, [['arn:a', 'explicitDeny', '']]))).toEqual(['unclear', 'unclear']);
  });

  it.each([
    '',
    '<EvaluationResults/>',
    '<EvaluationResults><member>',
    '<a><b></a>',
    result('', [['arn:a', 'new', '']]),
  ])('decides nothing by an answer of another shape: %s', async (xml) =>
    expect(await read(xml)).toEqual(['unclear', 'unclear']),
  );

  it('is refused under the name that AWS gives, or none', async () => {
    await expect(read('', 403)).rejects.toMatchObject({ name: 'UnknownError' });
    const sandbox = await startSandbox({ denied: ['iam:SimulatePrincipalPolicy'] });
    const { AWS_ACCESS_KEY_ID: id = '', AWS_SECRET_ACCESS_KEY: secret = '' } = sandbox.env();
    await expect(decisions(sandbox.url, { id, secret })).rejects.toMatchObject({ name: 'AccessDenied' });
    await sandbox.close();
  });

  it("is answered by the sandbox in the shape that the SDK's own client reads", async () => {
    const sandbox = await startSandbox({ denied: ['ecs:UpdateService'] });
    const { AWS_ACCESS_KEY_ID: id = '', AWS_SECRET_ACCESS_KEY: secret = '' } = sandbox.env();
    const client = new IAMClient({
      region: 'us-east-1',
      endpoint: sandbox.url,
      credentials: { accessKeyId: id, secretAccessKey: secret },
    });
    const nobody = client.send(
      new SimulatePrincipalPolicyCommand({ PolicySourceArn: 'arn:aws:iam::1:role/x', ActionNames: ['a:b'] }),
    );
    const message = String(await nobody.catch((error: unknown) => error));
    expect(message).toContain('cannot be found');
    const { Arn } = { Arn: await callerOf(sandbox.url, id, secret) };
    expect(Arn).toMatch(USER);
    const { EvaluationResults: results, IsTruncated } = await client.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: Arn,
        ActionNames: ['ecs:UpdateService', 'ecs:RunTask'],
        ResourceArns: ['arn:a', 'arn:b'],
      }),
    );
    expect(IsTruncated).toBe(false);
    expect(results?.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision])).toEqual([
      ['ecs:UpdateService', 'implicitDeny'],
      ['ecs:RunTask', 'allowed'],
    ]);
    expect(results?.[0]?.ResourceSpecificResults).toEqual(
      ['arn:a', 'arn:b'].map((name) => ({
        EvalResourceName: name,
        EvalResourceDecision: 'implicitDeny',
        MatchedStatements: [],
        MissingContextValues: [],
      })),
    );
    expect(await decisions(sandbox.url, { id, secret }, Arn)).toEqual(['denied', 'denied']);
    await sandbox.close();
  });
});

async function callerOf(endpoint: string, accessKeyId: string, secretAccessKey: string): Promise<string> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
  });
  return (await client.send(new GetCallerIdentityCommand({}))).Arn ?? '';
}

describe('the principal of a session', () => {
  const session = 'arn:aws:sts::123456789012:assumed-role/deploy/run';
  it.each([
    [session, undefined, ROLE],
    [
      session,
      'arn:aws:iam::123456789012:role/ci/github/deploy',
      'arn:aws:iam::123456789012:role/ci/github/deploy',
    ],
    [session, 'arn:aws:iam::123456789012:role/ci/redeploy', ROLE],
    [session, 'arn:aws:iam::210987654321:role/ci/deploy', ROLE],
    ['arn:aws-cn:iam::123456789012:user/ops/octo', undefined, 'arn:aws-cn:iam::123456789012:user/ops/octo'],
    ['arn:aws:iam::123456789012:root', undefined, undefined],
    ['arn:aws:sts::123456789012:federated-user/octo', undefined, undefined],
  ])('%s, assumed as %s, is %s', (caller, assumed, principal) => {
    expect(principalOf(caller, assumed)).toBe(principal);
  });
});
