import { describe, expect, it } from 'vitest';
import { findScenario } from '../../../sandbox/scenarios/index.ts';
import { rolloutInSandbox } from './sandbox-rollout.ts';

const byServiceDeployments = [
  'success',
  'two-services',
  'desired-0',
  'early-success',
  'blue-green',
  'lifecycle-pause',
  'scale-in',
  'flapping',
  'capacity-returns',
  'circuit-breaker-rollback',
  'circuit-breaker-stop',
  'alarm-rollback',
  'stopped-by-person',
  'aborted-by-person',
  'lifecycle-hook-fails',
  'superseded',
  'service-deleted',
  'crash-loop',
  'crash-loop-breaker',
  'cannot-pull',
  'missing-parameter',
  'missing-log-group',
  'no-route',
  'capacity',
  'exec-format',
  'out-of-memory',
  'unhealthy',
  'unhealthy-container',
];

/** What DescribeServices alone tells: a person's abort and a hook's reason are not in it. */
const byListAlone = [
  'success',
  'desired-0',
  'flapping',
  'circuit-breaker-rollback',
  'circuit-breaker-stop',
  'alarm-rollback',
  'superseded',
  'service-deleted',
  'crash-loop',
  'cannot-pull',
];

describe.concurrent('a rollout in the sandbox, by the real SDK', () => {
  it.each(byServiceDeployments)('%s', { timeout: 60_000 }, async (scenario) => {
    const { outcomes, truth, pushed } = await rolloutInSandbox({ scenario });
    const { result, code } = findScenario(scenario).expect;
    const worst = outcomes.find((outcome) => outcome.result !== 'succeeded') ?? outcomes[0];
    expect(worst?.result).toBe(result);
    if (code) expect(worst?.finding?.code).toBe(code);
    if (result !== 'succeeded') return;
    for (const { service } of outcomes) {
      for (const digest of truth.runningDigests[service] ?? []) expect(digest).toBe(pushed);
    }
  });

  it('wrong-digest: what runs is not what was pushed, whoever moved the tag', {
    timeout: 60_000,
  }, async () => {
    const { outcomes } = await rolloutInSandbox({ scenario: 'wrong-digest' });
    expect(outcomes).toMatchObject([{ result: 'failed', finding: { code: 'DG631' } }]);
  });

  it.each(byListAlone)(
    '%s, where only DescribeServices and tasks may be read',
    { timeout: 60_000 },
    async (scenario) => {
      const denied = [
        'ecs:ListServiceDeployments',
        'ecs:DescribeServiceDeployments',
        'ecs:DescribeServiceRevisions',
      ];
      const { outcomes } = await rolloutInSandbox({ scenario, denied });
      const { result, code } = findScenario(scenario).expect;
      expect(outcomes[0]?.result).toBe(result);
      if (code) expect(outcomes[0]?.finding?.code).toBe(code);
    },
  );

  it('success, where DescribeServices alone may be read', { timeout: 60_000 }, async () => {
    const allowedOnly = ['sts:*', 'ecr:*', 'ecs:DescribeServices', 'ecs:UpdateService'];
    const { outcomes } = await rolloutInSandbox({ scenario: 'success', allowedOnly });
    expect(outcomes[0]?.result).toBe('succeeded');
    expect(outcomes[0]?.notes).toMatchObject([
      { code: 'DG632', level: 'warning', fix: expect.stringContaining('ecs:ListTasks') },
    ]);
  });

  it('tells what the container said and what serves', { timeout: 60_000 }, async () => {
    const { outcomes, lines } = await rolloutInSandbox({ scenario: 'circuit-breaker-rollback' });
    expect(outcomes[0]?.lastLogLines.at(-1)).toContain('DATABASE_URL is not set');
    expect(outcomes[0]?.finding?.fix).toContain('DATABASE_URL');
    expect(outcomes[0]?.stillServing).toMatchObject({ running: 2, image: 'a31be07' });
    expect(lines.some(({ kind }) => kind === 'diagnosis')).toBe(true);
  });
});
