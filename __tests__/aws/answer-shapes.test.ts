import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { Ecr } from '../../src/aws/ecr.ts';
import { Ecs } from '../../src/aws/ecs.ts';
import { EcsObservations } from '../../src/aws/ecs-observe.ts';
import { createAgents } from '../../src/runner/http.ts';

const CLUSTER = 'dyno-agent-cluster';
const SERVICE = 'dyno-agent-service';
let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  delete process.env['AWS_ENDPOINT_URL'];
  sandbox = undefined;
});

/** ECS, whose answers are JSON of another shape. */
async function ecs(): Promise<Ecs> {
  sandbox = await startSandbox({ faults: [{ service: 'ecs', kind: 'wrong-json' }] });
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = sandbox.env();
  process.env['AWS_ENDPOINT_URL'] = sandbox.url;
  return new Ecs({
    region: 'us-east-1',
    agents: createAgents({ http: undefined, no: undefined }),
    credentials: () => Promise.resolve({ accessKeyId, secretAccessKey }),
  });
}

describe('an answer without the list that it is about', () => {
  it('is no cluster that does not exist', async () => {
    await expect((await ecs()).clusterStatus(CLUSTER)).rejects.toThrow('without clusters');
  });

  it('is no service that does not exist', async () => {
    await expect((await ecs()).services(CLUSTER, [SERVICE])).rejects.toThrow('without services');
  });

  it('is no look at a rollout', async () => {
    const observations = new EcsObservations((await ecs()).client);
    const { signal } = new AbortController();
    await expect(observations.services(CLUSTER, [SERVICE], signal)).rejects.toThrow('without services');
  });

  it('is no service without tasks', async () => {
    const observations = new EcsObservations((await ecs()).client);
    const { signal } = new AbortController();
    await expect(observations.tasks(CLUSTER, [SERVICE], 'RUNNING', signal)).rejects.toThrow('without tasks');
  });
});

describe('a repository', () => {
  it.each([[17], [null], ['']])('whose URI is %j is no answer of ECR', async (repositoryUri) => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ repositories: [{ repositoryUri, registryId: '123456789012' }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    process.env['AWS_ENDPOINT_URL'] =
      `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const ecr = new Ecr({
      region: 'us-east-1',
      agents: createAgents({ http: undefined, no: undefined }),
      credentials: () => Promise.resolve({ accessKeyId: 'AKIA0000000000000000', secretAccessKey: 'x' }),
    });
    await expect(ecr.repository('app', undefined)).rejects.toThrow('without a URI');
    server.closeAllConnections();
    server.close();
  });
});
