import type { Scenario } from './scenario.ts';

export const missingParameter: Scenario = {
  name: 'missing-parameter',
  description:
    'The task definition names an SSM parameter that does not exist; the circuit breaker rolls back.',
  tasks: {
    outcomes: [
      {
        kind: 'fails-to-start',
        stage: 'provision',
        stoppedReason:
          'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid parameters: /dyno-agent/DATABASE_URL',
      },
    ],
  },
  expect: { result: 'rolled-back', code: 'DG614' },
};
