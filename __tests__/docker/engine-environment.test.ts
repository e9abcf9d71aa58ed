import { describe, expect, it } from 'vitest';
import { engineEnvironment } from '../../src/docker/engine-environment.ts';
import { readConfig } from '../../src/stages/inputs/read-config.ts';
import { ENOUGH, environmentOf } from '../stages/inputs/environment.ts';

function given(inputs: Parameters<typeof environmentOf>[0], environment: Record<string, string>) {
  return engineEnvironment(readConfig(environmentOf({ ...ENOUGH, ...inputs }, environment)).config);
}

describe('engineEnvironment', () => {
  it("has the job's variables, and none of this action's inputs", () => {
    const environment = given(
      { 'aws-secret-access-key': 'key', 'slack-webhook-url': 'hook', 'github-token': 'token' },
      {
        PATH: '/bin',
        HOME: '/root',
        DOCKER_HOST: 'tcp://x',
        DOCKER_BUILDKIT: '1',
        JWT_SECRET: 'jwt',
        ACTIONS_RUNTIME_TOKEN: 'cache',
      },
    );
    expect(environment).toEqual({
      PATH: '/bin',
      HOME: '/root',
      DOCKER_HOST: 'tcp://x',
      DOCKER_BUILDKIT: '1',
      JWT_SECRET: 'jwt',
      ACTIONS_RUNTIME_TOKEN: 'cache',
    });
  });

  it('lets a build write no output, state, variable, path or summary of the step', () => {
    const files = [
      'GITHUB_OUTPUT',
      'GITHUB_STATE',
      'GITHUB_ENV',
      'GITHUB_PATH',
      'GITHUB_STEP_SUMMARY',
      'STATE_run',
    ];
    expect(given({}, Object.fromEntries(files.map((name) => [name, '/x'])))).toEqual({});
  });

  it('hands the proxy on', () => {
    const environment = given(
      { 'http-proxy': 'http://proxy:1', 'no-proxy': '10.0.0.0/8' },
      { HTTPS_PROXY: 'http://other:1' },
    );
    expect(environment).toMatchObject({
      HTTPS_PROXY: 'http://proxy:1',
      HTTP_PROXY: 'http://proxy:1',
      NO_PROXY: '10.0.0.0/8',
    });
  });
});
