import { describe, expect, it } from 'vitest';
import { findScenario } from '../../../sandbox/scenarios/index.ts';
import { toService, toTask } from '../../../src/aws/ecs-snapshots.ts';
import { rolloutInSandbox } from './sandbox-rollout.ts';

const ESC = '\u001b';
const nasty = [`${ESC}[31mred${ESC}[0m`, '::error::forged', '##[error]forged', 'a\u202eb', 'x'.repeat(9_000)];
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e]|^\s*::|##\[/;

describe('text from outside', () => {
  it.each(nasty)('is harmless and short in what AWS says: %s', (text) => {
    const task = toTask({ taskArn: 'a', stoppedReason: text, containers: [{ name: 'app', reason: text }] });
    const service = toService({
      events: [{ id: '1', message: text }],
      deployments: [{ id: 'd', rolloutStateReason: text }],
    });
    const said = [
      task?.stoppedReason,
      task?.containers[0]?.reason,
      service.events[0]?.message,
      service.deployments[0]?.rolloutStateReason,
    ];
    for (const shown of said) {
      expect(shown).not.toMatch(unsafe);
      expect(shown?.length).toBeLessThanOrEqual(500);
    }
  });

  it('is harmless and short in what a container logged', { timeout: 60_000 }, async () => {
    const log = [
      ...Array.from({ length: 100 }, (_, i) => `line ${i}`),
      ...nasty,
      '  File "/app/db.py", line 12',
    ];
    const scenario = {
      ...findScenario('crash-loop'),
      tasks: { outcomes: [{ kind: 'exits', exitCode: 1, seconds: 8, log }] },
    } as const;
    const { outcomes } = await rolloutInSandbox({ scenario, speed: 60 });
    const lines = outcomes[0]?.lastLogLines ?? [];
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.length).toBeLessThanOrEqual(12);
    for (const line of lines) {
      expect(line).not.toMatch(unsafe);
      expect(line.length).toBeLessThanOrEqual(240);
    }
    // The indent of a stack trace stays.
    expect(lines.at(-1)).toBe('  File "/app/db.py", line 12');
  });
});
