import type { Scenario } from './scenario.ts';

export const execFormat: Scenario = {
  name: 'exec-format',
  description: 'The image was built for arm64, the tasks are x86_64; the circuit breaker rolls back.',
  tasks: {
    outcomes: [
      { kind: 'exits', exitCode: 255, seconds: 1, log: ['exec /usr/local/bin/uvicorn: exec format error'] },
    ],
  },
  expect: { result: 'rolled-back', code: 'DG619' },
};
