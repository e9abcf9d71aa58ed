import type {
  DescribeClustersCommandInput,
  DescribeClustersCommandOutput,
  DescribeServicesCommandInput,
  DescribeServicesCommandOutput,
  ListClustersCommandInput,
  ListClustersCommandOutput,
  ListServicesCommandInput,
  ListServicesCommandOutput,
  UpdateServiceCommandInput,
  UpdateServiceCommandOutput,
} from '@aws-sdk/client-ecs';
import { arnOf, nameIn } from '../account.ts';
import type { Service } from '../ecs-simulation/state.ts';
import { type AwsWorld, type Call, type Operation, operation, pageOf } from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import { serviceShape } from './shapes.ts';

/** The ARN of a service for an authorization check, from what a request names. */
export function serviceResource(
  world: AwsWorld,
  cluster: string | undefined,
  service: string | undefined,
): string {
  if (service?.startsWith('arn:') === true) return service;
  return arnOf(world.account, 'ecs', `service/${nameIn(cluster ?? 'default')}/${service ?? '*'}`);
}

const clusterResource = (world: AwsWorld, cluster: string | undefined) =>
  arnOf(world.account, 'ecs', `cluster/${nameIn(cluster ?? 'default')}`);

/** ECS: clusters and services. */
export const serviceOperations: Readonly<Record<string, Operation>> = {
  DescribeClusters: operation<DescribeClustersCommandInput, DescribeClustersCommandOutput>({
    action: 'ecs:DescribeClusters',
    resource: (input, world) => clusterResource(world, input.clusters?.[0]),
    run: describeClusters,
  }),
  ListClusters: operation<ListClustersCommandInput, ListClustersCommandOutput>({
    action: 'ecs:ListClusters',
    resource: () => '*',
    run: (input, { world }) => {
      const arns = world.ecs.simulation.state.clusters.map((cluster) => cluster.arn);
      const page = pageOf(arns, input.nextToken, input.maxResults ?? 100);
      return { clusterArns: page.items, nextToken: page.nextToken };
    },
  }),
  DescribeServices: operation<DescribeServicesCommandInput, DescribeServicesCommandOutput>({
    action: 'ecs:DescribeServices',
    resource: (input, world) => serviceResource(world, input.cluster, input.services?.[0]),
    run: describeServices,
  }),
  ListServices: operation<ListServicesCommandInput, ListServicesCommandOutput>({
    action: 'ecs:ListServices',
    resource: () => '*',
    run: (input, { world }) => {
      const cluster = world.ecs.cluster(input.cluster);
      const services = world.ecs.simulation.state.services.filter(
        (one) => one.clusterName === cluster.name && one.status !== 'INACTIVE',
      );
      const page = pageOf(services, input.nextToken, input.maxResults ?? 10);
      return { serviceArns: page.items.map((one) => one.arn), nextToken: page.nextToken };
    },
  }),
  UpdateService: operation<UpdateServiceCommandInput, UpdateServiceCommandOutput>({
    action: 'ecs:UpdateService',
    resource: (input, world) => serviceResource(world, input.cluster, input.service),
    run: updateService,
  }),
};

function describeClusters(
  input: DescribeClustersCommandInput,
  { world }: Call,
): Omit<DescribeClustersCommandOutput, '$metadata'> {
  const { clusters, services, tasks } = world.ecs.simulation.state;
  const wanted = (input.clusters ?? ['default']).map((reference) => ({ reference, name: nameIn(reference) }));
  const found = clusters.filter((cluster) => wanted.some(({ name }) => name === cluster.name));
  return {
    clusters: found.map((cluster) => ({
      clusterArn: cluster.arn,
      clusterName: cluster.name,
      status: cluster.status,
      registeredContainerInstancesCount: 0,
      runningTasksCount: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
      pendingTasksCount: tasks.filter((task) =>
        ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(task.lastStatus),
      ).length,
      activeServicesCount: services.filter(
        (one) => one.clusterName === cluster.name && one.status === 'ACTIVE',
      ).length,
      statistics: [],
      tags: [],
      settings: [],
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    })),
    failures: wanted
      .filter(({ name }) => !found.some((cluster) => cluster.name === name))
      .map(({ reference, name }) => ({
        arn: reference.startsWith('arn:') ? reference : clusterResource(world, name),
        reason: 'MISSING',
      })),
  };
}

function describeServices(
  input: DescribeServicesCommandInput,
  { world }: Call,
): Omit<DescribeServicesCommandOutput, '$metadata'> {
  const cluster = world.ecs.cluster(input.cluster);
  const references = input.services ?? [];
  if (references.length === 0)
    throw new ServiceError('InvalidParameterException', 'Services cannot be empty.');
  if (references.length > 10)
    throw new ServiceError('InvalidParameterException', 'Services cannot have more than 10 elements.');
  const found: Service[] = [];
  const failures: { arn: string; reason: string }[] = [];
  for (const reference of new Set(references)) {
    const service = world.ecs.findService(cluster, reference);
    if (service !== undefined) found.push(service);
    else failures.push({ arn: serviceResource(world, cluster.name, reference), reason: 'MISSING' });
  }
  return { services: found.map((service) => serviceShape(world.ecs, service)), failures };
}

function updateService(
  input: UpdateServiceCommandInput,
  call: Call,
): Omit<UpdateServiceCommandOutput, '$metadata'> {
  const { ecs, others } = call.world;
  const service = ecs.service(ecs.cluster(input.cluster), input.service);
  if (service.status !== 'ACTIVE')
    throw new ServiceError('ServiceNotActiveException', 'Service was not ACTIVE.');
  refuseOtherControllers(service, input);
  const taskDefinition =
    input.taskDefinition === undefined
      ? undefined
      : ecs.simulation.taskDefinitions.find(input.taskDefinition);
  if (input.taskDefinition !== undefined && taskDefinition === undefined) {
    throw new ServiceError('ClientException', 'TaskDefinition not found.');
  }
  if (taskDefinition?.definition.status === 'INACTIVE')
    throw new ServiceError('ClientException', 'TaskDefinition is inactive');
  if (
    input.desiredCount !== undefined &&
    !(Number.isInteger(input.desiredCount) && input.desiredCount >= 0)
  ) {
    throw new ServiceError('InvalidParameterException', 'Desired count must be non-negative.');
  }
  others.updateServiceArrived();
  ecs.updateService(service, {
    force: input.forceNewDeployment === true,
    ...(taskDefinition === undefined ? {} : { taskDefinition }),
    ...(input.desiredCount === undefined ? {} : { desiredCount: input.desiredCount }),
    ...(input.deploymentConfiguration === undefined
      ? {}
      : { deploymentConfiguration: input.deploymentConfiguration }),
  });
  return { service: serviceShape(ecs, service) };
}

/** A service that CodeDeploy or somebody's own controller deploys takes a desired count and little else. */
function refuseOtherControllers(service: Service, input: UpdateServiceCommandInput): void {
  if (service.controller === 'ECS') return;
  const { controller } = service;
  const how =
    controller === 'CODE_DEPLOY'
      ? 'Use AWS CodeDeploy to trigger a new deployment.'
      : 'Use a task set instead.';
  const what =
    input.taskDefinition === undefined
      ? 'Cannot force a new deployment on services with a'
      : 'Unable to update task definition on services with a';
  if (input.taskDefinition === undefined && input.forceNewDeployment !== true) return;
  throw new ServiceError('InvalidParameterException', `${what} ${controller} deployment controller. ${how}`);
}
