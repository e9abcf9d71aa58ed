import type { Scenario } from './scenario.ts';

export const migrationFails: Scenario = {
  name: 'migration-fails',
  description: 'The pre-deploy task exits 1: latest does not move and no service changes.',
  oneOffTask: {
    exitCode: 1,
    seconds: 9,
    log: [
      'INFO  [alembic.runtime.migration] Running upgrade 3f2a -> 91bc',
      'sqlalchemy.exc.OperationalError: relation "runs" is locked',
    ],
  },
  inputs: { 'pre-deploy-command': 'alembic upgrade head' },
  expect: { result: 'failed', code: 'DG571' },
};
