import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { readPayload } from '../../../sandbox/slack/block-limits.ts';
import { disarm } from '../../../src/runner/text.ts';
import { endingLines, headline, preflightLines, problemLines } from '../../../src/stages/report/log.ts';
import { code, codeBlock, link, own, ownCell, plain } from '../../../src/stages/report/markdown.ts';
import type { RunReport } from '../../../src/stages/report/run-report.ts';
import { type SlackMessage, slackMessage } from '../../../src/stages/report/slack-message.ts';
import { renderSummary } from '../../../src/stages/report/summary.ts';
import { hostileText, isObeyed, runnerLines } from './hostile-text.ts';
import { REPORTS, withHostile } from './reports.ts';

type SlackBlock = SlackMessage['blocks'][number];

const anyReport: fc.Arbitrary<RunReport> = fc
  .tuple(
    fc.constantFrom<RunReport>(...Object.values(REPORTS)),
    fc.oneof(
      hostileText,
      hostileText.map((text) => text.repeat(40)),
    ),
  )
  .map(([report, text]) => withHostile(report, text));

/** A section that quotes a log. */
function isQuote(block: SlackBlock): boolean {
  return block.type === 'section' && (block.text?.text ?? '').startsWith('```');
}

/**
 * The text of Markdown that is neither escaped nor within a code span, read from left to right as CommonMark does:
 * within a span a backslash escapes nothing.
 */
function active(markdown: string): string {
  // An escape, a span closed by a run of as many backticks as opened it, or a run that opens none.
  return markdown.replaceAll(
    /\\[\\`*_{}[\]()#|~!]|(`+)(?!`)[^\n]*?(?<!`)\1(?!`)|`+/g,
    (piece: string, ticks: string | undefined) => (ticks === undefined && piece.startsWith('`') ? piece : ''),
  );
}

/** What a parser of GitHub's Markdown takes for HTML, in any depth. */
function htmlIn(markdown: string): readonly string[] {
  const found: string[] = [];
  void marked.walkTokens(marked.lexer(markdown, { gfm: true }), (token) => {
    if (token.type === 'html') found.push(token.raw.trim());
  });
  return found;
}

describe('plain', () => {
  it('leaves nothing in any text that is mark-up, HTML, a link or a mention', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const rest = active(plain(text));
        expect(plain(text)).not.toContain('\n');
        expect(rest).not.toMatch(/[<>|`*[\]]/);
        expect(rest).not.toMatch(/@\w/);
        expect(rest).not.toMatch(/\w:\/\//);
        expect(rest).not.toMatch(/www\./i);
        expect(rest.replaceAll(/&(amp|lt|gt);/g, '')).not.toContain('&');
      }),
      { numRuns: 500 },
    );
  });
});

describe('own', () => {
  it('shows a command as it has to be pasted, with its pipe and its signs', () => {
    const fix = "Set it: `printf %s '<value>' | gh secret set DB_PASSWORD`, as DB_PASSWORD.";
    expect(own(fix)).toBe("Set it: `printf %s '<value>' | gh secret set DB_PASSWORD`, as DB\\_PASSWORD.");
    // GitHub takes the backslash away in a table, also within code (GFM, 4.10 "Tables").
    expect(ownCell(fix)).toContain("`printf %s '<value>' \\| gh secret set DB_PASSWORD`");
  });

  it('breaks out of no table cell and holds no HTML', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(ownCell(text)).not.toContain('\n');
        expect(ownCell(text)).not.toMatch(/(?<!\\)\|/);
        for (const markdown of [own(text), ownCell(text)]) {
          const rest = active(markdown);
          expect(rest).not.toMatch(/[<>`*[\]]/);
          expect(rest).not.toMatch(/@\w|\w:\/\/|www\./i);
        }
      }),
      // A backslash before the end of a code span escapes nothing (CommonMark, 6.1 "Code spans").
      { numRuns: 300, examples: [['`\\` `<!--`'], ['\\```` `<!--'], ['`a``b` <!--']] },
    );
  });
});

describe('code', () => {
  it('is one code span with nothing after it', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(code(text)).toMatch(/^`[^`|\n]*`$/);
      }),
    );
  });
});

describe('codeBlock', () => {
  it('ends nowhere but at its end', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const lines = codeBlock(text).split('\n');
        const fence = lines[0] ?? '';
        expect(fence).toMatch(/^`{3,}$/);
        expect(lines.slice(1, -1).filter((line) => line.trim().startsWith(fence))).toEqual([]);
        expect(lines.at(-1)).toBe(fence);
      }),
    );
  });
});

describe('link', () => {
  it('has one address, which nothing in it ends early', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (text, path) => {
        const markdown = link(text, `https://github.com/${path}`);
        const address = /\]\((https:\/\/github\.com\/[^\s()<>]*)\)$/.exec(markdown)?.[1];
        expect(address).toBeDefined();
        expect(URL.canParse(address ?? '')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    'https://github.com/acme/app/commit/4f9c2e1',
    'https://github.com/acme/app/tree/a%2Fb',
    'https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/a/services/b/deployments?region=us-east-1',
  ])('leaves %s as it is', (url) => {
    expect(link('x', url)).toBe(`[x](${url})`);
  });
});

describe('the log', () => {
  it('has no line that the runner obeys', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const lines = [
          headline(report),
          ...preflightLines(report.checks),
          ...problemLines(report),
          ...endingLines(report),
        ];
        expect(lines.map(disarm).flatMap(runnerLines).filter(isObeyed)).toEqual([]);
        // Colours, cursor movements and turned writing directions would show something else than what is there.
        expect(lines.join('\n')).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
        );
        expect(preflightLines(report.checks).join('')).not.toContain('\n');
      }),
    );
  });
});

describe('the step summary', () => {
  it('stays under the 1 MiB that GitHub takes', () => {
    const detail = '漢'.repeat(9_000);
    const finding = {
      code: 'DG612',
      level: 'error',
      title: '漢'.repeat(600),
      detail,
      fix: '漢'.repeat(900),
    } as const;
    const report: RunReport = {
      ...REPORTS.crashed,
      failures: Array.from({ length: 100 }, () => finding),
      notes: Array.from({ length: 100 }, () => finding),
    };
    expect(Buffer.byteLength(renderSummary(report))).toBeLessThanOrEqual(1024 * 1024);
    expect(renderSummary(report).isWellFormed()).toBe(true);
  });

  it('has tables in which each row has its cells, and no HTML but ours', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const fenced = renderSummary(report).replaceAll(/^(`{3,})\n[\s\S]*?\n\1$/gm, '');
        const lines = fenced.split('\n');
        const cells = (row: string) => [...row.matchAll(/(?<!\\)\|/g)].length;
        let columns = 0;
        for (const line of lines) {
          if (!line.startsWith('|')) columns = 0;
          else if (columns === 0) columns = cells(line);
          else expect(cells(line)).toBe(columns);
        }
        expect(active(fenced).replaceAll(/<\/?(details|summary)>/g, '')).not.toContain('<');
        const allowed = /^<details><summary>[^<>]*<\/summary>|^<\/details>$/;
        expect(htmlIn(renderSummary(report)).filter((html) => !allowed.test(html))).toEqual([]);
      }),
    );
  });
});

describe('the Slack message', () => {
  it('is one that Slack takes, with a text to fall back on', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const message = slackMessage(report);
        expect(readPayload(JSON.stringify(message))).toHaveProperty('payload');
        expect(message.text.trim()).not.toBe('');
        expect(message.blocks.length).toBeLessThanOrEqual(50);
        expect(JSON.stringify(message)).not.toMatch(/\\ud[89a-f]|\\u00[01]|\\r/i);
      }),
      { numRuns: 300 },
    );
  });

  it('mentions nobody and links nowhere but where we link', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const message = slackMessage(report);
        const texts = message.blocks.flatMap((block) =>
          block.type === 'section'
            ? [block.text]
            : block.elements.filter((element) => element.type === 'mrkdwn'),
        );
        for (const text of texts) {
          // Without it Slack turns bare URLs, #channels and some @mentions into links (Block Kit, "Text object").
          expect(text).toMatchObject({ type: 'mrkdwn', verbatim: true });
        }
        for (const text of [message.text, ...texts.map((each) => each?.text ?? '')]) {
          const links = [...text.matchAll(/<([^>]*)>?/g)].map(([, inside = '']) => inside);
          for (const inside of links)
            expect(inside).toMatch(
              /^https:\/\/(github\.com|us-east-1\.console\.aws\.amazon\.com)\/[^|\s]*\|[^|]*$/,
            );
        }
        expect(message.text).not.toContain('<');
      }),
      { numRuns: 300 },
    );
  });

  it('keeps what is quoted inside its code block', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        for (const block of slackMessage(report).blocks.slice(1, -1).filter(isQuote)) {
          const text = block.type === 'section' ? (block.text?.text ?? '') : '';
          expect(text.slice(0, 3) + text.slice(-3)).toBe('``````');
          expect(text.slice(3, -3)).not.toContain('```');
        }
      }),
    );
  });

  it.each([
    ['many lines', Array.from({ length: 500 }, (_, i) => `line ${i}`).join('\n'), 'line 499'],
    [
      'long lines',
      Array.from({ length: 30 }, (_, i) => `${'x'.repeat(400)} line ${i}`).join('\n'),
      'line 29',
    ],
    ['one line full of semicolons', `${'x;'.repeat(3000)}the end;`, 'the end;'],
  ])('quotes the end of a log of %s', (_, detail, end) => {
    const report: RunReport = {
      ...REPORTS.crashed,
      failures: [
        { ...REPORTS.crashed.failures[0], code: 'DG612', level: 'error', title: 'x', fix: 'y', detail },
      ],
    };
    const quoted = slackMessage(report).blocks.find(isQuote);
    expect(quoted?.type === 'section' ? quoted.text?.text : '').toContain(end);
  });
});
