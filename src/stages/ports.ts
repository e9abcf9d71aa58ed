import type { Aws } from '../aws/aws.ts';
import type { ContainerEngine, EngineVersion, Unreachable } from '../docker/engine.ts';
import type { RegistryAccess, RegistryRepository } from '../registry/registry.ts';
import type { Agents } from '../runner/http.ts';
import type { Runner } from '../runner/workflow-commands.ts';
import type { LogFollower } from './pre-deploy/follow-log.ts';
import type { EcsObserver, LogReader, WatchClock } from './rollout/ports.ts';

/** Every way out of the process that the stages take. main.ts joins them to the adapters. */
export interface Ports {
  readonly runner: Runner;
  readonly agents: Agents;
  /** Aborts, with `Cancelled`, when the job is cancelled. */
  readonly signal: AbortSignal;
  /** Undefined: nothing may be asked of AWS (`Config.awsObstacle`). */
  readonly aws: Aws | undefined;
  readonly registry: (access: RegistryAccess, repository: string) => RegistryRepository;
  readonly engineVersion: () => Promise<EngineVersion | Unreachable>;
  /** The engine that was found, with logins of our own. */
  readonly openEngine: (version: EngineVersion, registryHost: string) => Promise<ContainerEngine>;
  readonly watching: () => Promise<{ readonly ecs: EcsObserver; readonly logs: LogReader & LogFollower }>;
  readonly clock: WatchClock;
}
