import { describe, expect, it } from 'vitest';
import { afterwards } from '../../../src/stages/report/afterwards.ts';
import type { RunReport } from '../../../src/stages/report/run-report.ts';
import { REPORTS } from './reports.ts';

const OLD = `sha256:${'77aa01'.padEnd(64, '0')}`;
const NEW = `sha256:${'9b1c44'.padEnd(64, '0')}`;
const crashed: RunReport = REPORTS.crashed;

describe('what is said to be true after a run that failed', () => {
  it('is said of the tag that forced deployments run, whichever other tags have moved', () => {
    const movedTags = [{ tag: 'stable', from: OLD, to: NEW }, ...crashed.movedTags];
    expect(afterwards({ ...crashed, movedTags }).join('\n')).toMatch(/^latest points at the new image/m);
    expect(afterwards({ ...crashed, movedTags }).join('\n')).not.toContain('stable');
    expect(afterwards({ ...crashed, movedTags, latestDigest: OLD }).join('\n')).toContain(
      'latest points at the previous image sha256:77aa01… again',
    );
  });

  it('names no tag as the one of the next forced deployment where none is', () => {
    expect(afterwards({ ...crashed, movingTag: undefined }).join('\n')).not.toContain('points at');
  });

  it('says that the new image serves, and alone, where the rollout succeeded and its URL does not answer', () => {
    const unhealthy: RunReport = {
      ...REPORTS.succeeded,
      result: 'failed',
      failures: crashed.failures,
    };
    expect(afterwards(unhealthy)[0]).toBe(
      'dyno-agent-service: 2 tasks of the new image serve, and none of the previous one.',
    );
  });

  it('says nothing of who served before an undoing', () => {
    const undo = { asked: [], begun: [], over: true };
    expect(afterwards({ ...crashed, undo }).join('\n')).not.toMatch(/serves?\b|runs any more/);
  });

  it('knows of a one-off task that was started, and does not say that nothing was changed', () => {
    const oneOffTask = {
      task: 'abc',
      startedBy: 'deploy-guard-1',
      command: 'alembic upgrade head',
      isStopped: true,
    };
    const before: RunReport = { ...REPORTS['build failed'], oneOffTask };
    expect(afterwards(before)).toEqual(['No service was changed.']);
  });
});
