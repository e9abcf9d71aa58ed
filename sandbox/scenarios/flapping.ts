import { crashLog } from './crash-log.ts';
import type { Scenario } from './scenario.ts';

export const flapping: Scenario = {
  name: 'flapping',
  description: 'The first two tasks exit, the next ones run: slow, and good.',
  tasks: {
    outcomes: [
      { kind: 'exits', exitCode: 1, seconds: 3, log: crashLog },
      { kind: 'exits', exitCode: 1, seconds: 3, log: crashLog },
      { kind: 'runs' },
    ],
  },
  expect: { result: 'succeeded' },
};
