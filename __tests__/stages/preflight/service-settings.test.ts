import { describe, expect, it } from 'vitest';
import type { EcsService } from '../../../src/aws/ecs.ts';
import { settingFindings } from '../../../src/stages/preflight/service-settings.ts';

const service: EcsService = {
  arn: 'arn:aws:ecs:us-east-1:123456789012:service/c/web',
  name: 'web',
  status: 'ACTIVE',
  taskDefinition: 'web:57',
  controller: 'ECS',
  strategy: 'ROLLING',
  desired: 2,
  running: 2,
  circuitBreaker: { enabled: true, rollback: true },
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  currentServiceDeployment: undefined,
  placement: {},
  deployments: [],
};
const found = (change: Partial<EcsService>) => settingFindings({ ...service, ...change }, 'c');

describe('a service whose settings make downtime possible', () => {
  it('is warned of, with how many tasks may stop', () => {
    expect(found({ minimumHealthyPercent: 50, desired: 4 })[0]?.title).toBe(
      'Service web has a minimum healthy percent of 50: 2 of 4 tasks may stop before a replacement runs.',
    );
  });

  it.each([
    [1, 'its only task may stop before a replacement runs, and nothing serves meanwhile.'],
    [3, 'all 3 tasks may stop before a replacement runs, and nothing serves meanwhile.'],
  ])('is said to serve nothing meanwhile, where all %i may stop', (desired, words) => {
    expect(found({ minimumHealthyPercent: 0, desired })[0]?.title).toBe(
      `Service web has a minimum healthy percent of 0: ${words}`,
    );
  });

  it.each([
    [100, 200],
    [150, 200],
    [200, 200],
    [300, 300],
  ])('is cured by a command that leaves ECS room for a new task: a maximum of %i', (maximumPercent, then) => {
    const [finding] = found({ minimumHealthyPercent: 0, desired: 1, maximumPercent });
    expect(finding?.fix).toBe(
      `Let a new task run before an old one stops: \`aws ecs update-service --cluster c --service web --deployment-configuration maximumPercent=${then},minimumHealthyPercent=100\`.`,
    );
  });
});
