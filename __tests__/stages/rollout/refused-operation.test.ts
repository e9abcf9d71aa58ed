import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ECSClient } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EcsObservations } from '../../../src/aws/ecs-observe.ts';
import { unreadable } from '../../../src/stages/rollout/observation.ts';
import { ObservationFault } from '../../../src/stages/rollout/ports.ts';
import { deployment, failed, going, look, verdictOf } from './observations.ts';

let type = '';
let status = 400;
const server = createServer((_, response) => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify({ __type: type, message: 'no' }));
});
let observer: EcsObservations;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  observer = new EcsObservations(
    new ECSClient({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      maxAttempts: 1,
    }),
  );
});
afterAll(() => server.close());

const list = () => observer.listServiceDeployments('c', 'web', new AbortController().signal);

describe('an operation that AWS refuses', () => {
  it.each([
    ['UnknownOperationException', { kind: 'unreadable', why: 'refused', name: 'UnknownOperationException' }],
    ['AccessDeniedException', { kind: 'unreadable', why: 'denied' }],
  ])('is read as what it is: %s', async (said, reading) => {
    [type, status] = [said, 400];
    expect(await list()).toMatchObject({ ...reading, permission: 'ecs:ListServiceDeployments' });
  });

  it('without an answer, names the action that had none', async () => {
    [type, status] = ['InternalError', 500];
    const fault = await list().catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ObservationFault);
    expect(fault).toMatchObject({ kind: 'unreachable', action: 'ecs:ListServiceDeployments' });
  });

  it('is told as such, not as a denial', () => {
    const shown = {
      ...going,
      serviceDeployment: unreadable('ecs:ListServiceDeployments', 'refused', 'UnknownOperationException'),
      stoppedTasks: [0, 1, 2].map((n) => failed(n, n * 30, 24, { exitCode: 1 })),
    };
    const plan = {
      deployment,
      waitForMs: 1_000,
      failFast: false,
      expected: { digest: 'd', childDigests: [], repositoryUri: 'r' },
    };
    const { notes } = verdictOf([look({ ...shown, log: unreadable('logs:GetLogEvents') })], 3_000, plan);
    const titles = notes.map(({ title }) => title);
    expect(titles).toContain(
      'AWS refused ecs:ListServiceDeployments (UnknownOperationException), which would have told more.',
    );
    expect(titles).toContain('The deploying role may not do logs:GetLogEvents, which would have told more.');
  });
});
