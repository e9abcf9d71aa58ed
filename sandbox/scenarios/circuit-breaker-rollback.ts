import { crashLog } from './crash-log.ts';
import type { Scenario } from './scenario.ts';

export const circuitBreakerRollback: Scenario = {
  name: 'circuit-breaker-rollback',
  description:
    'The container exits 1 before its task is RUNNING; the third time the circuit breaker rolls back.',
  tasks: { outcomes: [{ kind: 'exits', exitCode: 1, seconds: 3, log: crashLog }] },
  expect: { result: 'rolled-back', code: 'DG612' },
};
