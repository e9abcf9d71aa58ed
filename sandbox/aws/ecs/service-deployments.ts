import type {
  DescribeServiceDeploymentsCommandInput,
  DescribeServiceDeploymentsCommandOutput,
  DescribeServiceRevisionsCommandInput,
  DescribeServiceRevisionsCommandOutput,
  ListServiceDeploymentsCommandInput,
  ListServiceDeploymentsCommandOutput,
  StopServiceDeploymentCommandInput,
  StopServiceDeploymentCommandOutput,
} from '@aws-sdk/client-ecs';
import type { Service, ServiceDeployment } from '../ecs-simulation/state.ts';
import { type AwsWorld, type Call, type Operation, operation, pageOf } from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import { serviceResource } from './services.ts';
import { serviceDeploymentBrief, serviceDeploymentShape, serviceRevisionShape } from './shapes.ts';

/** ECS: service deployments and service revisions. */
export const serviceDeploymentOperations: Readonly<Record<string, Operation>> = {
  ListServiceDeployments: operation<ListServiceDeploymentsCommandInput, ListServiceDeploymentsCommandOutput>({
    action: 'ecs:ListServiceDeployments',
    resource: (input, world) => serviceResource(world, input.cluster, input.service),
    run: listServiceDeployments,
  }),
  DescribeServiceDeployments: operation<
    DescribeServiceDeploymentsCommandInput,
    DescribeServiceDeploymentsCommandOutput
  >({
    action: 'ecs:DescribeServiceDeployments',
    resource: (input) => input.serviceDeploymentArns?.[0] ?? '*',
    run: describeServiceDeployments,
  }),
  DescribeServiceRevisions: operation<
    DescribeServiceRevisionsCommandInput,
    DescribeServiceRevisionsCommandOutput
  >({
    action: 'ecs:DescribeServiceRevisions',
    resource: (input) => input.serviceRevisionArns?.[0] ?? '*',
    run: describeServiceRevisions,
  }),
  StopServiceDeployment: operation<StopServiceDeploymentCommandInput, StopServiceDeploymentCommandOutput>({
    action: 'ecs:StopServiceDeployment',
    resource: (input) => input.serviceDeploymentArn ?? '*',
    run: stopServiceDeployment,
  }),
};

function listServiceDeployments(
  input: ListServiceDeploymentsCommandInput,
  { world }: Call,
): Omit<ListServiceDeploymentsCommandOutput, '$metadata'> {
  const service = world.ecs.service(world.ecs.cluster(input.cluster), input.service);
  if (service.status === 'INACTIVE') throw new ServiceError('ServiceNotFoundException', 'Service not found.');
  const { after, before } = input.createdAt ?? {};
  const matching = world.ecs
    .shownServiceDeployments(service)
    .filter(
      (one) =>
        (input.status === undefined || input.status.length === 0 || input.status.includes(one.status)) &&
        (after === undefined || one.createdAt > after.getTime()) &&
        (before === undefined || one.createdAt < before.getTime()),
    );
  const page = pageOf(matching, input.nextToken, input.maxResults ?? 20);
  return {
    serviceDeployments: page.items.map((one) => serviceDeploymentBrief(service, one)),
    nextToken: page.nextToken,
  };
}

function describeServiceDeployments(
  input: DescribeServiceDeploymentsCommandInput,
  { world }: Call,
): Omit<DescribeServiceDeploymentsCommandOutput, '$metadata'> {
  const arns = input.serviceDeploymentArns ?? [];
  if (arns.length === 0 || arns.length > 20) {
    throw new ServiceError(
      'InvalidParameterException',
      'serviceDeploymentArns must have between 1 and 20 elements.',
    );
  }
  const found = arns.map((arn) => ({ arn, hit: findServiceDeployment(world, arn) }));
  const { state } = world.ecs.simulation;
  return {
    serviceDeployments: found.flatMap(({ hit }) =>
      hit === undefined ? [] : [serviceDeploymentShape(state, hit.service, hit.serviceDeployment)],
    ),
    failures: found.filter(({ hit }) => hit === undefined).map(({ arn }) => ({ arn, reason: 'MISSING' })),
  };
}

function describeServiceRevisions(
  input: DescribeServiceRevisionsCommandInput,
  { world }: Call,
): Omit<DescribeServiceRevisionsCommandOutput, '$metadata'> {
  const arns = input.serviceRevisionArns ?? [];
  if (arns.length === 0 || arns.length > 20) {
    throw new ServiceError(
      'InvalidParameterException',
      'serviceRevisionArns must have between 1 and 20 elements.',
    );
  }
  const { revisions, services } = world.ecs.simulation.state;
  const found = arns.map((arn) => {
    const revision = revisions.get(arn);
    const service = services.find((one) => arn.includes(`:service-revision/${one.clusterName}/${one.name}/`));
    return { arn, shape: revision && service && serviceRevisionShape(service, revision) };
  });
  return {
    serviceRevisions: found.flatMap(({ shape }) => (shape === undefined ? [] : [shape])),
    failures: found.filter(({ shape }) => shape === undefined).map(({ arn }) => ({ arn, reason: 'MISSING' })),
  };
}

function stopServiceDeployment(
  input: StopServiceDeploymentCommandInput,
  { world }: Call,
): Omit<StopServiceDeploymentCommandOutput, '$metadata'> {
  const hit = findServiceDeployment(world, input.serviceDeploymentArn ?? '');
  if (hit === undefined)
    throw new ServiceError('ServiceDeploymentNotFoundException', 'Service deployment not found.');
  world.ecs.stopServiceDeployment(hit.service, hit.serviceDeployment, input.stopType ?? 'ROLLBACK');
  return { serviceDeploymentArn: hit.serviceDeployment.arn };
}

function findServiceDeployment(
  world: AwsWorld,
  arn: string,
): { readonly service: Service; readonly serviceDeployment: ServiceDeployment } | undefined {
  for (const service of world.ecs.simulation.state.services) {
    const serviceDeployment = service.serviceDeployments.find((one) => one.arn === arn);
    if (serviceDeployment !== undefined) return { service, serviceDeployment };
  }
  return undefined;
}
