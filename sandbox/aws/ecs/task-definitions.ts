import type {
  DeregisterTaskDefinitionCommandInput,
  DeregisterTaskDefinitionCommandOutput,
  DescribeTaskDefinitionCommandInput,
  DescribeTaskDefinitionCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ListTaskDefinitionsCommandInput,
  ListTaskDefinitionsCommandOutput,
  RegisterTaskDefinitionCommandInput,
  RegisterTaskDefinitionCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { arnOf } from '../account.ts';
import { type AwsWorld, type Call, type Operation, operation, pageOf } from '../operation.ts';
import { ServiceError } from '../service-error.ts';

/** ECS: task definitions, and the tags of anything. */
export const taskDefinitionOperations: Readonly<Record<string, Operation>> = {
  DescribeTaskDefinition: operation<DescribeTaskDefinitionCommandInput, DescribeTaskDefinitionCommandOutput>({
    action: 'ecs:DescribeTaskDefinition',
    resource: () => '*',
    run: describeTaskDefinition,
  }),
  RegisterTaskDefinition: operation<RegisterTaskDefinitionCommandInput, RegisterTaskDefinitionCommandOutput>({
    action: 'ecs:RegisterTaskDefinition',
    resource: (input, world) => arnOf(world.account, 'ecs', `task-definition/${input.family ?? '*'}:*`),
    run: registerTaskDefinition,
  }),
  DeregisterTaskDefinition: operation<
    DeregisterTaskDefinitionCommandInput,
    DeregisterTaskDefinitionCommandOutput
  >({
    action: 'ecs:DeregisterTaskDefinition',
    // It has no resource-level permission (Service Authorization Reference, Amazon ECS).
    resource: () => '*',
    run: (input, { world }) => {
      const { taskDefinitions, timeline } = world.ecs.simulation;
      const stored = taskDefinitions.deregister(input.taskDefinition ?? '', timeline.now());
      if (stored === undefined) {
        throw new ServiceError('ClientException', 'The specified task definition does not exist.');
      }
      return { taskDefinition: stored.definition };
    },
  }),
  ListTaskDefinitions: operation<ListTaskDefinitionsCommandInput, ListTaskDefinitionsCommandOutput>({
    action: 'ecs:ListTaskDefinitions',
    resource: () => '*',
    run: (input, { world }) => {
      const arns = world.ecs.simulation.taskDefinitions
        .all()
        .filter((stored) => input.familyPrefix === undefined || stored.family === input.familyPrefix)
        .map((stored) => stored.arn);
      const sorted = input.sort === 'DESC' ? arns.reverse() : arns;
      const page = pageOf(sorted, input.nextToken, input.maxResults ?? 100);
      return { taskDefinitionArns: page.items, nextToken: page.nextToken };
    },
  }),
  ListTagsForResource: operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>({
    action: 'ecs:ListTagsForResource',
    resource: (input) => input.resourceArn ?? '*',
    run: (input, { world }) => ({
      tags: [...(world.ecs.simulation.state.tags.get(input.resourceArn ?? '') ?? [])],
    }),
  }),
  TagResource: operation<TagResourceCommandInput, TagResourceCommandOutput>({
    action: 'ecs:TagResource',
    resource: (input) => input.resourceArn ?? '*',
    run: (input, { world }) => {
      addTags(world, input.resourceArn ?? '', input.tags ?? []);
      return {};
    },
  }),
};

function describeTaskDefinition(
  input: DescribeTaskDefinitionCommandInput,
  { world }: Call,
): Omit<DescribeTaskDefinitionCommandOutput, '$metadata'> {
  const stored = world.ecs.simulation.taskDefinitions.find(input.taskDefinition ?? '');
  if (stored === undefined) throw new ServiceError('ClientException', 'Unable to describe task definition.');
  const tags = input.include?.includes('TAGS') ? { tags: [...stored.tags] } : {};
  return { taskDefinition: stored.definition, ...tags };
}

function registerTaskDefinition(
  input: RegisterTaskDefinitionCommandInput,
  call: Call,
): Omit<RegisterTaskDefinitionCommandOutput, '$metadata'> {
  demandPassRole(call, input);
  if (input.tags?.length) {
    const resource = arnOf(call.world.account, 'ecs', `task-definition/${input.family ?? ''}:*`);
    demandTagging(call, 'RegisterTaskDefinition', resource);
  }
  const { simulation } = call.world.ecs;
  const stored = simulation.taskDefinitions.register(input, {
    at: simulation.timeline.now(),
    by: call.caller.arn,
  });
  addTags(call.world, stored.arn, stored.tags);
  return { taskDefinition: stored.definition, tags: [...stored.tags] };
}

function addTags(
  world: AwsWorld,
  arn: string,
  tags: readonly { key?: string | undefined; value?: string | undefined }[],
): void {
  const all = world.ecs.simulation.state.tags;
  const kept = (all.get(arn) ?? []).filter((tag) => !tags.some((one) => one.key === tag.key));
  all.set(arn, [...kept, ...tags]);
}

/** Who tags what is being made needs ecs:TagResource as well (developer guide, "Grant permission to tag resources on creation"). */
export function demandTagging({ world, caller }: Call, creates: string, resource: string): void {
  world.policy.demand(caller, 'ecs:TagResource', resource, { 'ecs:CreateAction': creates });
}

/** Who hands roles to ECS needs iam:PassRole on each. */
export function demandPassRole(
  { world, caller }: Call,
  definition: Pick<TaskDefinition, 'executionRoleArn' | 'taskRoleArn'>,
): void {
  for (const role of [definition.executionRoleArn, definition.taskRoleArn]) {
    if (role === undefined) continue;
    world.policy.demand(caller, 'iam:PassRole', role, { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' });
  }
}
