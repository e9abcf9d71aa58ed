import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomOf } from '../../e2e/faults/sample.ts';
import { LONGEST_MS, runsOf } from '../../fuzz/campaign.ts';
import { rolloutInSandbox } from './sandbox-rollout.ts';

const SCENARIOS = ['success', 'crash-loop', 'circuit-breaker-rollback', 'superseded', 'cannot-pull'] as const;

describe('a rollout seen through answers with strange values in them', () => {
  it('ends with a verdict, and green only where it is so', { timeout: LONGEST_MS }, async () => {
    const runs = fc.asyncProperty(
      fc.constantFrom(...SCENARIOS),
      fc.constantFrom('ecs' as const, 'logs' as const),
      fc.integer({ min: 0 }),
      async (scenario, service, seed) => {
        const random = randomOf(seed);
        const faults = [{ service, kind: 'mutated', random, after: 2, times: 25 }] as const;
        const { outcomes } = await rolloutInSandbox({ scenario, faults, speed: 200, waitForMs: 300_000 });
        expect(outcomes).toHaveLength(1);
        for (const { result, finding } of outcomes) {
          if (result === 'succeeded') expect(scenario).toBe('success');
          else expect(finding?.code).toMatch(/^DG[0-8]\d\d$/);
        }
      },
    );
    await fc.assert(runs, { ...runsOf(12), endOnFailure: true });
  });
});
