import type { Scenario } from './scenario.ts';

export const abortedByPerson: Scenario = {
  name: 'aborted-by-person',
  description: 'Somebody stops the ongoing deployment with StopServiceDeployment and no roll back.',
  others: [
    {
      when: { after: 30 },
      act: { kind: 'stop-deployment', service: 'dyno-agent-service', stopType: 'ABORT' },
    },
  ],
  expect: { result: 'failed', code: 'DG607' },
};
