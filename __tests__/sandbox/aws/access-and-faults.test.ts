import {
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeRepositoriesCommand, InitiateLayerUploadCommand } from '@aws-sdk/client-ecr';
import {
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../sandbox/sandbox.ts';
import { clientsOf, push, staticKeys, withSandbox } from './sdk-clients.ts';

const cluster = 'dyno-agent-cluster';
const service = 'dyno-agent-service';
const look = () => new DescribeServicesCommand({ cluster, services: [service] });
const update = () => new UpdateServiceCommand({ cluster, service, forceNewDeployment: true });

describe('denied actions', () => {
  it('are refused before anything else, with the user, the action and the resource', async () => {
    await withSandbox(
      { denied: ['ecs:ListServiceDeployments', 'ecr:InitiateLayerUpload'] },
      async (sandbox, { ecs, ecr }) => {
        await expect(ecs.send(new ListServiceDeploymentsCommand({ cluster, service }))).rejects.toMatchObject(
          {
            name: 'AccessDeniedException',
            message:
              'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecs:ListServiceDeployments on resource: arn:aws:ecs:us-east-1:123456789012:service/dyno-agent-cluster/dyno-agent-service because no identity-based policy allows the ecs:ListServiceDeployments action',
          },
        );
        await expect(
          ecr.send(new InitiateLayerUploadCommand({ repositoryName: 'not-there' })),
        ).rejects.toMatchObject({
          name: 'AccessDeniedException',
          message: expect.stringContaining(
            'on resource: arn:aws:ecr:us-east-1:123456789012:repository/not-there because',
          ),
        });
        await ecs.send(look());
        await expect(push(sandbox, 'v1', 'x')).rejects.toThrow(/403 .*"DENIED".*ecr:InitiateLayerUpload/);
        expect(sandbox.truth()).toMatchObject({ uploadsStarted: 0, manifestPuts: 0 });
      },
    );
  });

  it('can be all but a few; who one is may always be asked', async () => {
    await withSandbox({ allowedOnly: ['ecs:Describe*'] }, async (_sandbox, { ecs, ecr, sts }) => {
      await ecs.send(look());
      await sts.send(new GetCallerIdentityCommand({}));
      await expect(ecs.send(update())).rejects.toMatchObject({ name: 'AccessDeniedException' });
      await expect(ecr.send(new DescribeRepositoriesCommand({}))).rejects.toMatchObject({
        name: 'AccessDeniedException',
      });
    });
  });

  it('can be all but what statements allow, each on its resources and under its conditions', async () => {
    const arn = 'arn:aws:ecs:us-east-1:123456789012';
    const inCluster = { 'ecs:cluster': `${arn}:cluster/${cluster}` };
    const allowedOnly = [
      { actions: ['ecs:DescribeServices'], resources: [`${arn}:service/${cluster}/*`], conditions: {} },
      { actions: ['ecs:ListServices'], resources: ['*'], conditions: inCluster },
    ];
    const denied = { name: 'AccessDeniedException' };
    await withSandbox({ allowedOnly }, async (_sandbox, { ecs }) => {
      await ecs.send(look());
      const elsewhere = new DescribeServicesCommand({ cluster: 'another', services: [service] });
      await expect(ecs.send(elsewhere)).rejects.toMatchObject(denied);
      await ecs.send(new ListServicesCommand({ cluster }));
      await expect(ecs.send(new ListServicesCommand({ cluster: 'another' }))).rejects.toMatchObject(denied);
      await expect(ecs.send(update())).rejects.toMatchObject(denied);
    });
  });

  it('are asked for where a revision or a task gets tags, and not where it gets none', async () => {
    await withSandbox({ denied: ['ecs:TagResource'] }, async (_sandbox, { ecs }) => {
      const containerDefinitions = [{ name: 'app', image: 'app:1', memory: 128 }];
      const untagged = { family: 'job', containerDefinitions };
      const run = { cluster, taskDefinition: 'job' };
      const tags = [{ key: 'CostCenter', value: '41' }];
      await ecs.send(new RegisterTaskDefinitionCommand(untagged));
      await ecs.send(new RunTaskCommand(run));
      for (const command of [
        ecs.send(new RegisterTaskDefinitionCommand({ ...untagged, tags })),
        ecs.send(new RunTaskCommand({ ...run, tags })),
        ecs.send(new RunTaskCommand({ ...run, propagateTags: 'TASK_DEFINITION' })),
      ]) {
        await expect(command).rejects.toMatchObject({
          name: 'AccessDeniedException',
          message: expect.stringContaining(
            'not authorized to perform: ecs:TagResource on resource: arn:aws:ecs:',
          ),
        });
      }
    });
  });
});

describe('faults', () => {
  const fault = (kind: Fault['kind'], more: Partial<Fault> = {}): { faults: readonly Fault[] } => ({
    faults: [{ service: 'ecs', operation: 'UpdateService', kind, ...more }],
  });
  const started = (sandbox: { truth(): { deploymentsStarted: readonly unknown[] } }) =>
    sandbox.truth().deploymentsStarted.length;

  it.each([
    ['throttle', { name: 'ThrottlingException', message: 'Rate exceeded' }],
    ['500', { name: 'InternalFailure', $metadata: expect.objectContaining({ httpStatusCode: 500 }) }],
    ['503', { name: 'ServiceUnavailable', $metadata: expect.objectContaining({ httpStatusCode: 503 }) }],
    ['reset-before', { code: 'ECONNRESET' }],
    ['html', { $metadata: expect.objectContaining({ httpStatusCode: 502 }) }],
  ] as const)('%s keeps the call from being carried out', async (kind, wanted) => {
    await withSandbox(fault(kind), async (sandbox, { ecs }) => {
      await expect(ecs.send(update())).rejects.toMatchObject(wanted);
      expect(started(sandbox)).toBe(0);
      await ecs.send(look());
    });
  });

  it.each(['reset-after', 'truncated'] as const)(
    '%s loses the answer of a call that was carried out',
    async (kind) => {
      await withSandbox(fault(kind), async (sandbox, { ecs }) => {
        await expect(ecs.send(update())).rejects.toThrow();
        expect(started(sandbox)).toBe(1);
        expect(sandbox.truth().updateServiceCalls).toHaveLength(1);
      });
    },
  );

  it('shows what the SDK does by itself: a lost answer is asked for again, and two deployments start', async () => {
    await withSandbox(fault('reset-after', { times: 1 }), async (sandbox) => {
      await clientsOf(sandbox, staticKeys(sandbox), 3).ecs.send(update());
      expect(started(sandbox)).toBe(2);
    });
  });

  it('hit only as many calls as they say, after as many as they say', async () => {
    await withSandbox(
      { faults: [{ operation: 'DescribeServices', kind: 'throttle', after: 1, times: 2 }] },
      async (sandbox, { ecs }) => {
        const outcomes: string[] = [];
        for (let call = 0; call < 5; call += 1) {
          outcomes.push(
            await ecs.send(look()).then(
              () => 'ok',
              (error: Error) => error.name,
            ),
          );
        }
        expect(outcomes).toEqual(['ok', 'ThrottlingException', 'ThrottlingException', 'ok', 'ok']);
        expect(sandbox.truth().calls.map((call) => call.errorCode ?? 'ok')).toEqual(outcomes);
      },
    );
  });

  it('can leave a call without an answer', async () => {
    await withSandbox(fault('hang'), async (sandbox, { ecs }) => {
      await expect(ecs.send(update(), { abortSignal: AbortSignal.timeout(150) })).rejects.toMatchObject({
        name: 'AbortError',
      });
      expect(started(sandbox)).toBe(0);
    });
  });

  it('reach the registry as well', async () => {
    await withSandbox(
      { faults: [{ service: 'registry', operation: 'PutImage', kind: '503', times: 1 }] },
      async (sandbox) => {
        await expect(push(sandbox, 'v1', 'x')).rejects.toThrow(/503/);
        await push(sandbox, 'v1', 'x');
        expect(sandbox.truth().manifestPuts).toBe(1);
      },
    );
  });

  it('may be latency alone', async () => {
    await withSandbox({ latencyMs: 120 }, async (_sandbox, { ecs }) => {
      const before = performance.now();
      await ecs.send(look());
      expect(performance.now() - before).toBeGreaterThan(115);
    });
  });
});

describe('several sandboxes and many calls at once', () => {
  it('do not disturb one another', async () => {
    await withSandbox({ speed: 500 }, async (left, leftClients) => {
      await withSandbox({ scenario: 'crash-loop', speed: 500 }, async (right, rightClients) => {
        await Promise.all([leftClients, rightClients].map(({ ecs }) => ecs.send(update())));
        const calls = Array.from({ length: 40 }, (_one, index) =>
          (index % 2 === 0 ? leftClients : rightClients).ecs.send(look()),
        );
        const answers = await Promise.all(calls);
        expect(answers.every((answer) => answer.services?.length === 1)).toBe(true);
        expect(left.truth().calls).toHaveLength(21);
        expect(right.truth().calls).toHaveLength(21);
        await expect(clientsOf(right, staticKeys(left)).ecs.send(look())).resolves.toBeDefined();
      });
    });
  });
});

describe('CloudWatch Logs', () => {
  it('holds what the crashing container wrote, under prefix/container/task', async () => {
    await withSandbox(
      { scenario: 'circuit-breaker-rollback', speed: 300 },
      async (sandbox, { ecs, logs }) => {
        await push(sandbox, 'latest', 'new commit');
        await ecs.send(update());
        await new Promise((resolve) => setTimeout(resolve, 250));
        const { taskArns } = await ecs.send(
          new ListTasksCommand({ cluster, serviceName: service, desiredStatus: 'STOPPED' }),
        );
        const id = taskArns?.[0]?.split('/').at(-1);
        const logGroupName = '/ecs/dyno-agent';
        const stream = { logGroupName, logStreamName: `app/app/${id}` };
        const { events } = await logs.send(new GetLogEventsCommand(stream));
        expect(events?.at(-1)?.message).toBe('RuntimeError: DATABASE_URL is not set');
        expect(events?.map((event) => event.timestamp)).toEqual(
          events?.map((event) => event.timestamp).sort(),
        );
        const tail = await logs.send(new GetLogEventsCommand({ ...stream, limit: 2 }));
        expect(tail.events?.map((event) => event.message)).toEqual(
          events?.slice(-2).map((event) => event.message),
        );
        const earlier = await logs.send(
          new GetLogEventsCommand({ ...stream, limit: 2, nextToken: tail.nextBackwardToken }),
        );
        expect(earlier.events?.at(-1)).toEqual(events?.at(-3));
        const found = await logs.send(
          new FilterLogEventsCommand({ logGroupName, filterPattern: 'RuntimeError' }),
        );
        expect(new Set(found.events?.map((event) => event.logStreamName)).size).toBeGreaterThanOrEqual(2);
        const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/ecs/' }));
        expect(logGroups).toMatchObject([{ logGroupName }]);
      },
    );
  });

  it('refuses groups and streams that are not there', async () => {
    await withSandbox({ denied: ['logs:FilterLogEvents'] }, async (_sandbox, { logs }) => {
      const get = (logGroupName: string) =>
        logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'none' }));
      await expect(get('/ecs/none')).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: 'The specified log group does not exist.',
      });
      await expect(get('/ecs/dyno-agent')).rejects.toMatchObject({
        message: 'The specified log stream does not exist.',
      });
      await expect(
        logs.send(new FilterLogEventsCommand({ logGroupName: '/ecs/dyno-agent' })),
      ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    });
  });
});
