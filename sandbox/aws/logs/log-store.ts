/** One line of a stream. Moments are virtual milliseconds since the epoch. */
export interface LogEvent {
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

/** The lines of one container. */
export interface LogStream {
  readonly name: string;
  readonly createdAt: number;
  /** Oldest first. */
  readonly events: LogEvent[];
}

/** A log group with its streams, by name. */
export interface LogGroup {
  readonly name: string;
  readonly createdAt: number;
  readonly streams: Map<string, LogStream>;
}

/** What the sandbox's CloudWatch Logs holds. */
export class LogStore {
  readonly #groups = new Map<string, LogGroup>();

  /** Makes a log group; one that exists stays. */
  createGroup(name: string, createdAt: number): void {
    if (!this.#groups.has(name)) this.#groups.set(name, { name, createdAt, streams: new Map() });
  }

  group(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  groups(): readonly LogGroup[] {
    return [...this.#groups.values()];
  }

  /** Adds a line to a stream, made with its first one; nothing happens where there is no such group. */
  append(group: string, stream: string, timestamp: number, message: string): void {
    const streams = this.#groups.get(group)?.streams;
    if (streams === undefined) return;
    const found = streams.get(stream) ?? { name: stream, createdAt: timestamp, events: [] };
    streams.set(stream, found);
    found.events.push({ timestamp, ingestionTime: timestamp, message });
  }
}
