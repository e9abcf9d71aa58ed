import type { CommandResult, OnLines } from '../runner/command.ts';
import type { BuildSettings, EngineName } from '../stages/inputs/config.ts';
import type { BuildNames } from './build-command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What is there to build with. */
export interface EngineVersion {
  readonly name: EngineName;
  readonly client: string;
  /** Of what does the work; the client's own where that is one program. */
  readonly server: string;
  /** Undefined: no buildx (which only docker has). */
  readonly buildx: string | undefined;
  /** Of the builder that buildx uses; undefined where it was not asked for, or did not say. */
  readonly builder?: Builder | undefined;
  /** What the engine builds for unless told: `linux/amd64`. Undefined where it does not say. */
  readonly platform?: string | undefined;
}

/** What buildx builds with. */
export interface Builder {
  /** `docker`, `docker-container`, `kubernetes`, `remote` (docs.docker.com, "Build drivers"). */
  readonly driver: string;
  /** The engine keeps its images in containerd, where docker's own driver can do more. */
  readonly containerdStore: boolean;
}

/** An engine that is there, and does not answer: in its own words. */
export interface Unreachable {
  readonly name: EngineName;
  readonly unreachable: string;
}

/** What an engine is run with: the workspace, and where a private folder may hold its configuration. */
export interface EngineSettings {
  readonly workspace: string;
  readonly environment: Environment;
  readonly privateFolder: string;
  readonly signal: AbortSignal;
}

/** A container engine's command line, with logins of our own. Its methods give how the program ended. */
export interface ContainerEngine {
  readonly name: EngineName;
  /** The build pushes what it builds. */
  readonly pushesWithBuild: boolean;
  /** Logs in at the registry; the password goes through standard input. */
  login(registryHost: string, username: string, password: string): Promise<CommandResult>;
  build(build: BuildSettings, names: BuildNames, onLines: OnLines): Promise<CommandResult>;
  /** Pushes `repository:tag`, where the build has not. */
  push(reference: string, onLines: OnLines): Promise<CommandResult>;
  /** The digest that was pushed as `repository:tag`, by the engine's own word; undefined where it says none. */
  pushedDigest(reference: string): Promise<string | undefined>;
}
