import { crashLog } from './crash-log.ts';
import type { Scenario } from './scenario.ts';

export const crashLoopBreaker: Scenario = {
  name: 'crash-loop-breaker',
  description: 'The same crash loop with a circuit breaker, which never counts a task that reached RUNNING.',
  tasks: { outcomes: [{ kind: 'exits', exitCode: 1, seconds: 8, log: crashLog }] },
  expect: { result: 'failed', code: 'DG612' },
};
