import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRunState, STATE_NAME } from '../../../src/runner/run-state.ts';
import { readConfig } from '../../../src/stages/inputs/read-config.ts';
import { reportFromState } from '../../../src/stages/report/report-from-state.ts';
import type { RunReport } from '../../../src/stages/report/run-report.ts';
import { slackMessage } from '../../../src/stages/report/slack-message.ts';
import { StateKeeper } from '../../../src/stages/report/state-keeper.ts';
import { ENOUGH, environmentOf } from '../inputs/environment.ts';
import { hostileText } from './hostile-text.ts';
import { REPORTS, RUN, withHostile } from './reports.ts';

const { config } = readConfig(environmentOf(ENOUGH));

/** What post gets of what a keeper saved. */
function handedToPost(
  keep: (keeper: StateKeeper) => void,
  start: ConstructorParameters<typeof StateKeeper>[1] = {},
  redact: (text: string) => string = (text) => text,
) {
  const saved = new Map<string, string>();
  keep(new StateKeeper({ saveState: (name, value) => saved.set(name, value) }, start, redact));
  return readRunState({ [`STATE_${STATE_NAME}`]: saved.get(STATE_NAME) });
}

describe('the state that main hands to post', () => {
  it('is there from the start', () => {
    expect(handedToPost(() => undefined)).toMatchObject({ told: 'no', changed: false, deployments: [] });
  });

  it('is read back by post, whatever the run came to: otherwise people are told twice', () => {
    const reports = fc.constantFrom<RunReport>(...Object.values(REPORTS));
    fc.assert(
      fc.property(reports, hostileText, fc.integer({ min: 1, max: 300 }), (base, text, times) => {
        const report = withHostile(base, `${text}x`.repeat(times));
        const state = handedToPost(
          (keeper) => {
            if (report.commit) keeper.commit(report.commit);
            keeper.record(report, 'rollout');
            keeper.end(report);
            keeper.told('yes');
          },
          { privateFolder: '/tmp/deploy-guard-abcdef' },
        );
        expect(state).toMatchObject({ told: 'yes', stage: 'rollout', ended: { result: report.result } });
        expect(state?.deployments).toHaveLength(report.deployments.length);
      }),
    );
  });

  it('is read back with 50 services', () => {
    const services = Array.from({ length: 50 }, (_, i) => ({
      ...REPORTS.crashed.deployments[0],
      service: `${'s'.repeat(250)}${i}`,
    }));
    const report = { ...REPORTS.crashed, deployments: services } as RunReport;
    expect(handedToPost((keeper) => keeper.record(report, 'rollout'))?.deployments).toHaveLength(50);
  });

  it('is read back with more tags than anyone has', () => {
    const movedTags = Array.from({ length: 120 }, (_, i) => ({
      tag: `${'t'.repeat(120)}${i}`,
      from: undefined,
      to: 'x',
    }));
    expect(
      handedToPost((keeper) => keeper.record({ ...REPORTS.crashed, movedTags }, 'deploy')),
    ).toMatchObject({ stage: 'deploy' });
  });

  it('has no secret-bearing text of the run in it but its failure', () => {
    const state = handedToPost((keeper) =>
      keeper.record(withHostile(REPORTS.crashed, 'hunter22'), 'rollout'),
    );
    expect(JSON.stringify(state)).not.toContain('hunter22');
  });
});

describe('reportFromState', () => {
  const cut = (keep: (keeper: StateKeeper) => void) =>
    reportFromState(handedToPost(keep), config, RUN, undefined);

  it('tells of a run that was cut short during its rollout which deployments go on', () => {
    const report = cut((keeper) => keeper.record(REPORTS.crashed, 'rollout'));
    // That it ended is no proof that somebody cancelled it.
    expect(report.result).toBe('failed');
    expect(report.failures[0]).toMatchObject({ code: 'DG902' });
    expect(report.failures[0]?.title).toContain('dyno-agent-service ecs-svc/4812');
  });

  it('says that the image was pushed where it was, and does not say that nothing was changed', () => {
    const report = cut((keeper) => keeper.record({ ...REPORTS.crashed, deployments: [] }, 'deploy'));
    expect(report.failures[0]?.title).toContain('but the image was pushed');
    expect(JSON.stringify(slackMessage(report))).not.toContain('Nothing was changed');
  });

  it('says that nothing was changed where nothing was', () => {
    const report = cut((keeper) => keeper.record(REPORTS.checked, 'preflight'));
    expect(JSON.stringify(slackMessage(report))).toContain('Nothing was changed');
  });

  it('tells how a run ended that could not tell itself', () => {
    const report = cut((keeper) => {
      keeper.record(REPORTS.crashed, 'rollout');
      keeper.end(REPORTS.crashed);
    });
    expect(report).toMatchObject({
      result: 'failed',
      totalMs: 117_000,
      failures: [{ code: 'DG612', title: REPORTS.crashed.failures[0]?.title }],
    });
  });

  it('tells why a deployment was being undone, and how far that was', () => {
    const undo = {
      asked: [],
      begun: [{ service: 'dyno-agent-service', deploymentId: 'ecs-svc/4812' }],
      over: false,
    };
    const report = cut((keeper) => keeper.record({ ...REPORTS.crashed, undo }, 'undo'));
    expect(report.failures.map(({ code }) => code)).toEqual(['DG902', 'DG612']);
    expect(report.failures[0]?.title).toContain('ECS goes on with that: dyno-agent-service ecs-svc/4812');
  });

  it('names the one-off task that runs on, without a secret in its command', () => {
    const oneOffTask = {
      task: 'abc',
      startedBy: 'deploy-guard-1',
      command: 'migrate --password hunter22',
      isStopped: false,
    };
    const state = handedToPost(
      (keeper) => keeper.record({ ...REPORTS.checked, oneOffTask }, 'pre-deploy'),
      {},
      (text) => text.replaceAll('hunter22', '***'),
    );
    expect(JSON.stringify(state)).not.toContain('hunter22');
    const report = reportFromState(state, config, RUN, undefined);
    expect(report.failures[0]?.title).toContain('its task abc may still run in ECS');
  });

  it('has something to say where there is no state at all', () => {
    const report = reportFromState(undefined, config, RUN, undefined);
    expect(report).toMatchObject({ result: 'failed', failures: [{ code: 'DG902' }] });
  });
});
