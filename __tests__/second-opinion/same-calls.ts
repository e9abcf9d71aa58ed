import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  ListImagesCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  type NetworkConfiguration,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { buildSeedImage } from '../../sandbox/registry/seed-image.ts';
import type { Clients, Network } from './moto.ts';

/** What the calls are asked about: the same names in both worlds. */
export const NAMES = {
  repository: 'dyno-agent',
  cluster: 'dyno-agent-cluster',
  service: 'dyno-agent-service',
  group: '/ecs/dyno-agent',
  role: 'arn:aws:iam::123456789012:role/deploy',
} as const;

const definition = {
  family: 'compared',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
  containerDefinitions: [
    {
      name: 'app',
      image: 'dyno-agent:latest',
      essential: true,
      // AWS takes those of the task; moto counts with these.
      cpu: 256,
      memory: 512,
      environment: [{ name: 'A', value: 'b' }],
      portMappings: [{ containerPort: 8000, protocol: 'tcp' }],
      logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': NAMES.group } },
    },
  ],
  tags: [{ key: 'team', value: 'dyno' }],
} as const;
const networkIn = ({ subnet, securityGroup }: Network): NetworkConfiguration => ({
  awsvpcConfiguration: { subnets: [subnet], securityGroups: [securityGroup], assignPublicIp: 'ENABLED' },
});

/** Makes in an empty AWS what the sandbox has from the start. */
export async function furnish({ ecr, ecs, logs }: Clients, network: Network): Promise<void> {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: NAMES.repository }));
  const { manifest, mediaType } = buildSeedImage('before');
  await ecr.send(
    new PutImageCommand({
      repositoryName: NAMES.repository,
      imageManifest: manifest.toString('utf8'),
      imageManifestMediaType: mediaType,
      imageTag: 'latest',
    }),
  );
  await ecs.send(new CreateClusterCommand({ clusterName: NAMES.cluster }));
  await ecs.send(new RegisterTaskDefinitionCommand(mutable(definition)));
  await ecs.send(
    new CreateServiceCommand({
      cluster: NAMES.cluster,
      serviceName: NAMES.service,
      taskDefinition: definition.family,
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: networkIn(network),
    }),
  );
  await logs.send(new CreateLogGroupCommand({ logGroupName: NAMES.group }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: NAMES.group, logStreamName: 'app/app/1' }));
  const logEvents = [{ timestamp: Date.now(), message: 'started' }];
  await logs.send(
    new PutLogEventsCommand({ logGroupName: NAMES.group, logStreamName: 'app/app/1', logEvents }),
  );
}

/** Who calls, the registry and its images: each call's answer. */
export async function aboutImages({ sts, ecr }: Clients): Promise<Readonly<Record<string, unknown>>> {
  const { repository: repositoryName } = NAMES;
  const latest = { repositoryName, imageIds: [{ imageTag: 'latest' }] };
  const { images = [] } = await ecr.send(new BatchGetImageCommand(latest));
  const put = { repositoryName, imageTag: 'compared', imageManifest: images[0]?.imageManifest };
  const missing = { repositoryName, imageIds: [{ imageTag: 'nothing' }] };
  return {
    'sts.GetCallerIdentity': await sts.send(new GetCallerIdentityCommand({})),
    'sts.AssumeRole': await sts.send(
      new AssumeRoleCommand({ RoleArn: NAMES.role, RoleSessionName: 'compared' }),
    ),
    'ecr.GetAuthorizationToken': await ecr.send(new GetAuthorizationTokenCommand({})),
    'ecr.DescribeRepositories': await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
    ),
    'ecr.DescribeImages': await ecr.send(new DescribeImagesCommand(latest)),
    'ecr.ListImages': await ecr.send(new ListImagesCommand({ repositoryName })),
    'ecr.BatchGetImage': await ecr.send(new BatchGetImageCommand(latest)),
    'ecr.BatchGetImage (missing)': await ecr.send(new BatchGetImageCommand(missing)),
    'ecr.PutImage': await ecr.send(new PutImageCommand(put)),
    'ecr.DescribeRepositories (missing)': await refused(
      ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['nowhere'] })),
    ),
    'ecr.DescribeImages (missing)': await refused(ecr.send(new DescribeImagesCommand(missing))),
    'ecr.PutImage (again)': await refused(ecr.send(new PutImageCommand(put))),
  };
}

/** Task definitions, services and tasks, in the order of a deploy: each call's answer. */
export async function aboutServices(
  { ecs }: Clients,
  network: Network,
): Promise<Readonly<Record<string, unknown>>> {
  const { cluster, service } = NAMES;
  const registered = await ecs.send(new RegisterTaskDefinitionCommand(mutable(definition)));
  const taskDefinition = registered.taskDefinition?.taskDefinitionArn ?? '';
  const run = await ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition,
      launchType: 'FARGATE',
      networkConfiguration: networkIn(network),
      overrides: { containerOverrides: [{ name: 'app', command: ['migrate'] }] },
      startedBy: 'compared',
    }),
  );
  const tasks = [run.tasks?.[0]?.taskArn ?? ''];
  const update = { cluster, service, forceNewDeployment: true };
  return {
    'ecs.RegisterTaskDefinition': registered,
    'ecs.DescribeTaskDefinition': await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }),
    ),
    'ecs.ListTaskDefinitions': await ecs.send(new ListTaskDefinitionsCommand({})),
    'ecs.DescribeClusters': await ecs.send(new DescribeClustersCommand({ clusters: [cluster] })),
    'ecs.DescribeClusters (missing)': await ecs.send(new DescribeClustersCommand({ clusters: ['none'] })),
    'ecs.ListClusters': await ecs.send(new ListClustersCommand({})),
    'ecs.ListServices': await ecs.send(new ListServicesCommand({ cluster })),
    'ecs.DescribeServices': await ecs.send(new DescribeServicesCommand({ cluster, services: [service] })),
    'ecs.DescribeServices (missing)': await ecs.send(
      new DescribeServicesCommand({ cluster, services: ['none'] }),
    ),
    'ecs.RunTask': run,
    'ecs.ListTasks': await ecs.send(new ListTasksCommand({ cluster })),
    'ecs.DescribeTasks': await ecs.send(new DescribeTasksCommand({ cluster, tasks })),
    'ecs.StopTask': await ecs.send(
      new StopTaskCommand({ cluster, task: tasks[0] ?? '', reason: 'compared' }),
    ),
    'ecs.UpdateService': await ecs.send(new UpdateServiceCommand(update)),
    'ecs.UpdateService (missing)': await refused(
      ecs.send(new UpdateServiceCommand({ ...update, service: 'none' })),
    ),
    'ecs.DescribeServices (no cluster)': await refused(
      ecs.send(new DescribeServicesCommand({ cluster: 'none', services: [service] })),
    ),
    'ecs.DescribeTaskDefinition (missing)': await refused(
      ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'none:1' })),
    ),
  };
}

/** The logs: each call's answer, once a task has said something. */
export async function aboutLogs({ logs }: Clients): Promise<Readonly<Record<string, unknown>>> {
  const logGroupName = NAMES.group;
  let streams = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
  // The deployment's tasks take a while to say something.
  for (let tries = 0; streams.logStreams?.length === 0 && tries < 100; tries += 1) {
    await sleep(50);
    streams = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
  }
  const logStreamName = streams.logStreams?.[0]?.logStreamName ?? '';
  return {
    'logs.DescribeLogGroups': await logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }),
    ),
    'logs.DescribeLogStreams': streams,
    'logs.GetLogEvents': await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName })),
    'logs.FilterLogEvents': await logs.send(new FilterLogEventsCommand({ logGroupName })),
    'logs.GetLogEvents (missing)': await refused(
      logs.send(new GetLogEventsCommand({ logGroupName: 'none', logStreamName })),
    ),
  };
}

/** What a refusal is told by: its name. As a path, so that two that differ are a difference. */
async function refused(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return { refused: { [error instanceof Error ? error.name : 'unknown']: true } };
  }
  return { accepted: true };
}

/** The SDK's inputs are mutable types. */
function mutable<Value>(value: Value): Mutable<Value> {
  return structuredClone(value) as Mutable<Value>;
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Mutable<Value[Key]> };
