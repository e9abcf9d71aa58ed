import type { Scenario } from './scenario.ts';

export const unhealthy: Scenario = {
  name: 'unhealthy',
  description: 'The new tasks run, but answer the load balancer with 503; the circuit breaker rolls back.',
  tasks: {
    outcomes: [
      {
        kind: 'unhealthy',
        check: 'load-balancer',
        seconds: 30,
        reason: 'Health checks failed with these codes: [503]',
        log: [
          'INFO:     Application startup complete.',
          'INFO:     10.0.1.17:51234 - "GET /health HTTP/1.1" 503 Service Unavailable',
        ],
      },
    ],
  },
  expect: { result: 'rolled-back', code: 'DG621' },
};
