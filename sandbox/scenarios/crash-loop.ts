import { crashLog } from './crash-log.ts';
import { withoutBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const crashLoop: Scenario = {
  name: 'crash-loop',
  description:
    'Tasks reach RUNNING and exit 1 four seconds later, again and again, and there is no circuit breaker.',
  world: { services: [{ deploymentConfiguration: withoutBreaker }] },
  tasks: { outcomes: [{ kind: 'exits', exitCode: 1, seconds: 8, log: crashLog }] },
  expect: { result: 'failed', code: 'DG612' },
};
