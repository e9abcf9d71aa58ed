import type { Scenario } from './scenario.ts';

export const lateList: Scenario = {
  name: 'late-list',
  description: 'The list of service deployments shows the new one only after eight seconds.',
  world: { serviceDeploymentLag: 8 },
  expect: { result: 'succeeded' },
};
