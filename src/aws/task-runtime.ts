/** What a task definition says of the machine that its tasks need. */
export interface TaskRuntime {
  /** `X86_64` or `ARM64`; undefined where it is left to the instances. */
  readonly architecture: string | undefined;
  /** `LINUX` or a `WINDOWS_SERVER_…`; undefined where it is not said. */
  readonly operatingSystem: string | undefined;
}

/**
 * What `runtimePlatform` says; on Fargate X86_64 where it says nothing (developer guide, "Task definition parameters
 * for Fargate": Runtime platform).
 */
export function taskRuntimeOf(definition: {
  readonly runtimePlatform?: unknown;
  readonly requiresCompatibilities?: unknown;
}): TaskRuntime {
  const platform = Object(definition.runtimePlatform) as Readonly<Record<string, unknown>>;
  const { cpuArchitecture, operatingSystemFamily } = platform;
  const fargate =
    Array.isArray(definition.requiresCompatibilities) &&
    definition.requiresCompatibilities.includes('FARGATE');
  return {
    architecture: typeof cpuArchitecture === 'string' ? cpuArchitecture : fargate ? 'X86_64' : undefined,
    operatingSystem: typeof operatingSystemFamily === 'string' ? operatingSystemFamily : undefined,
  };
}
