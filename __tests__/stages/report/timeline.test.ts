import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/stages/report/run-report.ts';
import { timeline } from '../../../src/stages/report/timeline.ts';
import { hostileText } from './hostile-text.ts';
import { REPORTS } from './reports.ts';

const [deployment] = REPORTS.crashed.deployments;

function withService(service: string): RunReport {
  return { ...REPORTS.crashed, deployments: deployment ? [{ ...deployment, service }] : [] };
}

describe('timeline', () => {
  it('puts each stage where it began, and marks what failed', () => {
    expect(timeline(REPORTS.crashed).split('\n').slice(6, 12)).toEqual([
      '    preflight (0.6 s) :00:00:00.000, 600ms',
      '    image (41 s) :00:00:00.600, 41200ms',
      '    deploy (0.9 s) :00:00:41.800, 900ms',
      '    rollout (1 min 14 s) :crit, 00:00:42.700, 74000ms',
      '    section Rollout',
      '    service dyno-agent-service (1 min 14 s) :crit, 00:00:42.700, 74000ms',
    ]);
    expect(timeline(REPORTS.succeeded)).not.toContain('crit');
  });

  it('does not mark an undoing that went well, but what it was for', () => {
    const stages = [...REPORTS.crashed.stages, { name: 'undo', startMs: 116_700, ms: 2_000 } as const];
    const undo = { asked: [], begun: [], over: true };
    const marked = (report: RunReport) =>
      timeline(report)
        .split('\n')
        .flatMap((line) => /^ {4}(?!service)(\S+) .*:crit/.exec(line)?.[1] ?? []);
    const undone: RunReport = { ...REPORTS.crashed, result: 'rolled-back', stages, undo };
    expect(marked(undone)).toEqual(['rollout']);
    const failures = REPORTS.crashed.failures.map((each) => ({ ...each, code: 'DG651' as const }));
    expect(marked({ ...undone, result: 'failed', failures })).toEqual(['rollout', 'undo']);
  });

  it('has no line but of its own grammar, whatever a service is called', () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        const lines = timeline(withService(name)).split('\n');
        const own =
          /^ {4}(dateFormat HH:mm:ss\.SSS|axisFormat %[MH]:%[SM]|todayMarker off|section (Run|Rollout)|[^:;#%\n]+ :(crit, )?\d\d:\d\d:\d\d\.\d{3}, [1-9]\d*ms)$/;
        expect(lines.slice(2, -1).filter((line) => !own.test(line))).toEqual([]);
      }),
    );
  });

  it('is not drawn where no stage was reached, or over more than a day', () => {
    expect(timeline({ ...REPORTS.checked, stages: [] })).toBe('');
    expect(timeline({ ...REPORTS.crashed, totalMs: 25 * 3600_000 })).toBe('');
  });
});
