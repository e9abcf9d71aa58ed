import type { Scenario } from './scenario.ts';

export const stoppedByPerson: Scenario = {
  name: 'stopped-by-person',
  description: 'Somebody rolls the ongoing deployment back with StopServiceDeployment.',
  others: [
    {
      when: { after: 30 },
      act: { kind: 'stop-deployment', service: 'dyno-agent-service', stopType: 'ROLLBACK' },
    },
  ],
  expect: { result: 'rolled-back', code: 'DG603' },
};
