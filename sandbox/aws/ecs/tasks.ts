import type {
  DescribeTasksCommandInput,
  DescribeTasksCommandOutput,
  ListTasksCommandInput,
  ListTasksCommandOutput,
  RunTaskCommandInput,
  RunTaskCommandOutput,
  StopTaskCommandInput,
  StopTaskCommandOutput,
} from '@aws-sdk/client-ecs';
import { arnOf, nameIn } from '../account.ts';
import type { Task } from '../ecs-simulation/state.ts';
import { type AwsWorld, type Call, type Operation, operation, pageOf } from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import { taskShape } from './shapes.ts';
import { demandPassRole, demandTagging } from './task-definitions.ts';

function taskResource(world: AwsWorld, cluster: string | undefined, task: string | undefined): string {
  if (task?.startsWith('arn:') === true) return task;
  return arnOf(world.account, 'ecs', `task/${nameIn(cluster ?? 'default')}/${task ?? '*'}`);
}

/** ECS: tasks. */
export const taskOperations: Readonly<Record<string, Operation>> = {
  ListTasks: operation<ListTasksCommandInput, ListTasksCommandOutput>({
    action: 'ecs:ListTasks',
    resource: (input, world) =>
      arnOf(world.account, 'ecs', `container-instance/${nameIn(input.cluster ?? 'default')}/*`),
    run: listTasks,
  }),
  DescribeTasks: operation<DescribeTasksCommandInput, DescribeTasksCommandOutput>({
    action: 'ecs:DescribeTasks',
    resource: (input, world) => taskResource(world, input.cluster, input.tasks?.[0]),
    run: describeTasks,
  }),
  RunTask: operation<RunTaskCommandInput, RunTaskCommandOutput>({
    action: 'ecs:RunTask',
    resource: (input, world) =>
      arnOf(world.account, 'ecs', `task-definition/${nameIn(input.taskDefinition ?? '*')}`),
    run: runTask,
  }),
  StopTask: operation<StopTaskCommandInput, StopTaskCommandOutput>({
    action: 'ecs:StopTask',
    resource: (input, world) => taskResource(world, input.cluster, input.task),
    run: stopTask,
  }),
};

function listTasks(input: ListTasksCommandInput, { world }: Call): Omit<ListTasksCommandOutput, '$metadata'> {
  const cluster = world.ecs.cluster(input.cluster);
  const service = input.serviceName === undefined ? undefined : world.ecs.service(cluster, input.serviceName);
  const desired = input.desiredStatus ?? 'RUNNING';
  const tasks = world.ecs
    .shownTasks(cluster)
    .filter(
      (task) =>
        task.desiredStatus === desired &&
        (service === undefined || task.service === service) &&
        (input.family === undefined || task.revision.taskDefinition.family === input.family) &&
        (input.startedBy === undefined || task.startedBy === input.startedBy) &&
        (input.launchType === undefined || task.launchType === input.launchType),
    );
  const page = pageOf(tasks, input.nextToken, input.maxResults ?? 100);
  return { taskArns: page.items.map((task) => task.arn), nextToken: page.nextToken };
}

function describeTasks(
  input: DescribeTasksCommandInput,
  { world }: Call,
): Omit<DescribeTasksCommandOutput, '$metadata'> {
  const cluster = world.ecs.cluster(input.cluster);
  const references = input.tasks ?? [];
  if (references.length === 0) throw new ServiceError('InvalidParameterException', 'Tasks cannot be empty.');
  if (references.length > 100)
    throw new ServiceError('InvalidParameterException', 'Tasks cannot have more than 100 elements.');
  const shown = world.ecs.shownTasks(cluster);
  const found = references.map((reference) => ({
    reference,
    task: shown.find((task) => task.id === nameIn(reference)),
  }));
  return {
    tasks: found.flatMap(({ task }) => (task === undefined ? [] : [taskShape(task, cluster.arn)])),
    failures: found
      .filter(({ task }) => task === undefined)
      .map(({ reference }) => ({ arn: taskResource(world, cluster.name, reference), reason: 'MISSING' })),
  };
}

function runTask(input: RunTaskCommandInput, call: Call): Omit<RunTaskCommandOutput, '$metadata'> {
  const { ecs } = call.world;
  const cluster = ecs.cluster(input.cluster);
  const taskDefinition = ecs.simulation.taskDefinitions.find(input.taskDefinition ?? '');
  if (taskDefinition === undefined) throw new ServiceError('ClientException', 'TaskDefinition not found.');
  demandPassRole(call, taskDefinition.definition);
  if (input.tags?.length || input.enableECSManagedTags || (input.propagateTags ?? 'NONE') !== 'NONE') {
    demandTagging(call, 'RunTask', arnOf(call.world.account, 'ecs', `task/${cluster.name}/*`));
  }
  if (
    taskDefinition.definition.networkMode === 'awsvpc' &&
    input.networkConfiguration?.awsvpcConfiguration === undefined
  ) {
    throw new ServiceError(
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
  }
  const tasks = ecs.runTask(cluster, taskDefinition, {
    count: input.count ?? 1,
    clientToken: input.clientToken,
    group: input.group,
    startedBy: input.startedBy,
    overrides: input.overrides,
    launchType: input.launchType ?? 'FARGATE',
  });
  if ('failure' in tasks) return { tasks: [], failures: [{ arn: cluster.arn, reason: tasks.failure }] };
  return { tasks: tasks.map((task) => taskShape(task, cluster.arn)), failures: [] };
}

function stopTask(input: StopTaskCommandInput, { world }: Call): Omit<StopTaskCommandOutput, '$metadata'> {
  const cluster = world.ecs.cluster(input.cluster);
  const task: Task | undefined = world.ecs
    .shownTasks(cluster)
    .find((one) => one.id === nameIn(input.task ?? ''));
  if (task === undefined)
    throw new ServiceError('InvalidParameterException', 'The referenced task was not found.');
  world.ecs.stopTask(task, input.reason ?? 'Task stopped by user');
  return { task: taskShape(task, cluster.arn) };
}
