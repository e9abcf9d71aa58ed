import { crashLog } from './crash-log.ts';
import { withoutBreaker } from './deployment-settings.ts';
import type { Scenario } from './scenario.ts';

export const crashLoopUndone: Scenario = {
  name: 'crash-loop-undone',
  description: 'The crash loop with `on-failure: rollback`: the action itself puts the previous image back.',
  world: { services: [{ deploymentConfiguration: withoutBreaker }] },
  tasks: { outcomes: [{ kind: 'exits', exitCode: 1, seconds: 8, log: crashLog }] },
  inputs: { 'on-failure': 'rollback' },
  expect: { result: 'rolled-back', code: 'DG612' },
};
