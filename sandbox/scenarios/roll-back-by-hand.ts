import type { Scenario } from './scenario.ts';

export const rollBackByHand: Scenario = {
  name: 'roll-back-by-hand',
  description: '`mode: rollback`: the image before the last one is put back; nothing is built.',
  inputs: { mode: 'rollback' },
  expect: { result: 'succeeded' },
};
