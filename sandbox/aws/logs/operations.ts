import type {
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsCommandOutput,
  DescribeLogStreamsCommandInput,
  DescribeLogStreamsCommandOutput,
  FilteredLogEvent,
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
  GetLogEventsCommandInput,
  GetLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { arnOf } from '../account.ts';
import { type AwsWorld, type Call, type Operation, operation, pageOf } from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import type { LogEvent, LogGroup, LogStream } from './log-store.ts';

interface NamesGroup {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}

const groupName = (input: NamesGroup): string =>
  input.logGroupName ?? input.logGroupIdentifier?.replace(/^arn:.*:log-group:/, '').replace(/:\*$/, '') ?? '';

const groupResource = (input: NamesGroup, world: AwsWorld): string =>
  arnOf(world.account, 'logs', `log-group:${groupName(input)}:log-stream:`);

/** CloudWatch Logs: reading. */
export const logsOperations: Readonly<Record<string, Operation>> = {
  DescribeLogGroups: operation<DescribeLogGroupsCommandInput, DescribeLogGroupsCommandOutput>({
    action: 'logs:DescribeLogGroups',
    resource: (_input, world) => arnOf(world.account, 'logs', 'log-group::log-stream:'),
    run: describeLogGroups,
  }),
  DescribeLogStreams: operation<DescribeLogStreamsCommandInput, DescribeLogStreamsCommandOutput>({
    action: 'logs:DescribeLogStreams',
    resource: groupResource,
    run: describeLogStreams,
  }),
  GetLogEvents: operation<GetLogEventsCommandInput, GetLogEventsCommandOutput>({
    action: 'logs:GetLogEvents',
    resource: (input, world) => `${groupResource(input, world)}${input.logStreamName ?? ''}`,
    run: getLogEvents,
  }),
  FilterLogEvents: operation<FilterLogEventsCommandInput, FilterLogEventsCommandOutput>({
    action: 'logs:FilterLogEvents',
    resource: groupResource,
    run: filterLogEvents,
  }),
};

function groupOf(world: AwsWorld, input: NamesGroup): LogGroup {
  const group = world.logs.group(groupName(input));
  if (group !== undefined) return group;
  throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
}

function describeLogGroups(
  input: DescribeLogGroupsCommandInput,
  { world }: Call,
): Omit<DescribeLogGroupsCommandOutput, '$metadata'> {
  const groups = world.logs.groups().filter((group) => group.name.startsWith(input.logGroupNamePrefix ?? ''));
  const page = pageOf(groups, input.nextToken, input.limit ?? 50);
  return {
    logGroups: page.items.map((group) => ({
      logGroupName: group.name,
      creationTime: group.createdAt,
      arn: arnOf(world.account, 'logs', `log-group:${group.name}:*`),
      logGroupArn: arnOf(world.account, 'logs', `log-group:${group.name}`),
      metricFilterCount: 0,
      storedBytes: 0,
      logGroupClass: 'STANDARD',
    })),
    nextToken: page.nextToken,
  };
}

function describeLogStreams(
  input: DescribeLogStreamsCommandInput,
  { world }: Call,
): Omit<DescribeLogStreamsCommandOutput, '$metadata'> {
  const group = groupOf(world, input);
  const lastTime = (stream: LogStream) => stream.events.at(-1)?.timestamp ?? 0;
  const streams = [...group.streams.values()]
    .filter((stream) => stream.name.startsWith(input.logStreamNamePrefix ?? ''))
    .sort((left, right) =>
      input.orderBy === 'LastEventTime'
        ? lastTime(left) - lastTime(right)
        : left.name.localeCompare(right.name),
    );
  const page = pageOf(
    input.descending === true ? streams.reverse() : streams,
    input.nextToken,
    input.limit ?? 50,
  );
  return {
    logStreams: page.items.map((stream) => ({
      logStreamName: stream.name,
      creationTime: stream.createdAt,
      firstEventTimestamp: stream.events[0]?.timestamp,
      lastEventTimestamp: stream.events.at(-1)?.timestamp,
      lastIngestionTime: stream.events.at(-1)?.ingestionTime,
      arn: arnOf(world.account, 'logs', `log-group:${group.name}:log-stream:${stream.name}`),
      // Of no use since 2019, and there all the same (API reference, LogStream).
      storedBytes: 0,
    })),
    nextToken: page.nextToken,
  };
}

const inRange = (
  event: LogEvent,
  range: { startTime?: number | undefined; endTime?: number | undefined },
): boolean =>
  event.timestamp >= (range.startTime ?? 0) && event.timestamp < (range.endTime ?? Number.POSITIVE_INFINITY);

function getLogEvents(
  input: GetLogEventsCommandInput,
  { world }: Call,
): Omit<GetLogEventsCommandOutput, '$metadata'> {
  const stream = groupOf(world, input).streams.get(input.logStreamName ?? '');
  if (stream === undefined)
    throw new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');
  const events = stream.events.filter((event) => inRange(event, input));
  const limit = Math.min(input.limit ?? 10_000, 10_000);
  const [direction, at] = (input.nextToken ?? '').split('/');
  const fromHead = direction === 'f' || (direction !== 'b' && input.startFromHead === true);
  const position = at === undefined || at === '' ? undefined : Number.parseInt(at, 10);
  const start = fromHead ? (position ?? 0) : Math.max(0, (position ?? events.length) - limit);
  const end = fromHead ? Math.min(events.length, start + limit) : (position ?? events.length);
  return {
    events: events.slice(start, end).map((event) => ({ ...event })),
    nextForwardToken: `f/${end}`,
    nextBackwardToken: `b/${start}`,
  };
}

function filterLogEvents(
  input: FilterLogEventsCommandInput,
  { world }: Call,
): Omit<FilterLogEventsCommandOutput, '$metadata'> {
  const group = groupOf(world, input);
  // A pattern is taken as a plain text to contain: enough for a word or a quoted one.
  const words = input.filterPattern?.replaceAll('"', '') ?? '';
  const events = [...group.streams.values()]
    .filter((stream) => input.logStreamNames?.includes(stream.name) ?? true)
    .filter((stream) => stream.name.startsWith(input.logStreamNamePrefix ?? ''))
    .flatMap((stream) => stream.events.map((event, index) => ({ event, stream, index })))
    .filter(({ event }) => inRange(event, input) && event.message.includes(words))
    .sort((left, right) => left.event.timestamp - right.event.timestamp);
  const page = pageOf(events, input.nextToken, input.limit ?? 10_000);
  return {
    events: page.items.map(
      ({ event, stream, index }): FilteredLogEvent => ({
        ...event,
        logStreamName: stream.name,
        eventId: `${stream.name}/${index}`,
      }),
    ),
    searchedLogStreams: [],
    nextToken: page.nextToken,
  };
}
