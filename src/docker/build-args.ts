type Environment = Readonly<Record<string, string | undefined>>;

/** Build arguments as the engine gets them. */
export interface SplitBuildArgs {
  /** `NAME` where the value is in `environment`, `NAME=value` where it can't be. */
  readonly args: readonly string[];
  readonly environment: Environment;
}

/** Names that mean something to an engine, to what it starts, or to the system's loader. */
const MEANINGFUL =
  /^(PATH|HOME|USER|LANG|LC_\w+|TMPDIR|TMP|TEMP|SHELL|LD_\w+|XDG_\w+|SSL_\w+|SSH_\w+|GO\w+|\w+_PROXY|DOCKER_\w+|BUILDX_\w+|BUILDKIT_\w+|CONTAINERD_\w+|NERDCTL_\w+|CONTAINERS_\w+|CONTAINER_\w+|STORAGE_\w+|BUILDAH_\w+|PODMAN_\w+|REGISTRY_\w+|OTEL_\w+|AWS_\w+|ACTIONS_\w+|GITHUB_\w+|RUNNER_\w+|SOURCE_DATE_EPOCH|EXPERIMENTAL_\w+|COMPOSE_\w+|NO_COLOR|CLICOLOR\w*|TERM|DEPLOY_GUARD_\w+)$/i;

/**
 * Takes the values of build arguments (`NAME=value`) out of the command line, which every process of the machine
 * can read: the engine is given the name, and takes the value from its environment. One whose name the engine
 * itself would go by (PATH, HTTP_PROXY, DOCKER_HOST), or finds there with another value, stays as it is: it must
 * reach the build, and nothing else. Of a name that comes twice the last one counts, as for every engine.
 */
export function splitBuildArgs(buildArgs: readonly string[], environment: Environment): SplitBuildArgs {
  const values = new Map(
    buildArgs.map((line) => [nameOf(line), line.slice(nameOf(line).length + 1)] as const),
  );
  const isHidden = ([name, value]: readonly [string, string]) =>
    /^[A-Za-z_]\w*$/.test(name) &&
    !MEANINGFUL.test(name) &&
    !value.includes('\0') &&
    (environment[name] === undefined || environment[name] === value);
  return {
    args: [...values].map((pair) => (isHidden(pair) ? pair[0] : pair.join('='))),
    environment: Object.fromEntries([...values].filter(isHidden)),
  };
}

function nameOf(line: string): string {
  return line.includes('=') ? line.slice(0, line.indexOf('=')) : line;
}
