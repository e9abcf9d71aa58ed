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

  const [deployment] = crashed.deployments;
  /** One service whose rollout did not end well, as it was last seen. */
  const ended = (change: object): RunReport => {
    if (!deployment?.outcome) throw new Error('the report of a crash has no outcome');
    return { ...crashed, deployments: [{ ...deployment, outcome: { ...deployment.outcome, ...change } }] };
  };

  it.each([
    [{ running: 0 }, 'dyno-agent-service: 2 tasks of the previous image (a31be07) still serve.'],
    [
      { running: 1 },
      'dyno-agent-service: 2 tasks of the previous image (a31be07) still serve, and 1 of the new image runs.',
    ],
    [
      { running: 2, stillServing: { running: 0 } },
      'dyno-agent-service: 2 tasks of the new image run, and none of the previous one.',
    ],
    [
      { running: 0, stillServing: { running: 0 } },
      'dyno-agent-service: no task runs, neither of the new image nor of the previous one.',
    ],
    [
      { running: 2, finding: { ...crashed.failures[0], code: 'DG631' } },
      'dyno-agent-service: 2 tasks of the previous image (a31be07) still serve, and 2 of another image run.',
    ],
  ])('counts the tasks of both images: %o', (change, sentence) => {
    expect(afterwards(ended(change))[0]).toBe(sentence);
  });

  const arn = 'arn:aws:ecs:us-east-1:123456789012:service-deployment/c/dyno-agent-service/abc';
  const goesOn = ended({ serviceDeployment: { arn, status: 'IN_PROGRESS' } });

  it('is that ECS goes on, and how to end that', () => {
    expect(afterwards(goesOn)[1]).toBe(
      `ECS goes on with the deployment of dyno-agent-service. To put the previous image back: \`aws ecs stop-service-deployment --stop-type ROLLBACK --service-deployment-arn ${arn}\`.`,
    );
    const two = { ...goesOn, deployments: [...goesOn.deployments, ...goesOn.deployments] };
    expect(afterwards(two).join('\n')).toContain(
      'the deployments of 2 services: `mode: rollback` ends that.',
    );
  });

  it('is that ECS goes on after a time-out, also where its service deployment could not be read', () => {
    const deployments = ended({}).deployments.map((each) => ({ ...each, result: 'timed-out' as const }));
    expect(afterwards({ ...crashed, result: 'timed-out', deployments })[1]).toBe(
      'ECS goes on with the deployment of dyno-agent-service. To put the previous image back: `aws ecs list-service-deployments --cluster dyno-agent-cluster --service dyno-agent-service`, then `aws ecs stop-service-deployment --stop-type ROLLBACK --service-deployment-arn ARN`.',
    );
  });

  it.each([
    ['ECS has ended it', ended({ serviceDeployment: { arn, status: 'STOPPED' } })],
    ['it was undone', { ...goesOn, undo: { asked: [], begun: [], over: true } }],
    [
      'the reason says so',
      {
        ...goesOn,
        failures: crashed.failures.map((each) => ({
          ...each,
          title: 'dyno-agent-service: AWS gave no answer; the rollout goes on in ECS.',
        })),
      },
    ],
  ])('is not that ECS goes on where %s', (_, report) => {
    expect(afterwards(report as RunReport).join('\n')).not.toContain('goes on');
  });

  it('names the setting that puts the tag back, where the run would have used it', () => {
    const hint = '`on-failure: rollback` would have put it back.';
    expect(afterwards(crashed).join('\n')).toContain(hint);
    for (const other of [
      { ...crashed, mode: 'rollback' as const },
      { ...crashed, deployments: [] },
      REPORTS.cancelled,
    ])
      expect(afterwards(other).join('\n')).not.toContain(hint);
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
