import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { manyLines } from '../runner/text.ts';
import type { LogFollower, LogPage } from '../stages/pre-deploy/follow-log.ts';
import { absent, type Reading, seen, unreadable } from '../stages/rollout/observation.ts';
import { type LogQuery, type LogReader, ObservationFault } from '../stages/rollout/ports.ts';
import { nameInArn } from './arn.ts';
import { faultKind } from './ecs-observe.ts';
import { readRefusal } from './refusal.ts';

/** Enough for a stack trace's end; a report is read on a phone, too. */
const LINES = 12;
const WIDTH = 240;
/** Asked for: some may be blank. */
const EVENTS = 40;
/** A page can be empty although there is more before it (API_GetLogEvents). */
const PAGES = 3;

/** Asked for where a log is followed. */
const FOLLOWED = 500;

/** What containers logged to CloudWatch Logs, by clients that are made when first needed, one a region. */
export class CloudWatchLogReader implements LogReader, LogFollower {
  readonly #clientFor: (region: string) => Promise<CloudWatchLogsClient>;
  readonly #clients = new Map<string, Promise<CloudWatchLogsClient>>();

  /** `clientFor` makes a client for a region, loading the SDK's package only then. */
  constructor(clientFor: (region: string) => Promise<CloudWatchLogsClient>) {
    this.#clientFor = clientFor;
  }

  async lastLines(query: LogQuery, signal: AbortSignal): Promise<Reading<readonly string[]>> {
    try {
      const client = await this.#client(query.destination.region);
      return seen(lastOf(await this.#messages(client, query, signal)));
    } catch (error) {
      return orGap(error);
    }
  }

  async page(
    { destination, container, taskArn }: LogQuery,
    from: string | undefined,
    signal: AbortSignal,
  ): Promise<Reading<LogPage>> {
    try {
      const client = await this.#client(destination.region);
      const { GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
      const { events = [], nextForwardToken } = await client.send(
        new GetLogEventsCommand({
          logGroupName: destination.group,
          logStreamName: `${destination.prefix}/${container}/${nameInArn(taskArn)}`,
          limit: FOLLOWED,
          startFromHead: true,
          ...(from === undefined ? {} : { nextToken: from }),
        }),
        { abortSignal: signal },
      );
      const lines = events.flatMap(({ message = '' }) => manyLines(message, 16_000).split('\n'));
      return seen({
        lines: lines.filter((line) => line.trim() !== ''),
        next: nextForwardToken ?? from,
        // The same token again means that the end is reached (API_GetLogEvents).
        isEnd: nextForwardToken === undefined || nextForwardToken === from || events.length < FOLLOWED,
      });
    } catch (error) {
      return orGap(error);
    }
  }

  async #messages(
    client: CloudWatchLogsClient,
    query: LogQuery,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { group, prefix } = query.destination;
    const task = nameInArn(query.taskArn);
    // The package is loaded here, with the client: most runs need no log.
    const { GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
    let token: string | undefined;
    for (let page = 0; page < PAGES; page += 1) {
      const answer = await client.send(
        new GetLogEventsCommand({
          logGroupName: group,
          // How the awslogs driver names a stream: developer guide, "awslogs-stream-prefix".
          logStreamName: `${prefix}/${query.container}/${task}`,
          limit: EVENTS,
          startFromHead: false,
          ...(token === undefined ? {} : { nextToken: token }),
        }),
        { abortSignal: signal },
      );
      const messages = (answer.events ?? []).map(({ message }) => message ?? '');
      if (messages.length > 0 || answer.nextBackwardToken === undefined || answer.nextBackwardToken === token)
        return messages;
      token = answer.nextBackwardToken;
    }
    return [];
  }

  #client(region: string): Promise<CloudWatchLogsClient> {
    const client = this.#clients.get(region) ?? this.#clientFor(region);
    this.#clients.set(region, client);
    return client;
  }
}

/** What a refusal means to who reads a log. Throws ObservationFault where there was no answer. */
function orGap(error: unknown): Reading<never> {
  const problem = readRefusal(error);
  if (problem.kind === 'not-found') return absent;
  if (problem.kind === 'access-denied') return unreadable('logs:GetLogEvents');
  const message = `${problem.name}: ${problem.message}`;
  throw new ObservationFault(faultKind(problem), message, error, 'logs:GetLogEvents');
}

/** The last lines that say something, fit to print, each cut to a width that a log shows well. */
function lastOf(messages: readonly string[]): readonly string[] {
  return messages
    .flatMap((message) => manyLines(message, 8_000).split('\n'))
    .filter((line) => line.trim() !== '')
    .slice(-LINES)
    .map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line));
}
