import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/finding.ts';
import { endingLines, headline, preflightLines, problemLines } from '../../../src/stages/report/log.ts';
import { isGreen, type RunReport } from '../../../src/stages/report/run-report.ts';
import { slackMessage } from '../../../src/stages/report/slack-message.ts';
import { renderSummary } from '../../../src/stages/report/summary.ts';
import { REPORTS } from './reports.ts';

const all: readonly (readonly [string, RunReport])[] = Object.entries(REPORTS);
const CRASHED = REPORTS.crashed.failures[0] ?? { code: 'DG612', level: 'error', title: '', fix: '' };
const bad = all.filter(([, report]) => !isGreen(report.result));

describe.each(all)('%s', (_, report) => {
  it('has its Slack message', () => {
    expect(slackMessage(report)).toMatchSnapshot();
  });

  it('has its step summary', () => {
    expect(renderSummary(report)).toMatchSnapshot();
  });

  it('has its log', () => {
    const log = [
      headline(report),
      ...preflightLines(report.checks),
      ...problemLines(report),
      ...endingLines(report),
    ];
    expect(log.join('\n')).toMatchSnapshot();
  });

  it('speaks plainly: no exclamation, no apology', () => {
    const said = [
      JSON.stringify(slackMessage(report)),
      renderSummary(report),
      ...problemLines(report),
      ...endingLines(report),
    ].join('\n');
    expect(said).not.toMatch(/\w!(\s|$)|\boops\b|\bplease\b|\bsorry\b|undefined|\[object|NaN/i);
  });

  it('has an emoji nowhere in Slack but in its first line', () => {
    const [first = '', ...rest] = JSON.stringify(slackMessage(report).blocks).split('\\n');
    expect(first).toMatch(/"(✅|❌|⚪|⚠️|↩️|⏱️) /);
    expect(rest.join()).not.toMatch(/\p{Extended_Pictographic}/u);
  });
});

describe.each(bad)('%s', (_, report) => {
  it('says everywhere why, by which code, and what to do', () => {
    const [failure] = report.failures;
    expect(failure).toBeDefined();
    const { code = 'none', title = 'none' } = failure ?? {};
    const slack = slackMessage(report);
    const shown = slack.blocks
      .flatMap((block) => (block.type === 'section' ? (block.text?.text ?? '') : []))
      .join('\n');
    const log = [...problemLines(report), ...endingLines(report)].join('\n');
    const summary = renderSummary(report);
    expect(shown).toContain(code);
    expect(shown).toContain(title);
    // The annotation just before the log's ending says the code and the sentence; the ending links to the code.
    expect(log.toLowerCase()).toContain(code.toLowerCase());
    for (const text of [shown, log]) expect(text).toContain(failure?.fix.slice(0, 12));
    expect(summary).toContain(code);
    expect(slack.text).toContain(title);
  });

  it('says whether anything was changed', () => {
    const changed = report.image !== undefined;
    expect(JSON.stringify(slackMessage(report)).includes('Nothing was changed')).toBe(!changed);
  });
});

describe('green', () => {
  it.each(all.filter(([, report]) => isGreen(report.result)))('%s has no failure in it', (_, report) => {
    expect(renderSummary(report)).toContain('✅');
    expect(JSON.stringify(slackMessage(report))).not.toContain('❌');
  });
});

describe('the Slack message', () => {
  const section = (report: RunReport) => {
    const [block] = slackMessage(report).blocks;
    return block?.type === 'section' ? (block.text?.text ?? '') : '';
  };
  const finding = (level: 'warning' | 'note', i: 1 | 2): Finding => ({
    code: i === 1 ? 'DG551' : 'DG552',
    level,
    title: `${level} ${i}`,
    fix: 'Do.',
  });

  it('counts the problems that it has no room for', () => {
    const failures = Array.from({ length: 12 }, (_, i) => ({ ...CRASHED, title: `Problem ${i}.` }));
    const shown = section({ ...REPORTS.crashed, failures });
    const named = failures.filter(({ title }) => shown.includes(title)).length;
    expect(named).toBeGreaterThan(3);
    expect(shown).toContain(`and ${12 - named} more problems`);
  });

  it('has the warnings of a good deploy, and not its notes', () => {
    const shown = section({ ...REPORTS.succeeded, notes: [finding('warning', 1), finding('note', 2)] });
    expect(shown).toContain('DG551 warning 1');
    expect(shown).not.toContain('note 2');
  });

  it('does not grow without bounds with the services', () => {
    const [one] = REPORTS.succeeded.deployments;
    const deployments = Array.from({ length: 50 }, (_, i) => ({
      ...one,
      service: `${'s'.repeat(200)}${i}`,
    })) as unknown as RunReport['deployments'];
    expect(section({ ...REPORTS.succeeded, deployments }).length).toBeLessThanOrEqual(3000);
  });
});
