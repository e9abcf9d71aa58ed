import type {
  HealthCheck,
  LoadBalancer,
  NetworkConfiguration,
  RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import type { ImageStore } from '../../registry/image-store.ts';
import type { ServiceSpec } from '../../scenarios/scenario.ts';
import { type Account, arnOf } from '../account.ts';
import { createRevision, endServiceDeployment } from './deployment-start.ts';
import { newDeployment, newServiceDeployment, newTask, runContainers } from './records.ts';
import type { Simulation } from './simulation.ts';
import type { Cluster, Service } from './state.ts';
import type { StoredTaskDefinition } from './task-definition-store.ts';
import { timingsOf } from './task-plan.ts';
import { rolloutReason } from './wording.ts';

/** Names of the default world. */
export const worldNames = {
  repository: 'dyno-agent',
  cluster: 'dyno-agent-cluster',
  service: 'dyno-agent-service',
  family: 'dyno-agent',
  logGroup: '/ecs/dyno-agent',
} as const;

/** The service that a scenario changes. */
export const defaultService: ServiceSpec = {
  name: worldNames.service,
  desiredCount: 2,
  launchType: 'FARGATE',
  deploymentConfiguration: {
    deploymentCircuitBreaker: { enable: true, rollback: true },
    maximumPercent: 200,
    minimumHealthyPercent: 100,
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
  },
  loadBalanced: true,
  controller: 'ECS',
  status: 'ACTIVE',
};

const dayMs = 24 * 60 * 60 * 1000;

/** Earlier images, oldest first: the commit each was built from, its age in days, and how long its rollout took. */
export const earlierImages = [
  { commit: '0d9f3c5b7e1a2846f0c4d8b6a9e35172c8d4f601', daysAgo: 24, seconds: 80 },
  { commit: '5be2a4d917c06f3e8a1b9d27405c6e8f3a7d1b92', daysAgo: 17, seconds: 65 },
  { commit: 'c41d7e0a962f5b38d1e4a7c09b83f6250d7ea814', daysAgo: 12, seconds: 74 },
  { commit: '7f20b9c6e4815da3027cf9b1e6d8045a3c92e7fd', daysAgo: 8, seconds: 71 },
  { commit: 'a31be07d5c2946f8b01e7a3d94c5f26087be9d13', daysAgo: 3, seconds: 68 },
] as const;

/** Puts the earlier images into the repository, the newest under `latest` and `more` too; gives their digests. */
export function seedImages(store: ImageStore, now: number, more: readonly string[] = []): readonly string[] {
  return earlierImages.map((image, index) => {
    const tags = index === earlierImages.length - 1 ? [image.commit, 'latest', ...more] : [image.commit];
    const pushedAt = now - image.daysAgo * dayMs - 60_000;
    return store.seedImage(worldNames.repository, tags, { marker: image.commit, pushedAt }).digest;
  });
}

const healthCheck: HealthCheck = {
  command: ['CMD-SHELL', 'curl -f http://localhost:8000/health || exit 1'],
  interval: 10,
  timeout: 5,
  retries: 3,
};

/** The task definition `dyno-agent:57`. */
export function seedTaskDefinition(simulation: Simulation, registryHost: string): StoredTaskDefinition {
  const { account } = simulation;
  const world = simulation.scenario.world ?? {};
  const input: RegisterTaskDefinitionCommandInput = {
    family: worldNames.family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '512',
    memory: '1024',
    runtimePlatform: { cpuArchitecture: world.cpuArchitecture ?? 'X86_64', operatingSystemFamily: 'LINUX' },
    executionRoleArn: arnOf(account, 'iam', 'role/ecsTaskExecutionRole'),
    taskRoleArn: arnOf(account, 'iam', 'role/dyno-agent-task'),
    tags: Object.entries(world.taskDefinitionTags ?? {}).map(([key, value]) => ({ key, value })),
    containerDefinitions: [
      {
        name: 'app',
        image: `${registryHost}/${worldNames.repository}:latest`,
        cpu: 0,
        essential: true,
        portMappings: [{ containerPort: 8000, hostPort: 8000, protocol: 'tcp' }],
        environment: [
          { name: 'DATABASE_HOST', value: 'dyno-agent.cluster-c9f2.us-east-1.rds.amazonaws.com' },
        ],
        mountPoints: [],
        ...(world.containerHealthCheck === true ? { healthCheck } : {}),
        volumesFrom: [],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': worldNames.logGroup,
            'awslogs-region': account.region,
            'awslogs-stream-prefix': 'app',
          },
        },
        ...world.container,
        ...(world.container?.image
          ? { image: world.container.image.replace('{registry}', registryHost) }
          : {}),
      },
    ],
  };
  const at = simulation.timeline.now() - 30 * dayMs;
  return simulation.taskDefinitions.register(input, {
    at,
    by: arnOf(account, 'iam', 'user/terraform'),
    firstRevision: 57,
  });
}

/** A service with five finished deployments, the tasks of the last one running. */
export function seedService(
  simulation: Simulation,
  cluster: Cluster,
  spec: ServiceSpec,
  seeds: { readonly taskDefinition: StoredTaskDefinition; readonly digests: readonly string[] },
): Service {
  const { account, timeline } = simulation;
  const service: Service = {
    arn: arnOf(account, 'ecs', `service/${cluster.name}/${spec.name}`),
    name: spec.name,
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    createdAt: timeline.now() - 30 * dayMs,
    launchType: spec.launchType,
    controller: spec.controller,
    scheduling: spec.scheduling ?? 'REPLICA',
    loadBalancers: spec.loadBalanced ? [loadBalancer(account, spec.name)] : [],
    networkConfiguration: network(),
    deploymentConfiguration: spec.deploymentConfiguration,
    status: spec.status,
    desiredCount: spec.desiredCount,
    taskDefinition: seeds.taskDefinition,
    deployments: [],
    everyDeployment: [],
    serviceDeployments: [],
    currentServiceDeployment: undefined,
    events: [],
    looks: new Set(),
    lastCompleted: undefined,
    steady: true,
  };
  for (const [index, digest] of seeds.digests.entries()) seedDeployment(simulation, service, index, digest);
  if (spec.status === 'ACTIVE')
    for (let index = 0; index < spec.desiredCount; index += 1) seedTask(simulation, service);
  simulation.state.services.push(service);
  return service;
}

function seedDeployment(simulation: Simulation, service: Service, index: number, digest: string): void {
  const image = earlierImages[index];
  if (image === undefined) return;
  const createdAt = simulation.timeline.now() - image.daysAgo * dayMs;
  const finishedAt = createdAt + image.seconds * 1000;
  const number = simulation.ids.digits19();
  const resolved = createRevision(simulation, service, service.taskDefinition, number);
  const revision = { ...resolved, createdAt, images: resolved.images.map((one) => ({ ...one, digest })) };
  simulation.state.revisions.set(revision.arn, revision);
  const id = `ecs-svc/${number}`;
  const deployment = newDeployment(id, revision, createdAt);
  deployment.rolloutState = 'COMPLETED';
  deployment.rolloutStateReason = rolloutReason.completed(id);
  deployment.updatedAt = finishedAt;
  const sources = service.lastCompleted === undefined ? [] : [service.lastCompleted];
  const finished = newServiceDeployment(simulation, service, deployment, sources);
  finished.startedAt = createdAt + 1000;
  endServiceDeployment(finished, 'SUCCESSFUL', undefined, finishedAt);
  service.serviceDeployments = [finished, ...service.serviceDeployments];
  service.currentServiceDeployment = finished;
  service.lastCompleted = revision;
  service.deployments = [deployment];
}

function seedTask(simulation: Simulation, service: Service): void {
  const [deployment] = service.deployments;
  if (deployment === undefined) return;
  const started = deployment.createdAt + 22_000;
  const task = newTask(simulation, service.clusterName, {
    revision: deployment.revision,
    group: `service:${service.name}`,
    startedBy: deployment.id,
    createdAt: deployment.createdAt + 2000,
    launchType: service.launchType,
    timings: timingsOf(simulation, service),
    service,
    deployment,
  });
  runContainers(simulation, task);
  task.lastStatus = 'RUNNING';
  task.healthy = true;
  task.version = 5;
  task.pullStartedAt = started - 12_000;
  task.pullStoppedAt = started - 4000;
  task.containersStartedAt = started - 4000;
  task.startedAt = started;
  simulation.state.tasks.push(task);
}

function loadBalancer(account: Account, service: string): LoadBalancer {
  return {
    targetGroupArn: arnOf(account, 'elasticloadbalancing', `targetgroup/${service}/6d0ecf831eec9f09`),
    containerName: 'app',
    containerPort: 8000,
  };
}

function network(): NetworkConfiguration {
  return {
    awsvpcConfiguration: {
      subnets: ['subnet-0a1b2c3d4e5f60718', 'subnet-0b2c3d4e5f6071829'],
      securityGroups: ['sg-0c3d4e5f60718293a'],
      assignPublicIp: 'DISABLED',
    },
  };
}
