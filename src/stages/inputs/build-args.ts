import type { Finding } from '../../finding.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Build arguments with their values: one without (`NAME`) has that of the environment variable, as docker takes it
 * (docs.docker.com, "docker buildx build", `--build-arg`); where there is none, it is left out.
 */
export function filledBuildArgs(given: readonly string[], environment: Environment): readonly string[] {
  return given.flatMap((arg) => {
    if (arg.includes('=')) return [arg];
    const value = environment[arg];
    return value === undefined ? [] : [`${arg}=${value}`];
  });
}

/** DG101 for each build argument that has a value neither of its own nor in the environment; it isn't repeated: a line of a secret may look like one. */
export function buildArgFindings(given: readonly string[], environment: Environment): readonly Finding[] {
  return given.flatMap((arg, at): Finding[] => {
    if (arg.includes('=') || environment[arg] !== undefined) return [];
    return [
      {
        code: 'DG101',
        level: 'error',
        title: `Input \`build-args\` has an argument without a value, number ${at + 1}, and no environment variable of its name is set.`,
        fix: 'Write `NAME=value` under `with: build-args:`, or set the variable under `env:`.',
      },
    ];
  });
}
