import {
  DescribeClustersCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { findScenario } from '../../../sandbox/scenarios/index.ts';
import { success } from '../../../sandbox/scenarios/success.ts';
import { type clientsOf, push, withSandbox } from './sdk-clients.ts';

const cluster = 'dyno-agent-cluster';
const service = 'dyno-agent-service';
type Ecs = ReturnType<typeof clientsOf>['ecs'];

const forced = (ecs: Ecs, name = service) =>
  ecs.send(new UpdateServiceCommand({ cluster, service: name, forceNewDeployment: true }));

async function until<T>(look: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 500; turn += 1) {
    const value = await look();
    if (good(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it never came to that');
}

const deploymentOf = async (ecs: Ecs, arn: string | undefined) =>
  (await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn ?? ''] })))
    .serviceDeployments?.[0];

describe('a forced deployment, through the SDK', () => {
  it('runs beside the old one, and every API tells the same of it', async () => {
    await withSandbox({ speed: 200 }, async (sandbox, { ecs }) => {
      const digest = await push(sandbox, 'latest', 'new commit');
      const { service: updated } = await forced(ecs);
      expect(updated?.deployments?.map((one) => one.status)).toEqual(['PRIMARY', 'ACTIVE']);
      const id = updated?.deployments?.[0]?.id;
      const arn = updated?.currentServiceDeployment;
      const done = await until(
        () => deploymentOf(ecs, arn),
        (one) => one?.status === 'SUCCESSFUL',
      );
      expect(done?.finishedAt?.getTime()).toBeGreaterThan(
        done?.startedAt?.getTime() ?? Number.POSITIVE_INFINITY,
      );
      expect(done?.deploymentCircuitBreaker).toEqual({
        status: 'MONITORING_COMPLETE',
        failureCount: 0,
        threshold: 3,
      });
      const listed = await ecs.send(new ListServiceDeploymentsCommand({ cluster, service }));
      expect(listed.serviceDeployments).toHaveLength(6);
      expect(listed.serviceDeployments?.[0]).toMatchObject({
        serviceDeploymentArn: arn,
        status: 'SUCCESSFUL',
      });
      const revisionArn = done?.targetServiceRevision?.arn ?? '';
      const { serviceRevisions } = await ecs.send(
        new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revisionArn] }),
      );
      expect(serviceRevisions?.[0]?.containerImages).toEqual([
        { containerName: 'app', image: `${sandbox.registryHost}/dyno-agent:latest`, imageDigest: digest },
      ]);
      const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: service }));
      const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
      expect(
        tasks?.map((task) => [task.lastStatus, task.startedBy, task.containers?.[0]?.imageDigest]),
      ).toEqual([
        ['RUNNING', id, digest],
        ['RUNNING', id, digest],
      ]);
      expect(sandbox.truth()).toMatchObject({
        runningDigests: { [service]: [digest] },
        deploymentsStarted: [{ deploymentId: id, digests: [digest], serviceDeploymentStatus: 'SUCCESSFUL' }],
        updateServiceCalls: [{ operation: 'UpdateService', input: { forceNewDeployment: true } }],
      });
    });
  });

  it('lists service deployments by status and by time', async () => {
    await withSandbox({}, async (sandbox, { ecs }) => {
      await forced(ecs);
      const list = async (input: object) =>
        (await ecs.send(new ListServiceDeploymentsCommand({ cluster, service, ...input }))).serviceDeployments
          ?.length;
      expect(await list({ status: ['SUCCESSFUL'] })).toBe(5);
      expect(await list({ status: ['PENDING', 'IN_PROGRESS'] })).toBe(1);
      const tenDaysAgo = new Date(sandbox.clock.now() - 10 * 86_400_000);
      expect(await list({ createdAt: { after: tenDaysAgo } })).toBe(3);
      expect(await list({ createdAt: { before: tenDaysAgo } })).toBe(3);
      expect(await list({ maxResults: 2 })).toBe(2);
    });
  });

  it('is rolled back by StopServiceDeployment, which a finished one refuses', async () => {
    await withSandbox({ speed: 200 }, async (sandbox, { ecs }) => {
      await push(sandbox, 'latest', 'new commit');
      const { service: updated } = await forced(ecs);
      const serviceDeploymentArn = updated?.currentServiceDeployment;
      const stop = new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' });
      await until(
        () => deploymentOf(ecs, serviceDeploymentArn),
        (one) => one?.targetServiceRevision?.runningTaskCount === 2,
      );
      await ecs.send(stop);
      const done = await until(
        () => deploymentOf(ecs, serviceDeploymentArn),
        (one) => one?.status === 'ROLLBACK_SUCCESSFUL',
      );
      expect(done?.rollback?.serviceRevisionArn).toBe(done?.sourceServiceRevisions?.[0]?.arn);
      await expect(ecs.send(stop)).rejects.toMatchObject({ name: 'ConflictException' });
      const unknown = new StopServiceDeploymentCommand({ serviceDeploymentArn: `${serviceDeploymentArn}x` });
      await expect(ecs.send(unknown)).rejects.toMatchObject({ name: 'ServiceDeploymentNotFoundException' });
    });
  });
});

describe('what ECS refuses', () => {
  it('has the codes and words of ECS', async () => {
    await withSandbox({}, async (_sandbox, { ecs }) => {
      const describe_ = (input: object) =>
        ecs.send(new DescribeServicesCommand({ cluster, services: [service], ...input }));
      await expect(describe_({ cluster: 'elsewhere' })).rejects.toMatchObject({
        name: 'ClusterNotFoundException',
        message: 'Cluster not found.',
      });
      await expect(describe_({ cluster: undefined })).rejects.toMatchObject({
        name: 'ClusterNotFoundException',
      });
      await expect(describe_({ services: [] })).rejects.toMatchObject({ name: 'InvalidParameterException' });
      await expect(
        describe_({ services: Array.from({ length: 11 }, (_one, index) => `s${index}`) }),
      ).rejects.toMatchObject({ name: 'InvalidParameterException' });
      await expect(forced(ecs, 'dyno-agent-servcie')).rejects.toMatchObject({
        name: 'ServiceNotFoundException',
        message: 'Service not found.',
      });
      const gone = new UpdateServiceCommand({ cluster, service, taskDefinition: 'dyno-agent:58' });
      await expect(ecs.send(gone)).rejects.toMatchObject({
        name: 'ClientException',
        message: 'TaskDefinition not found.',
      });
      await expect(
        ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'nothing' })),
      ).rejects.toMatchObject({
        name: 'ClientException',
        message: 'Unable to describe task definition.',
      });
      const { failures } = await describe_({ services: [service, 'other'] });
      expect(failures).toEqual([
        { arn: `arn:aws:ecs:us-east-1:123456789012:service/${cluster}/other`, reason: 'MISSING' },
      ]);
      const clusters = await ecs.send(new DescribeClustersCommand({ clusters: [cluster, 'elsewhere'] }));
      expect(clusters.clusters).toMatchObject([
        { clusterName: cluster, status: 'ACTIVE', activeServicesCount: 1 },
      ]);
      expect(clusters.failures).toMatchObject([{ reason: 'MISSING' }]);
    });
  });

  it.each([
    ['CODE_DEPLOY', 'InvalidParameterException', /CODE_DEPLOY deployment controller/],
    ['EXTERNAL', 'InvalidParameterException', /EXTERNAL deployment controller/],
  ] as const)('is a forced deployment under %s', async (controller, name, message) => {
    const scenario = { ...success, world: { services: [{ controller }] } };
    await withSandbox({ scenario }, async (sandbox, { ecs }) => {
      await expect(forced(ecs)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
      expect(sandbox.truth().deploymentsStarted).toEqual([]);
    });
  });

  it('is any deployment of a service that is not active', async () => {
    const scenario = { ...success, world: { services: [{ status: 'INACTIVE' as const }] } };
    await withSandbox({ scenario }, async (_sandbox, { ecs }) => {
      await expect(forced(ecs)).rejects.toMatchObject({
        name: 'ServiceNotActiveException',
        message: 'Service was not ACTIVE.',
      });
      expect((await ecs.send(new ListServicesCommand({ cluster }))).serviceArns).toEqual([]);
    });
  });
});

describe('task definitions', () => {
  it('come back with everything that was registered', async () => {
    await withSandbox({}, async (_sandbox, { ecs }) => {
      const input: RegisterTaskDefinitionCommandInput = {
        family: 'dyno-agent',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '512',
        memory: '1024',
        volumes: [
          { name: 'maps', efsVolumeConfiguration: { fileSystemId: 'fs-1', transitEncryption: 'ENABLED' } },
        ],
        ephemeralStorage: { sizeInGiB: 40 },
        runtimePlatform: { cpuArchitecture: 'ARM64' },
        containerDefinitions: [
          {
            name: 'app',
            image: 'repository/image:tag',
            secrets: [{ name: 'JWT_SECRET', valueFrom: 'arn:aws:ssm:us-east-1:123456789012:parameter/jwt' }],
            dependsOn: [{ containerName: 'proxy', condition: 'HEALTHY' }],
            ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 4096 }],
            dockerLabels: { team: 'dyno' },
          },
          { name: 'proxy', image: 'envoy:1', essential: false, restartPolicy: { enabled: true } },
        ],
        tags: [{ key: 'owner', value: 'acme' }],
      };
      const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(input));
      expect(taskDefinition?.taskDefinitionArn).toBe(
        'arn:aws:ecs:us-east-1:123456789012:task-definition/dyno-agent:58',
      );
      const read = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: 'dyno-agent', include: ['TAGS'] }),
      );
      const { tags, ...given } = input;
      expect(read.taskDefinition).toMatchObject(given);
      expect(read.tags).toEqual(tags);
      expect(read.taskDefinition).toEqual(taskDefinition);
      const list = await ecs.send(
        new ListTaskDefinitionsCommand({ familyPrefix: 'dyno-agent', sort: 'DESC' }),
      );
      expect(list.taskDefinitionArns?.map((arn) => arn.slice(-2))).toEqual(['58', '57']);
    });
  });
});

describe('RunTask', () => {
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

  it('runs a command of its own to its exit code', async () => {
    await withSandbox({ scenario: findScenario('migration-fails'), speed: 200 }, async (sandbox, { ecs }) => {
      const overrides = { containerOverrides: [{ name: 'app', command: ['alembic', 'upgrade', 'head'] }] };
      const { tasks } = await ecs.send(
        new RunTaskCommand({
          cluster,
          taskDefinition: 'dyno-agent:57',
          networkConfiguration,
          overrides,
          startedBy: 'deploy-guard',
        }),
      );
      const arns = tasks?.flatMap((task) => task.taskArn ?? []) ?? [];
      await waitUntilTasksStopped(
        { client: ecs, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
        { cluster, tasks: arns },
      );
      const { tasks: ended } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns }));
      expect(ended?.[0]).toMatchObject({
        stopCode: 'EssentialContainerExited',
        containers: [{ name: 'app', exitCode: 1 }],
      });
      expect(sandbox.truth().oneOffTasks).toMatchObject([
        { exitCode: 1, command: ['alembic', 'upgrade', 'head'] },
      ]);
    });
  });

  it('wants a network for awsvpc, and leave to pass the roles', async () => {
    await withSandbox({ denied: ['iam:PassRole'] }, async (sandbox, { ecs }) => {
      await expect(
        ecs.send(new RunTaskCommand({ cluster, taskDefinition: 'dyno-agent:57', networkConfiguration })),
      ).rejects.toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining(
          'is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
        ),
      });
      expect(sandbox.truth().oneOffTasks).toEqual([]);
    });
    await withSandbox({}, async (_sandbox, { ecs }) => {
      await expect(
        ecs.send(new RunTaskCommand({ cluster, taskDefinition: 'dyno-agent:57' })),
      ).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
      });
    });
  });
});
