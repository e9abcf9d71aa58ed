import type { Config } from '../stages/inputs/config.ts';

/**
 * The environment that docker and what it starts get: the job's, without this action's inputs (which hold
 * credentials) and the variables by which one could speak to the runner in our name.
 */
export function engineEnvironment(config: Config): Readonly<Record<string, string | undefined>> {
  const kept = Object.entries(config.environment).filter(
    ([name]) => !name.startsWith('INPUT_') && !name.startsWith('STATE_') && !RUNNER_FILES.has(name),
  );
  const { http, no } = config.proxy;
  return {
    ...Object.fromEntries(kept),
    ...(http ? { HTTPS_PROXY: http, HTTP_PROXY: http } : {}),
    ...(no ? { NO_PROXY: no } : {}),
  };
}

const RUNNER_FILES = new Set([
  'GITHUB_OUTPUT',
  'GITHUB_STATE',
  'GITHUB_ENV',
  'GITHUB_PATH',
  'GITHUB_STEP_SUMMARY',
]);
