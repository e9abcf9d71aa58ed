import { describe, expect, it } from 'vitest';
import { checklist } from '../../../src/stages/report/checklist.ts';
import type { RunReport, StageName } from '../../../src/stages/report/run-report.ts';
import { REPORTS } from './reports.ts';

/** The rows about a subject, `mark text`. */
function rows(report: RunReport, subject: string): readonly string[] {
  return checklist(report)
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')))
    .filter(([, name]) => name === subject)
    .map(([mark, , text]) => `${mark} ${text}`);
}

function reaching(report: RunReport, ...names: readonly StageName[]): RunReport {
  return { ...report, stages: names.map((name) => ({ name, startMs: 0, ms: 1 })) };
}

const [deployment] = REPORTS.succeeded.deployments;
const good: RunReport = REPORTS.succeeded;

function running(change: object): RunReport {
  if (!deployment?.outcome) throw new Error('the report of a success has no outcome');
  return { ...good, deployments: [{ ...deployment, outcome: { ...deployment.outcome, ...change } }] };
}

const [crashed] = REPORTS.crashed.deployments;
const [failure] = REPORTS.crashed.failures;
const undo: RunReport['undo'] = { asked: [], begun: [], over: true };

/** A rollout that did not end well, as it was last seen. */
function ended(change: object, why: object = {}): RunReport {
  if (!crashed?.outcome) throw new Error('the report of a crash has no outcome');
  const finding = { ...failure, ...why };
  return {
    ...REPORTS.crashed,
    deployments: [{ ...crashed, outcome: { ...crashed.outcome, finding, ...change } }],
  } as RunReport;
}

describe('the checklist', () => {
  it('is left out where a run was cut short and has no word of what it checked', () => {
    expect(checklist({ ...good, checks: [] })).toBe('');
  });

  it('ticks a check that passed, marks one with a warning or an error, and names the codes', () => {
    expect(rows(good, 'secrets')[0]).toMatch(/^✓ 2 of 2 set/);
    expect(rows(good, 'service')[0]).toMatch(/^! .*\(DG531\)$/);
    expect(rows(REPORTS['preflight failed'], 'secrets')).toEqual(['✗ DG112, DG116']);
  });

  it('never ticks what was skipped, and says nothing of what the run has no use for', () => {
    const checks = [
      { subject: 'engine', passed: undefined, findings: [], skipped: 'identity failed' },
      { subject: 'slack', passed: undefined, findings: [] },
    ];
    expect(rows({ ...good, checks }, 'engine')).toEqual(['– not checked: identity failed']);
    expect(rows({ ...good, checks }, 'slack')).toEqual([]);
  });

  it.each<readonly [string, RunReport, readonly RegExp[]]>([
    ['was pushed', good, [/^✓ `sha256:9b1c44…` built and pushed as `4f9c2e1`$/]],
    ['was not come to', REPORTS['preflight failed'], [/^– not checked$/]],
    ['failed', reaching(REPORTS['build failed'], 'preflight', 'image'), [/^✗ not built and pushed$/]],
    [
      'was being built when the run was cancelled',
      { ...reaching(REPORTS['build failed'], 'preflight', 'image'), result: 'cancelled' },
      [/^– not checked$/],
    ],
  ])('of an image that %s', (_, report, expected) => {
    const shown = rows(report, 'image');
    expect(shown).toHaveLength(expected.length);
    expected.forEach((pattern, at) => {
      expect(shown[at]).toMatch(pattern);
    });
  });

  it.each<readonly [string, RunReport, RegExp]>([
    ['none was asked for', good, /^– not checked: no `pre-deploy-command` ran$/],
    ['it ended well', reaching(good, 'preflight', 'image', 'pre-deploy', 'deploy', 'rollout'), /^✓ /],
    ['it failed', reaching(REPORTS['build failed'], 'preflight', 'image', 'pre-deploy'), /^✗ /],
    ['a later stage failed', reaching(REPORTS.crashed, 'preflight', 'image', 'pre-deploy', 'rollout'), /^✓ /],
    [
      'the run was cancelled meanwhile',
      { ...reaching(REPORTS['build failed'], 'preflight', 'image', 'pre-deploy'), result: 'cancelled' },
      /^– not known/,
    ],
  ])('of migrations where %s', (_, report, expected) => {
    expect(rows(report, 'migrations')).toEqual([expect.stringMatching(expected)]);
  });

  it.each<readonly [string, object, string]>([
    ['all run it', good, '✓ every running task runs this image'],
    [
      'AWS does not say what runs',
      running({ digests: [] }),
      '! the deployment finished; AWS does not report which image its tasks run',
    ],
    ['none is wanted', running({ running: 0, desired: 0, digests: [] }), '! none is wanted, and none runs'],
    ['nobody waited', REPORTS.started, '– not checked'],
    ['they crashed', REPORTS.crashed, '✗ no task of the service runs this image'],
    ['one of two crashes', ended({ running: 1 }), '✗ not all tasks of the service run this image'],
    [
      'those of one of two services crashed',
      { ...REPORTS.crashed, deployments: [...REPORTS.crashed.deployments, ...REPORTS.succeeded.deployments] },
      '✗ not every service runs this image',
    ],
    [
      'those of both services crashed',
      { ...REPORTS.crashed, deployments: [...REPORTS.crashed.deployments, ...REPORTS.crashed.deployments] },
      '✗ no task of the services runs this image',
    ],
    [
      'those of both services crashed, and one is up again',
      {
        ...REPORTS.crashed,
        deployments: [...REPORTS.crashed.deployments, ...ended({ running: 1 }).deployments],
      },
      '✗ not all tasks of the services run this image',
    ],
    [
      'one of two services was refused',
      {
        ...REPORTS.crashed,
        deployments: [{ ...crashed, outcome: undefined }, ...REPORTS.succeeded.deployments],
      },
      '✗ not every service runs this image',
    ],
    [
      'the image that runs still is this one too',
      { ...REPORTS.crashed, previousImage: `${good.image?.repositoryUri}@${good.image?.digest}` },
      '✗ no task of the new deployment runs',
    ],
    [
      'another image was found',
      ended({ running: 2 }, { code: 'DG631' }),
      '✗ tasks of the service run another image',
    ],
    [
      'ECS took an image that somebody else had put under the tag',
      ended({ running: 2, result: 'superseded' }, { code: 'DG462' }),
      '✗ tasks of the service run another image',
    ],
    [
      'a newer deployment took over',
      REPORTS.superseded,
      '– not known: a newer deployment took over before all had been looked at',
    ],
    [
      'AWS could not be asked any more',
      ended({ running: 0 }, { code: 'DG642' }),
      '– not known: AWS could not be asked any more',
    ],
    [
      'the rollout was good, the health was not, and all was undone',
      { ...good, result: 'rolled-back', undo, deployments: [{ ...deployment, result: 'rolled-back' }] },
      '✗ no task of the service runs this image',
    ],
    [
      'the undoing did not end well',
      { ...good, result: 'failed', undo, failures: [{ ...failure, code: 'DG651' }] },
      '– not known: the previous image could not be put back everywhere',
    ],
    [
      'the run was cancelled',
      REPORTS.cancelled,
      '– not known: the run was cancelled before all had been looked at',
    ],
    ['nothing was deployed', REPORTS.checked, '– not checked'],
  ])('of tasks where %s', (_, report, expected) => {
    expect(rows(report as RunReport, 'tasks')).toEqual([expected]);
  });

  it('has a row for each URL that was asked, and says why there is none', () => {
    expect(rows(good, 'health')[0]).toMatch(/^✓ `https:\/\/dyno\.example\.com\/health` 200 in 84 ms$/);
    const [asked] = REPORTS.succeeded.health;
    const health = [{ ...asked, healthy: false, said: '503' }] as RunReport['health'];
    expect(rows({ ...good, result: 'failed', health }, 'health')[0]).toMatch(/^✗ .*503$/);
    expect(rows({ ...good, health: [] }, 'health')).toEqual(['– not checked: `health-check-urls` is empty']);
  });

  it.each(Object.entries(REPORTS))('says of %s whose the rest is, unticked', (_, report: RunReport) => {
    for (const subject of ['tests', 'Terraform', 'around it'])
      expect(rows(report, subject)).toEqual([expect.stringMatching(/^– /)]);
  });
});
