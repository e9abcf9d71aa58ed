import { describe, expect, it } from 'vitest';
import type { EcsService, ServiceDeploymentEntry } from '../../../src/aws/ecs.ts';
import { type DeployPorts, startDeployment } from '../../../src/stages/deploy/deploy.ts';

const entry = (id: string, status = 'PRIMARY'): ServiceDeploymentEntry => ({
  id,
  status,
  rolloutState: 'IN_PROGRESS',
  taskDefinition: 'dyno-agent:57',
  createdAt: 0,
  running: 0,
});

const service = (...deployments: readonly ServiceDeploymentEntry[]): EcsService => ({
  arn: 'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  name: 'web',
  status: 'ACTIVE',
  taskDefinition: 'dyno-agent:57',
  controller: 'ECS',
  strategy: 'ROLLING',
  desired: 2,
  running: 2,
  circuitBreaker: { enabled: true, rollback: true },
  minimumHealthyPercent: 100,
  deployments,
  currentServiceDeployment: undefined,
  placement: {},
});

const FAMILY = 'arn:aws:ecs:us-east-1:123456789012:task-definition/dyno-agent';

const before = service(entry('ecs-svc/1'));
const after = service(entry('ecs-svc/2'), entry('ecs-svc/1', 'ACTIVE'));

const failing = (name: string, extra: object) => Object.assign(new Error('words'), { name, ...extra });
const throttled = failing('ThrottlingException', { $metadata: { httpStatusCode: 400 } });
const lost = failing('Error', { code: 'ECONNRESET' });
const hung = failing('TimeoutError', {});
const serverError = failing('ServerException', { $metadata: { httpStatusCode: 500 } });
const refused = failing('InvalidParameterException', { $metadata: { httpStatusCode: 400 } });
const denied = Object.assign(
  new Error('User: x is not authorized to perform: ecs:UpdateService on resource: y'),
  { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } },
);
const neverSent = failing('Error', { code: 'ECONNREFUSED' });

/** ECS that answers each UpdateService and each read in turn (the last one stays); counts both. */
function fakeEcs(
  updates: readonly (EcsService | Error)[],
  reads: readonly (EcsService | Error | undefined)[] = [before],
) {
  const calls = { updates: 0, reads: 0 };
  const turn = <T>(values: readonly T[], index: number) => values[Math.min(index, values.length - 1)];
  const ecs: DeployPorts['ecs'] = {
    forceNewDeployment: () => {
      const answer = turn(updates, calls.updates++);
      return answer instanceof Error || answer === undefined
        ? Promise.reject(answer ?? new Error('none'))
        : Promise.resolve(answer);
    },
    services: () => {
      const answer = turn(reads, calls.reads++);
      if (answer instanceof Error) return Promise.reject(answer);
      return Promise.resolve(answer ? [answer] : []);
    },
  };
  return { calls, ports: { ecs, signal: new AbortController().signal, rereadMs: 1 } };
}

describe('startDeployment', () => {
  it('gives the deployment that ECS accepted, after one UpdateService', async () => {
    const { calls, ports } = fakeEcs([after]);
    expect(await startDeployment('c', before, ports)).toMatchObject({
      accepted: { deployment: { id: 'ecs-svc/2' }, reconciled: false },
    });
    expect(calls).toEqual({ updates: 1, reads: 0 });
  });

  it('takes the PRIMARY one where several are new', async () => {
    const { ports } = fakeEcs([
      service(entry('ecs-svc/9', 'ACTIVE'), entry('ecs-svc/8'), entry('ecs-svc/1', 'ACTIVE')),
    ]);
    expect(await startDeployment('c', before, ports)).toMatchObject({
      accepted: { deployment: { id: 'ecs-svc/8' } },
    });
  });

  it.each([
    ['a cut connection', lost],
    ['silence', hung],
    ['HTTP 500', serverError],
    ['what nobody knows', new Error('what')],
  ])('never sends it again after %s: it reads the service, and finds the deployment', async (_, error) => {
    const { calls, ports } = fakeEcs([error], [before, lost, undefined, after]);
    expect(await startDeployment('c', before, ports)).toMatchObject({
      accepted: { deployment: { id: 'ecs-svc/2' }, reconciled: true },
    });
    expect(calls).toEqual({ updates: 1, reads: 4 });
  });

  it.each([
    ['a cut connection', lost],
    ['silence', hung],
    ['HTTP 500', serverError],
  ])('says that it is not known whether one started where none is found after %s', async (_, error) => {
    const { calls, ports } = fakeEcs([error]);
    const answer = await startDeployment('c', before, ports);
    expect(answer).toMatchObject({
      maybeStarted: true,
      refused: {
        code: 'DG562',
        level: 'error',
        fix: expect.stringContaining('aws ecs describe-services --cluster c --services web'),
      },
    });
    expect(calls.updates).toBe(1);
    expect(calls.reads).toBeGreaterThan(2);
  });

  it('reads the service where the answer names no new deployment', async () => {
    const { calls, ports } = fakeEcs([before], [before, after]);
    expect(await startDeployment('c', before, ports)).toMatchObject({ accepted: { reconciled: true } });
    expect(calls.updates).toBe(1);
  });

  it("takes another revision's deployment for nobody's but theirs after a lost answer", async () => {
    const theirs = { ...entry('ecs-svc/9'), taskDefinition: `${FAMILY}:59` };
    const ours = { ...entry('ecs-svc/8', 'ACTIVE'), taskDefinition: `${FAMILY}:58` };
    const old = entry('ecs-svc/1', 'ACTIVE');
    const found = fakeEcs([lost], [service(theirs, old), service(theirs, ours, old)]);
    expect(await startDeployment('c', before, found.ports, `${FAMILY}:58`)).toMatchObject({
      accepted: { deployment: { id: 'ecs-svc/8' }, reconciled: true },
    });
    const without = fakeEcs([lost], [service(theirs, old)]);
    expect(await startDeployment('c', before, without.ports, `${FAMILY}:58`)).toMatchObject({
      maybeStarted: true,
      refused: { code: 'DG562', title: expect.stringContaining('the service shows none of dyno-agent:58') },
    });
    expect(without.calls.updates).toBe(1);
  });

  it('sends a throttled one again: AWS did nothing', async () => {
    const { calls, ports } = fakeEcs([throttled, throttled, after]);
    expect(await startDeployment('c', before, ports)).toMatchObject({
      accepted: { deployment: { id: 'ecs-svc/2' }, reconciled: false },
    });
    expect(calls).toEqual({ updates: 3, reads: 0 });
  });

  it('does not send a lost one again that was throttled before', async () => {
    const { calls, ports } = fakeEcs([throttled, lost, after], [before]);
    expect(await startDeployment('c', before, ports)).toMatchObject({ maybeStarted: true });
    expect(calls.updates).toBe(2);
  });

  it('gives up on throttling in the end', async () => {
    const { calls, ports } = fakeEcs([throttled]);
    expect(await startDeployment('c', before, ports)).toMatchObject({
      maybeStarted: false,
      refused: { code: 'DG561' },
    });
    expect(calls.updates).toBeGreaterThan(3);
    expect(calls.updates).toBeLessThan(10);
  }, 30_000);

  it.each([
    ['a refusal', refused, 'DG561'],
    ['a denial', denied, 'DG563'],
    ['a connection that was never made', neverSent, 'DG561'],
  ])('says that nothing was started after %s', async (_, error, code) => {
    const { calls, ports } = fakeEcs([error]);
    expect(await startDeployment('c', before, ports)).toMatchObject({
      maybeStarted: false,
      refused: { code },
    });
    expect(calls).toEqual({ updates: 1, reads: 0 });
  });

  it('names the denied permission, and where it is needed', async () => {
    const { ports } = fakeEcs([denied]);
    expect(await startDeployment('c', before, ports)).toMatchObject({
      refused: {
        title: expect.stringContaining('ecs:UpdateService is denied'),
        fix: expect.stringContaining(before.arn),
      },
    });
  });

  it('starts nothing once the run is cancelled', async () => {
    const { calls, ports } = fakeEcs([after]);
    await expect(
      startDeployment('c', before, { ...ports, signal: AbortSignal.abort(new Error('cancelled')) }),
    ).rejects.toThrow('cancelled');
    expect(calls.updates).toBe(0);
  });
});
