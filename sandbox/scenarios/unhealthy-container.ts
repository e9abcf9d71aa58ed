import type { Scenario } from './scenario.ts';

export const unhealthyContainer: Scenario = {
  name: 'unhealthy-container',
  description: 'The health check in the task definition fails; the circuit breaker rolls back.',
  world: { containerHealthCheck: true },
  tasks: {
    outcomes: [
      {
        kind: 'unhealthy',
        check: 'container',
        seconds: 30,
        log: [
          'INFO:     Application startup complete.',
          'ERROR:    health: cannot reach dyno-agent.cluster-c9f2.us-east-1.rds.amazonaws.com',
        ],
      },
    ],
  },
  expect: { result: 'rolled-back', code: 'DG622' },
};
