import type { Scenario } from './scenario.ts';

export const unhealthyUrl: Scenario = {
  name: 'unhealthy-url',
  description: 'The rollout is good, but the health URL answers 503.',
  health: { '/health/ready': { status: 503, body: 'database: connection refused' } },
  inputs: { 'health-check-urls': '{url}/health/ready', 'health-check-timeout-seconds': '5' },
  expect: { result: 'failed', code: 'DG701' },
};
