import type { Scenario } from './scenario.ts';

export const noRoute: Scenario = {
  name: 'no-route',
  description: 'The tasks cannot reach AWS from their subnets; the circuit breaker rolls back.',
  tasks: {
    outcomes: [
      {
        kind: 'fails-to-start',
        stage: 'provision',
        stoppedReason:
          'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.us-east-1.amazonaws.com/": dial tcp 44.213.79.10:443: i/o timeout',
      },
    ],
  },
  expect: { result: 'rolled-back', code: 'DG617' },
};
