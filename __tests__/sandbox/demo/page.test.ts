import { describe, expect, it } from 'vitest';
import { ganttSvg } from '../../../sandbox/demo/gantt-page.ts';
import { logHtml } from '../../../sandbox/demo/log-page.ts';
import { mrkdwnHtml } from '../../../sandbox/demo/slack-page.ts';
import { summaryHtml } from '../../../sandbox/demo/summary-page.ts';
import { renderSummary } from '../../../src/stages/report/summary.ts';
import { REPORTS } from '../../stages/report/reports.ts';

describe('the summary', () => {
  it('has its tables, what folds, and its timeline as a drawing', () => {
    const html = summaryHtml(renderSummary(REPORTS.crashed));
    expect(html).toContain('<table>');
    expect(html).toContain('<details><summary>Images and deployments in full</summary>');
    expect(html).toMatch(/<svg class="gantt"[\s\S]*rollout \(1 min 14 s\)[\s\S]*<rect class="bad"/);
    expect(html).not.toContain('mermaid');
  });

  it('lets no HTML through that GitHub would not', () => {
    const html = summaryHtml(
      '<script>alert(1)</script><img src=x onerror=y>\n\n[a](javascript:alert(1)) <b>b</b>',
    );
    expect(html).not.toMatch(/<script|onerror|<img|href="javascript/);
    expect(html).toContain('<b>b</b>');
  });
});

describe('the timeline', () => {
  it('is drawn to scale', () => {
    const svg = ganttSvg(
      'gantt\nsection A\nx (1 s) :00:00:00.000, 1000ms\ny (3 s) :crit, 00:00:01.000, 3000ms',
    );
    const widths = [...(svg ?? '').matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths).toEqual([140, 420]);
  });

  it.each(['flowchart LR', 'gantt', ''])('is not drawn from %j', (source) => {
    expect(ganttSvg(source)).toBeUndefined();
  });
});

describe('the Slack message', () => {
  it.each([
    ['*bold* and _italic_', '<b>bold</b> and <i>italic</i>'],
    ['<https://x.example/a|Run> `a*b*`', '<a href="https://x.example/a">Run</a> <code>a*b*</code>'],
    ['<https://x.example|`4f9c2e1`>', '<a href="https://x.example"><code>4f9c2e1</code></a>'],
    ['```a *b*\nc &lt;d&gt;```', '<pre>a *b*\nc &lt;d&gt;</pre>'],
    ['&lt;!channel&gt; <!channel>', '&lt;!channel&gt; <span class="mention">!channel</span>'],
    ['snake_case_name 2*3*4', 'snake_case_name 2*3*4'],
  ])('%s', (text, html) => {
    expect(mrkdwnHtml(text)).toBe(html);
  });
});

describe('the log', () => {
  it('folds its groups, colours its errors, and is never HTML', () => {
    const html = logHtml([
      'a',
      '##[group]G <b>',
      'b',
      '##[endgroup]',
      '##[error]x',
      '<script>',
      '##[group]open',
    ]);
    expect(html.replaceAll('\n', '')).toBe(
      '<div class="log"><div class="line ">a</div><details><summary>G &lt;b&gt;</summary><div class="line ">b</div></details>' +
        '<div class="line error">Error: x</div><div class="line ">&lt;script&gt;</div><details><summary>open</summary></details></div>',
    );
  });
});
