import { describe, expect, it } from 'vitest';
import { endOf } from '../../../src/stages/ending.ts';
import { type Interruption, interrupted } from '../../../src/stages/report/interrupted.ts';
import type { RunReport } from '../../../src/stages/report/run-report.ts';
import { REPORTS } from './reports.ts';

const nothing: Interruption = {
  ended: 'The run was cancelled',
  cluster: 'c',
  goesOn: [],
  over: [],
  unanswered: [],
  untouched: ' before any service was changed.',
};
const web = { service: 'web', deploymentId: 'ecs-svc/1' };
const api = { service: 'api', deploymentId: 'ecs-svc/2' };

describe('what is said of a run that was interrupted', () => {
  it.each<readonly [string, Partial<Interruption>, string]>([
    ['before anything', {}, 'The run was cancelled before any service was changed.'],
    [
      'while a rollout goes on, of which another answer has not come',
      { goesOn: [web], unanswered: ['api'] },
      'The run was cancelled; the rollout goes on in ECS: deployment web ecs-svc/1. Of api, whether a deployment was started is not known.',
    ],
    [
      'while no answer has come',
      { unanswered: ['web', 'api'] },
      'The run was cancelled while it asked ECS to deploy web and api: whether a deployment was started is not known.',
    ],
    [
      'after all was over',
      { over: [web] },
      'The run was cancelled after the rollout had finished: deployment web ecs-svc/1.',
    ],
    [
      'while a one-off task ran that could not be stopped',
      { oneOffTask: { task: 'abc', startedBy: 'deploy-guard-1', command: 'migrate', isStopped: false } },
      'The run was cancelled while `migrate` ran: its task abc may still run in ECS. No service was changed.',
    ],
    [
      'while a one-off task was being asked for',
      { oneOffTask: { startedBy: 'deploy-guard-1', command: 'migrate', isStopped: false } },
      'The run was cancelled while it asked ECS to run `migrate`: whether its task was started is not known. No service was changed.',
    ],
    [
      'while one service was being undone and of another it is not known',
      { goesOn: [web, api], undo: { asked: ['api'], begun: [web], over: false } },
      'The run was cancelled while it put the previous image back; ECS goes on with that: web ecs-svc/1; whether ECS began with that on api is not known; to be undone: deployment api ecs-svc/2.',
    ],
    [
      'while the tags were being put back',
      { goesOn: [web], undo: { asked: [], begun: [], over: false } },
      'The run was cancelled while it put the previous image back; no service had been told yet; to be undone: deployment web ecs-svc/1.',
    ],
    [
      'when the undoing was over',
      { over: [web], undo: { asked: [], begun: [web], over: true } },
      'The run was cancelled after the rollout had finished: deployment web ecs-svc/1.',
    ],
  ])('%s', (_, what, title) => {
    const said = interrupted({ ...nothing, ...what });
    expect(said.title).toBe(title);
    expect(said.fix).toMatch(/[a-z]/);
  });
});

describe('the end of a cancelled run', () => {
  const cancelled = AbortSignal.abort();

  it('does not say that a rollout goes on which ECS has ended', () => {
    const report: RunReport = {
      ...REPORTS['rolled-back'],
      deployments: REPORTS['rolled-back'].deployments,
      failures: [],
    };
    expect(endOf(undefined, report, cancelled).failures?.[0]?.title).not.toContain('goes on');
  });

  it('keeps what had made an undoing necessary', () => {
    const report: RunReport = {
      ...REPORTS.crashed,
      undo: { asked: ['dyno-agent-service'], begun: [], over: false },
    };
    const end = endOf(undefined, report, cancelled);
    expect(end.result).toBe('cancelled');
    expect(end.failures?.map(({ code }) => code)).toEqual(['DG643', 'DG612']);
  });
});
