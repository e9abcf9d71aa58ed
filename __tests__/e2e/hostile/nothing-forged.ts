import { marked } from 'marked';
import type { Deployed } from '../deploy.ts';

const RESULTS = /^(succeeded|started|checked|failed|rolled-back|superseded|timed-out|cancelled)$/;
// Colours are docker's own; what turns the direction, ends a line or clears a screen is nobody's.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
/** What docker prints is passed on as it is, with the runner's commands off. */
const FOREIGN = /^(Image: what|Preflight: what)/;

/** What text from outside has brought about in a run, one sentence each: none, if it only stands there. */
export function forged({ run, truth }: Deployed): readonly string[] {
  const { result = '', 'failure-code': code = '', 'failure-reason': reason = '' } = run.outputs;
  const green = ['succeeded', 'started', 'checked'].includes(result);
  const ours = linesOfOurs(run.log);
  const wrong: readonly (readonly [string, boolean])[] = [
    [`the result is ${result}`, !RESULTS.test(result)],
    [`the exit code ${run.main.exitCode} is not that of ${result}`, (run.main.exitCode === 0) !== green],
    [`the failure code is ${code}`, !(green ? /^$/ : /^DG[0-8]\d\d$/).test(code)],
    ['the reason holds controls or line breaks', /\n/.test(reason) || CONTROLS.test(reason)],
    ['an output holds controls', Object.values(run.outputs).some((value) => CONTROLS.test(value))],
    ['a state of others', Object.keys(run.state).some((name) => name !== 'run')],
    ['a variable of others', Object.keys(run.env).length > 0 || run.paths.length > 0],
    ['a mask of others', run.masks.includes('deploy')],
    ['an annotation of others', run.annotations.some(({ message }) => /^\W*forged/.test(message))],
    ['an annotation too many', run.annotations.some(({ message }) => !/^DG\d{3} /.test(message))],
    ['a debug line of others', run.debugLines.some((line) => line.includes('forged'))],
    ['a group of others', run.groups.some(({ title }) => /^\W*forged/.test(title))],
    ['a control character in the log', ours.some((line) => CONTROLS.test(line))],
    ['a line without end in the log', ours.some((line) => line.length > 6_000)],
    ['a stack trace in the log', /^ +at \S+ \(?(file|node):/m.test(run.log)],
    ...ofOthers(run.summary).map((raw): [string, boolean] => [`in the summary ${raw.slice(0, 80)}`, true]),
    ['a summary over 1 MiB', Buffer.byteLength(run.summary) > 1024 * 1024],
    ['half a character in the summary', !run.summary.isWellFormed()],
    ['files left behind', run.filesLeft().length > 0],
    ['processes left behind', run.orphans.length > 0],
    ...truth.slackMessages.map(({ payload }): [string, boolean] => [
      'a mention or an address in Slack',
      /<!(channel|here)|<https:\/\/evil|(?<!\\)\\u00[01]/.test(JSON.stringify(payload)),
    ]),
    [`${truth.slackMessages.length} messages`, truth.slackMessages.length > 1],
  ];
  return wrong.flatMap(([sentence, isSo]) => (isSo ? [sentence] : []));
}

function linesOfOurs(log: string): readonly string[] {
  let isForeign = false;
  return log.split('\n').filter((line) => {
    if (line.startsWith('##[group]')) isForeign = FOREIGN.test(line.slice('##[group]'.length));
    if (line.startsWith('##[endgroup]')) isForeign = false;
    return !isForeign;
  });
}

/** HTML, links and images that a parser of GitHub's Markdown finds and that are not ours. */
function ofOthers(markdown: string): readonly string[] {
  const found: string[] = [];
  const ours = /^(<details><summary>[^<>]*<\/summary>|<\/details>|<br>|<\/?code>)/;
  void marked.walkTokens(marked.lexer(markdown, { gfm: true }), (token) => {
    const raw = token.raw.trim();
    if (token.type === 'html' && !ours.test(raw)) found.push(raw);
    if (/^(link|image)$/.test(token.type) && /evil/.test('href' in token ? String(token.href) : ''))
      found.push(raw);
  });
  return found;
}
