import { absent, type Part, type Reading } from './observation.ts';
import { ObservationFault } from './ports.ts';
import type { StartedDeployment } from './rollout.ts';
import type { RolloutState } from './rollout-state.ts';

/** A part of one service's look that is to be read. */
export interface PartRequest {
  readonly deployment: StartedDeployment;
  /** With what the look has shown so far. */
  readonly state: RolloutState;
  readonly part: Part;
}

/** The action to name where a fault doesn't. */
export const ACTION: Readonly<Record<Exclude<Part, 'service'>, string>> = {
  serviceDeployment: 'ecs:DescribeServiceDeployments',
  revision: 'ecs:DescribeServiceRevisions',
  runningTasks: 'ecs:ListTasks',
  stoppedTasks: 'ecs:ListTasks',
  log: 'logs:GetLogEvents',
};

/** Requests by part; the log of each container is a part of its own. */
export function partsOf(
  requests: readonly PartRequest[],
): readonly { readonly part: Part; readonly requests: readonly PartRequest[] }[] {
  const groups = [...Map.groupBy(requests, ({ part }) => part)].map(([part, some]) => ({
    part,
    requests: some,
  }));
  return groups.flatMap((group) =>
    group.part === 'log' ? group.requests.map((request) => ({ ...group, requests: [request] })) : [group],
  );
}

/** A fault, to be kept for later. Throws what is none. */
export function asFault(error: unknown): ObservationFault {
  if (error instanceof ObservationFault) return error;
  throw error;
}

/** One entry of a reading of many; one that the answer left out is absent. */
export function pick<T>(reading: Reading<ReadonlyMap<string, T>>, key: string): Reading<T> {
  if (reading.kind !== 'seen') return reading;
  const value = reading.value.get(key);
  return value === undefined ? absent : { kind: 'seen', value };
}
