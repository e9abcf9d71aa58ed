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

async function client(
  times: number,
  maxAttempts: number,
  kind: 'drip' | 'hang' = 'drip',
  limits: object = { requestTimeout: 15_000 },
  answerMs = 1_500,
): Promise<ECSClient> {
  sandbox = await startSandbox({ faults: [{ service: 'ecs', kind, times }] });
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = sandbox.env();
  return new ECSClient({
    region: 'us-east-1',
    endpoint: sandbox.url,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts,
    requestHandler: new BoundedHandler(limits, answerMs),
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

describe('an answer that does not come', () => {
  it.each([
    { requestTimeout: 200, throwOnRequestTimeout: true },
    { requestTimeout: 15_000, socketTimeout: 200 },
  ])('is told in our words (%o)', async (limits) => {
    const ecs = await client(9, 1, 'hang', limits);
    const error: unknown = await ecs.send(new ListClustersCommand({})).catch((thrown: unknown) => thrown);
    expect(readRefusal(error)).toMatchObject({
      kind: 'unreachable',
      message: 'no answer came within 0.2 s',
      maybeDone: true,
    });
  });

  it('is waited for three times, and not in all of the tries that a quick failure gets', async () => {
    const hung = await client(9, 6, 'hang', { requestTimeout: 100, throwOnRequestTimeout: true });
    const error: unknown = await hung.send(new ListClustersCommand({})).catch((thrown: unknown) => thrown);
    expect(readRefusal(error)).toMatchObject({
      kind: 'unreachable',
      message: 'no answer came within 0.1 s',
      maybeDone: true,
    });
    expect(sandbox?.truth().requests).toHaveLength(3);
    await sandbox?.close();
    const twice = await client(2, 6, 'hang', { requestTimeout: 1_500, throwOnRequestTimeout: true });
    expect((await twice.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
  });

  it('is told apart from a connection that is not made', () => {
    // Its words as @smithy/node-http-handler has them (set-connection-timeout.ts).
    const words =
      '@smithy/node-http-handler - the request socket did not establish a connection with the server within the configured timeout of 5000 ms.';
    const error = Object.assign(new Error(words), { name: 'TimeoutError' });
    expect(readRefusal(error)).toMatchObject({
      kind: 'unreachable',
      message: 'no connection was made within 5 s',
    });
  });
});
