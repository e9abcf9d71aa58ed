import { withoutBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const cannotPull: Scenario = {
  name: 'cannot-pull',
  description:
    'The tasks have no route to the registry, so that the image cannot be pulled; no circuit breaker.',
  world: { services: [{ deploymentConfiguration: withoutBreaker }] },
  tasks: {
    outcomes: [
      {
        kind: 'fails-to-start',
        stage: 'pull',
        stoppedReason:
          'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {image}: failed to do request: Head "https://123456789012.dkr.ecr.us-east-1.amazonaws.com/v2/dyno-agent/manifests/latest": dial tcp 52.46.131.45:443: i/o timeout',
      },
    ],
  },
  expect: { result: 'failed', code: 'DG613' },
};
