import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/finding.ts';
import { type DeploymentStatus, GitHubRefused } from '../../../src/github/deployments.ts';
import { EnvironmentRecord, type RecordPorts } from '../../../src/stages/report/environment-record.ts';
import type { RunReport } from '../../../src/stages/report/run-report.ts';
import { REPORTS, withHostile } from './reports.ts';

interface Fails {
  readonly open?: Error;
  readonly find?: Error;
  readonly create?: Error;
  readonly record?: Error;
}

/** A record with a GitHub that has `own` as the job's deployment, and all that was asked of it. Failures last, or `times`. */
function recording(own?: number, fails: Fails = {}, times = Number.POSITIVE_INFINITY) {
  const failed: Partial<Record<keyof Fails, number>> = {};
  const isToFail = (what: keyof Fails) => {
    failed[what] = (failed[what] ?? 0) + 1;
    return fails[what] !== undefined && failed[what] <= times;
  };
  const asked: string[] = [];
  const statuses: DeploymentStatus[] = [];
  const saved: unknown[] = [];
  const answer = async <T>(what: keyof Fails, value: T): Promise<T> => {
    asked.push(what);
    return isToFail(what) ? await Promise.reject(fails[what]) : await Promise.resolve(value);
  };
  const ports: RecordPorts = {
    open: async () =>
      await answer('open', {
        find: async () => await answer('find', own),
        create: async () => await answer('create', 77),
        record: async (id: number, status: DeploymentStatus) => {
          asked.push(`record ${id} ${status.state}`);
          statuses.push(status);
          if (isToFail('record')) await Promise.reject(fails.record);
        },
      }),
    save: (deployment) => saved.push(deployment),
    pause: () => Promise.resolve(),
  };
  const record = new EnvironmentRecord('production', 'https://dyno.example.com', ports);
  return { record, asked: () => asked.filter((what) => what !== 'open'), statuses, saved };
}

describe('the deployment at GitHub', () => {
  it.each(Object.entries(REPORTS))('has its last status for %s', async (_, report: RunReport) => {
    const { record, statuses } = recording();
    record.begin(report);
    expect(await record.end(report)).toBeUndefined();
    expect(statuses.at(-1)).toMatchSnapshot();
  });

  it.each<readonly [string, RunReport, Partial<DeploymentStatus>]>([
    [
      'a roll back',
      { ...REPORTS.succeeded, mode: 'rollback' },
      { state: 'success', description: 'Rolled back in 1 min 57 s' },
    ],
    ['a bug of ours', { ...REPORTS.crashed, failures: [bug()] }, { state: 'error' }],
    [
      'a run that was cancelled before it changed anything',
      { ...REPORTS.cancelled, image: undefined, movedTags: [], deployments: [] },
      { state: 'inactive' },
    ],
  ])('of %s', async (_, report, expected) => {
    const { record, statuses } = recording();
    record.begin(report);
    await record.end(report);
    expect(statuses.at(-1)).toMatchObject(expected);
  });

  it('is the one that is there, else a new one, and begun once', async () => {
    for (const [own, expected] of [
      [5, ['find', 'record 5 in_progress', 'record 5 success']],
      [undefined, ['find', 'create', 'record 77 in_progress', 'record 77 success']],
    ] as const) {
      const { record, asked, saved } = recording(own);
      record.begin(REPORTS.succeeded);
      record.begin(REPORTS.succeeded);
      await record.end(REPORTS.succeeded);
      expect(asked()).toEqual(expected);
      expect(saved).toEqual([
        { id: own ?? 77, over: false },
        { id: own ?? 77, over: true },
      ]);
    }
  });

  it('is nothing where nothing had begun', async () => {
    const { record, asked, saved } = recording();
    expect(await record.end(REPORTS.checked)).toBeUndefined();
    expect([asked(), saved]).toEqual([[], []]);
  });

  it('goes on with the one that a process before began, and looks for it where its id is not known', async () => {
    const known = recording(5);
    known.record.resume(9);
    await known.record.end(REPORTS.crashed);
    expect(known.asked()).toEqual(['record 9 failure']);
    const sought = recording(5);
    sought.record.resume(undefined);
    await sought.record.end(REPORTS.crashed);
    expect(sought.asked()).toEqual(['find', 'record 5 failure']);
  });

  it('is nobody to warn of where the process before had not come to make it', async () => {
    const { record, asked } = recording(undefined);
    record.resume(undefined);
    expect(await record.end(REPORTS.crashed)).toBeUndefined();
    expect(asked()).toEqual(['find']);
  });

  it.each<readonly [string, Fails, RegExp]>([
    [
      'the client can not be opened',
      { open: new Error('`github-token` is empty') },
      /`github-token` is empty/,
    ],
    ['it is not found', { find: new GitHubRefused('GitHub answered 502', 502) }, /502/],
    [
      'it is not made',
      { create: new GitHubRefused('GitHub answered 403: no', 403) },
      /403.*deployments: write/,
    ],
    ['it takes no status', { record: new GitHubRefused('no answer', undefined) }, /no answer.*Nothing/],
  ])('that is not recorded is one warning: %s', async (_, fails, words) => {
    const { record, saved } = recording(undefined, fails);
    record.begin(REPORTS.succeeded);
    const finding = await record.end(REPORTS.succeeded);
    expect(finding).toMatchObject({ code: 'DG811', level: 'warning' });
    expect(`${finding?.title} ${finding?.fix}`).toMatch(words);
    expect(saved.at(-1)).toMatchObject({ over: true });
  });

  it('gets its last status where its first one, or the answer to its making, was lost', async () => {
    const lost = new GitHubRefused('no answer', undefined);
    const unmade = recording(undefined, { create: lost }, 1);
    unmade.record.begin(REPORTS.succeeded);
    expect(await unmade.record.end(REPORTS.succeeded)).toBeUndefined();
    expect(unmade.asked()).toEqual(['find', 'create', 'find', 'create', 'record 77 success']);
    const unbegun = recording(5, { record: new GitHubRefused('GitHub answered 502', 502) }, 1);
    unbegun.record.begin(REPORTS.succeeded);
    expect(await unbegun.record.end(REPORTS.succeeded)).toBeUndefined();
    expect(unbegun.asked()).toEqual(['find', 'record 5 in_progress', 'record 5 success']);
  });

  it('gets its last status by a second try, and by no third', async () => {
    const gateway = new GitHubRefused('GitHub answered 502', 502);
    const once = recording(5, { record: gateway }, 1);
    once.record.resume(5);
    expect(await once.record.end(REPORTS.succeeded)).toBeUndefined();
    expect(once.asked()).toEqual(['record 5 success', 'record 5 success']);
    const always = recording(5, { record: gateway });
    always.record.resume(5);
    expect(await always.record.end(REPORTS.succeeded)).toMatchObject({ code: 'DG811' });
    expect(always.asked()).toEqual(['record 5 success', 'record 5 success']);
  });

  it('is not tried again where GitHub has refused', async () => {
    const { record, asked } = recording(5, { record: new GitHubRefused('GitHub answered 403: no', 403) });
    record.resume(5);
    expect(await record.end(REPORTS.succeeded)).toMatchObject({ code: 'DG811' });
    expect(asked()).toEqual(['record 5 success']);
  });

  it('is described in one line, without what acts', async () => {
    const report = withHostile(REPORTS.crashed, '\u001b[31m::error::\n##[x]\u0000 \ud800');
    const { record, statuses } = recording();
    record.begin(report);
    await record.end(report);
    const { description = '' } = statuses.at(-1) ?? {};
    expect(description).not.toMatch(/[\u0000-\u001f]|##\[/);
    expect(description.isWellFormed()).toBe(true);
  });
});

function bug(): Finding {
  return { code: 'DG901', level: 'error', title: 'deploy-guard has a bug: x', fix: 'Report it.' };
}
