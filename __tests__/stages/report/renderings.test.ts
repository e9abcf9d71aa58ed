import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/finding.ts';
import { annotationsOf } from '../../../src/stages/report/annotations.ts';
import { endingLines, headline, preflightLines, problemLines } from '../../../src/stages/report/log.ts';
import { isGreen, type RunReport, type ServiceReport } from '../../../src/stages/report/run-report.ts';
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

  it('has its annotations', () => {
    const annotations = annotationsOf(report).map(
      ({ level, code, title, fix }) => `${level} ${code} ${title} ${fix}`,
    );
    expect(annotations.join('\n')).toMatchSnapshot();
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

describe('the first line of the log', () => {
  it.each([
    ['deploy', 'acme/dyno-agent@4f9c2e1 (main) to dyno-agent-service, cluster dyno-agent-cluster'],
    ['check', 'check of acme/dyno-agent@4f9c2e1 (main) for dyno-agent-service, cluster dyno-agent-cluster'],
    // The commit that is checked out is not what goes out.
    [
      'rollback',
      'rollback of dyno-agent-service, cluster dyno-agent-cluster; run from acme/dyno-agent@4f9c2e1 (main)',
    ],
  ] as const)('says what a %s is of', (mode, words) => {
    expect(headline({ ...REPORTS.succeeded, mode })).toBe(`deploy-guard 1.4.0: ${words}`);
  });
});

describe('an annotation', () => {
  it('tells what there is to paste from what comes after it', () => {
    const fix = 'In the last stage:\n  USER 10001';
    const [annotation] = annotationsOf({ ...REPORTS.crashed, failures: [{ ...CRASHED, fix }] });
    expect(annotation?.fix).toMatch(/^In the last stage: `USER 10001`\. More: https/);
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

  it('leaves out a stage that took no time', () => {
    const stages = REPORTS.succeeded.stages.map((each) =>
      each.name === 'deploy' ? { ...each, ms: 49 } : each,
    );
    expect(section({ ...REPORTS.succeeded, stages })).toContain(
      'preflight 0.6 s · image 41 s · rollout 1 min',
    );
  });

  it('has the warnings of a good deploy, and not its notes', () => {
    const shown = section({ ...REPORTS.succeeded, notes: [finding('warning', 1), finding('note', 2)] });
    expect(shown).toContain('DG551 warning 1');
    expect(shown).not.toContain('note 2');
  });

  const undone = (code: Finding['code']): RunReport => {
    const crashed: RunReport = REPORTS.crashed;
    const undo = { asked: [], begun: [], over: true };
    const stages = [...crashed.stages, { name: 'undo', startMs: 116_700, ms: 2_000 } as const];
    return { ...crashed, result: 'rolled-back', stages, undo, failures: [{ ...CRASHED, code }] };
  };

  it('names the stage that failed, not the one that undid it', () => {
    expect(section(undone('DG612'))).toContain('DG612 · in rollout · ');
    expect(section(undone('DG651'))).toContain('DG651 · in undo · ');
    expect(section({ ...undone('DG643'), undo: { asked: [], begun: [], over: false } })).toContain('in undo');
  });

  it.each<readonly [RunReport['result'], string]>([
    ['failed', 'deployed in part to'],
    ['rolled-back', 'deployed in part to'],
    ['timed-out', 'deployed in part to'],
    ['superseded', 'superseded by'],
  ])('says of one of two services that went well, where the other is %s', (result, words) => {
    const deployments = [...REPORTS.crashed.deployments, ...REPORTS.succeeded.deployments];
    expect(section({ ...REPORTS.crashed, result, deployments })).toContain(words);
    expect(renderSummary({ ...REPORTS.crashed, result, deployments }).toLowerCase()).toContain(words);
  });

  /** 50 services whose names are as long as ECS takes them. */
  const fifty = (report: RunReport): RunReport => {
    const deployments = report.deployments.flatMap((one) =>
      Array.from({ length: 50 }, (_, i) => ({ ...one, service: `${i}-`.padEnd(255, 's') })),
    );
    return { ...report, deployments, services: deployments.map(({ service }) => service) };
  };

  it('has all that matters of a success of 50 services, and says how many it leaves out', () => {
    const shown = section(fifty(REPORTS.succeeded));
    expect(shown.length).toBeLessThanOrEqual(3000);
    for (const part of ['0-sss', 'us-east-1', '123456789012', 'sha256:9b1c44…', 'rollout 1 min 14 s'])
      expect(shown).toContain(part);
    expect(shown).toMatch(/… and \d\d more services/);
  });

  it('has all that matters of a failure of 50 services, and says how many it leaves out', () => {
    const report = fifty(REPORTS.crashed);
    const failures = report.services.map((name) => ({
      ...CRASHED,
      title: `${name}: the new tasks crash at start (3 of 3, exit code 1 within 4 s).`,
      fix: `${'Look at it. '.repeat(40)}Then run it again.`,
    }));
    const { blocks } = slackMessage({ ...report, failures });
    const texts = blocks.flatMap((block) => (block.type === 'section' ? [block.text?.text ?? ''] : []));
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(3000);
    const shown = texts.join('\n');
    for (const part of ['*Do:* Look', 'DG612 · in rollout', 'latest points at', 'still', 'RuntimeError'])
      expect(shown).toContain(part);
    expect(shown).toMatch(/… and \d\d more problems[\s\S]*… and \d\d more services/);
  });

  it("links to the service that failed, and to each of several that didn't", () => {
    const [one] = REPORTS.crashed.deployments;
    const [other] = REPORTS.succeeded.deployments;
    const two = { services: ['web', 'api'] };
    const failed = {
      ...REPORTS.crashed,
      ...two,
      deployments: [
        { ...other, service: 'web' } as ServiceReport,
        { ...one, service: 'api' } as ServiceReport,
      ],
    };
    expect(JSON.stringify(slackMessage(failed).blocks.at(-1))).toContain('/services/api/');
    const good = {
      ...REPORTS.succeeded,
      ...two,
      deployments: [other, other].map(
        (each, at) => ({ ...each, service: two.services[at] }) as ServiceReport,
      ),
    };
    expect(section(good)).toMatch(
      /\/services\/web\/[^|]*\|web> 2\/2 · <[^|]*\/services\/api\/[^|]*\|api> 2\/2/,
    );
  });
});
