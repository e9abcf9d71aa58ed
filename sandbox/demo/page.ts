import type { ActionRun } from '../runner/run-action.ts';
import type { Scenario, Truth } from '../sandbox.ts';
import { escapeHtml } from './html.ts';
import { logHtml } from './log-page.ts';
import { slackHtml } from './slack-page.ts';
import { summaryHtml } from './summary-page.ts';
import { truthLines } from './truth-view.ts';

const style = `
body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; color: #1f2328; background: #f6f8fa; margin: 0; }
main { max-width: 1000px; margin: 0 auto; padding: 16px; }
h1 { font-size: 20px; } section { margin: 24px 0; } section > h2 { font-size: 14px; color: #59636e; font-weight: 600; }
.log { background: #0d1117; color: #e6edf3; font: 12px/20px ui-monospace, "DejaVu Sans Mono", monospace; padding: 12px 16px; border-radius: 8px; }
.log .line, .log summary { white-space: pre-wrap; overflow-wrap: anywhere; } .log details .line { padding-left: 20px; } .log summary { cursor: pointer; }
.log .error { color: #ff7b72; background: #3d1418; } .log .warning { color: #d29922; background: #2e2410; } .log .notice, .log .command { color: #58a6ff; }
.markdown { background: #fff; border: 1px solid #d1d9e0; border-radius: 8px; padding: 16px 24px; overflow-wrap: break-word; }
.markdown h2, .markdown h3 { border-bottom: 1px solid #d1d9e0b3; padding-bottom: 5px; } .markdown h2 { font-size: 21px; margin-top: 4px; } .markdown h3 { font-size: 17px; }
.markdown table { border-collapse: collapse; display: block; overflow: auto; max-width: 100%; } .markdown th, .markdown td { border: 1px solid #d1d9e0; padding: 6px 13px; } .markdown tr:nth-child(even) td { background: #f6f8fa; }
.markdown pre { background: #f6f8fa; padding: 12px 16px; border-radius: 6px; overflow: auto; } code, pre { font: 12px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; } .markdown :not(pre) > code { background: #818b981f; border-radius: 6px; padding: 2px 5px; }
a { color: #0969da; text-decoration: none; } .gantt { width: 100%; font-size: 12px; } .gantt .good { fill: #8a90dd; } .gantt .bad { fill: #ff6b6b; } .gantt line { stroke: #d1d9e0; } .gantt .section { font-weight: 600; } .gantt .tick { text-anchor: middle; fill: #59636e; }
.slack { display: flex; gap: 10px; background: #fff; border: 1px solid #ddd; border-radius: 8px; padding: 14px 18px; font: 15px/1.46668 Lato, "Noto Sans", Arial, sans-serif; color: #1d1c1d; overflow-wrap: anywhere; }
.slack .avatar { width: 36px; height: 36px; border-radius: 6px; background: #2f6f4f; color: #fff; text-align: center; line-height: 36px; flex: none; } .slack .message { min-width: 0; flex: 1; }
.slack .app { font-size: 10px; background: #e8e8e8; border-radius: 2px; padding: 1px 4px; color: #616061; } .slack .time, .slack .context { font-size: 12px; color: #616061; } .slack .header { font-size: 18px; font-weight: 900; }
.slack .block { margin: 6px 0; } .slack a { color: #1264a3; } .slack code { color: #e01e5a; border: 1px solid #ddd; background: #f8f8f8; border-radius: 3px; padding: 1px 3px; } .slack a code { color: inherit; } .slack pre { border: 1px solid #ddd; background: #f8f8f8; border-radius: 4px; padding: 8px; white-space: pre-wrap; margin: 4px 0; } .slack .mention { background: #f2c74466; }
.truth { white-space: pre-wrap; background: #fff; border: 1px solid #d1d9e0; border-radius: 8px; padding: 12px 16px; }
@media (max-width: 600px) { main { padding: 8px; } .markdown { padding: 8px 12px; } }`;

/** One page that shows what people saw of a run: the log, the step summary, Slack, and what is true. */
export function demoPage(
  scenario: Pick<Scenario, 'name' | 'description'>,
  run: Pick<ActionRun, 'lines' | 'summary'>,
  truth: Truth,
): string {
  const messages = truth.slackMessages.map(slackHtml).join('\n') || '<p>No message.</p>';
  const parts = [
    ['slack', 'In Slack', messages],
    ['summary', "The step summary on the run's page", summaryHtml(run.summary)],
    ['log', 'The job log', logHtml(run.lines)],
    [
      'truth',
      'What the sandbox knows to be true',
      `<pre class="truth">${escapeHtml(truthLines(truth).join('\n'))}</pre>`,
    ],
  ];
  const body = parts.map(([id, title, html]) => `<section id="${id}"><h2>${title}</h2>\n${html}</section>`);
  const name = escapeHtml(scenario.name);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${name}</title><style>${style}</style></head>
<body><main>
<h1>${name}: ${escapeHtml(scenario.description)}</h1>
${body.join('\n')}
</main></body>
</html>
`;
}
