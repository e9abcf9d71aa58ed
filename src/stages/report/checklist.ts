import type { CheckReport } from '../preflight/check.ts';
import { code, plain } from './markdown.ts';
import { isGreen, type RunReport, type StageName } from './run-report.ts';
import { runningTasks } from './running-tasks.ts';
import { shortDigest, shortTag } from './words.ts';

/** `✓` it was checked and is so, `!` it was and there is a warning, `✗` it is not so, `–` nobody looked. */
type Mark = '✓' | '!' | '✗' | '–';

type Row = readonly [mark: Mark, subject: string, markdown: string];

/**
 * What has to be true of a deploy to production, ticked only where this run looked; the rest is named as not
 * checked, and whose it is.
 */
export function checklist(report: RunReport): string {
  // A run that was cut short has left no word of what it checked.
  if (report.checks.length === 0) return '';
  const rows: readonly Row[] = [
    ...report.checks.filter(hasLooked).map(checkRow),
    ...imageRows(report),
    ...migrationRows(report),
    tasksRow(report),
    ...healthRows(report),
    ['–', 'tests', 'not checked from here: lint, tests and compose belong in a job that this one `needs`'],
    ['–', 'Terraform', 'not checked from here: whether it is planned and applied'],
    [
      '–',
      'around it',
      'database, Prometheus, Grafana: checked where `health-check-urls` names a URL that asks them',
    ],
  ];
  return [
    '### Checklist',
    '',
    '| | Checked | What was seen |',
    '| --- | --- | --- |',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}

/** A check that this run has no use for says nothing. */
function hasLooked({ passed, findings, skipped, summed }: CheckReport): boolean {
  return passed !== undefined || summed !== undefined || skipped !== undefined || findings.length > 0;
}

function checkRow({ subject, passed, findings, skipped, summed }: CheckReport): Row {
  const worst = (level: 'error' | 'warning') => findings.some((finding) => finding.level === level);
  const mark = worst('error') ? '✗' : worst('warning') ? '!' : (passed ?? summed) ? '✓' : '–';
  if (summed !== undefined) return [mark, plain(subject), plain(summed)];
  const codes = [...new Set(findings.map((finding) => finding.code))].join(', ');
  const text = passed ?? (skipped ? `not checked: ${skipped}` : codes);
  return [mark, plain(subject), `${plain(text)}${passed && codes ? ` (${codes})` : ''}`];
}

/** How far a stage got: not begun, over without harm, or the one in which the run failed. */
function progressOf(report: RunReport, name: StageName): 'not begun' | 'done' | 'failed' {
  const at = report.stages.findIndex((stage) => stage.name === name);
  if (at < 0) return 'not begun';
  return at === report.stages.length - 1 && !isGreen(report.result) ? 'failed' : 'done';
}

function imageRows(report: RunReport): readonly Row[] {
  const { image, movedTags } = report;
  if (!image) {
    const failed = progressOf(report, 'image') === 'failed' && report.result !== 'cancelled';
    return [failed ? ['✗', 'image', 'not built and pushed'] : ['–', 'image', 'not checked']];
  }
  const how = image.reused ? 'was in the repository already as' : 'built and pushed as';
  return [
    ['✓', 'image', `${code(shortDigest(image.digest))} ${how} ${code(shortTag(image.tag))}`],
    ...movedTags.map(({ tag, from, to }): Row => {
      const before = from && from !== to ? `${code(shortDigest(from))} → ` : '';
      return ['✓', 'tag', `${code(shortTag(tag))}: ${before}${code(shortDigest(to))}`];
    }),
  ];
}

function migrationRows(report: RunReport): readonly Row[] {
  switch (progressOf(report, 'pre-deploy')) {
    case 'done':
      return [['✓', 'migrations', '`pre-deploy-command` ended well, in a task of the new image']];
    case 'failed':
      return report.result === 'cancelled'
        ? [['–', 'migrations', 'not known: the run was cancelled while `pre-deploy-command` ran']]
        : [['✗', 'migrations', '`pre-deploy-command` did not end well']];
    case 'not begun':
      return [['–', 'migrations', 'not checked: no `pre-deploy-command` ran']];
  }
}

function tasksRow(report: RunReport): Row {
  const [mark, text] = runningTasks(report);
  return [mark, 'tasks', text];
}

function healthRows({ health, result }: RunReport): readonly Row[] {
  if (health.length === 0) {
    const why = result === 'succeeded' ? ': `health-check-urls` is empty' : '';
    return [['–', 'health', `not checked${why}`]];
  }
  return health.map(({ url, healthy, said }) => [
    healthy ? '✓' : '✗',
    'health',
    `${code(url)} ${plain(said)}`,
  ]);
}
