import type { Scenario } from './scenario.ts';

export const outOfMemory: Scenario = {
  name: 'out-of-memory',
  description:
    'The container is killed for its memory ten seconds after RUNNING, which the circuit breaker does not count.',
  tasks: {
    outcomes: [
      {
        kind: 'exits',
        exitCode: 137,
        seconds: 14,
        reason: 'OutOfMemoryError: Container killed due to memory usage',
        log: ['INFO:     Application startup complete.', 'INFO:     Loading torque maps (1.9 GB)'],
      },
    ],
  },
  expect: { result: 'failed', code: 'DG620' },
};
