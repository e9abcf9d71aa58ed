import type { Scenario } from './scenario.ts';

export const missingLogGroup: Scenario = {
  name: 'missing-log-group',
  description: 'The log group in the task definition does not exist; the circuit breaker rolls back.',
  tasks: {
    outcomes: [
      {
        kind: 'fails-to-start',
        stage: 'provision',
        stoppedReason:
          'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
      },
    ],
  },
  expect: { result: 'rolled-back', code: 'DG616' },
};
