import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
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

  it('is no service without tasks', async () => {
    const observations = new EcsObservations((await ecs()).client);
    const { signal } = new AbortController();
    await expect(
      observations.tasks(CLUSTER, [SERVICE], 'RUNNING', signal),
    ).rejects.toThrow('without tasks');
  });
});
