import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { BoundedHandler } from '../../src/aws/bounded-handler.ts';
import { readRefusal } from '../../src/aws/refusal.ts';

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function client(times: number, maxAttempts: number): Promise<ECSClient> {
  sandbox = await startSandbox({ faults: [{ service: 'ecs', kind: 'drip', times }] });
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = sandbox.env();
  return new ECSClient({
    region: 'us-east-1',
    endpoint: sandbox.url,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts,
    requestHandler: new BoundedHandler({ requestTimeout: 15_000 }, 300),
  });
}

describe('an answer of a byte a second', () => {
  it('is cut, and asked for again', async () => {
    const ecs = await client(1, 3);
    expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
  });

  it('is an answer that did not come, of a call that may have been done', async () => {
    const ecs = await client(9, 1);
    const error: unknown = await ecs.send(new ListClustersCommand({})).catch((thrown: unknown) => thrown);
    expect(readRefusal(error)).toMatchObject({ kind: 'unreachable', maybeDone: true });
  });
});
