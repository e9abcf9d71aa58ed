import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/finding.ts';
import type { CheckReport } from '../../../src/stages/preflight/check.ts';
import { fixInOneLine, fixLines, fixMarkdown } from '../../../src/stages/report/fix-text.ts';
import { hygieneGroup, hygieneSection, withFewHygiene } from '../../../src/stages/report/hygiene.ts';
import { RUN } from './reports.ts';

const finding = (change: Partial<Finding> = {}): Finding => ({
  code: 'DG025',
  level: 'warning',
  title: 'These variables are tracked.',
  fix: 'Take them out:\n```sh\ngit rm --cached a\n```',
  where: { file: 'a', line: 2 },
  ...change,
});

const checks = (findings: readonly Finding[]): readonly CheckReport[] => [
  { subject: 'inputs', passed: 'all valid', findings: [] },
  { subject: 'hygiene', passed: undefined, findings, summed: `${findings.length} warnings` },
];

const section = (findings: readonly Finding[]) =>
  hygieneSection({ run: RUN, commit: undefined, checks: checks(findings) } as unknown as Parameters<
    typeof hygieneSection
  >[0]);

describe('the findings of hygiene in the log', () => {
  it('are a group of their own, each with its place and its lines to paste', () => {
    expect(hygieneGroup(checks([finding({ detail: 'One.\nTwo.' })]), 'deploy')).toEqual({
      title: 'Hygiene: 1 warnings',
      lines: [
        '! DG025 a:2  These variables are tracked.',
        '    One.',
        '    Two.',
        '    Take them out:',
        '    git rm --cached a',
      ],
    });
    expect(hygieneGroup(checks([]), 'deploy')).toBeUndefined();
  });

  it('say once what helps at several places', () => {
    const lines = hygieneGroup(checks([finding(), finding({ where: { file: 'b' } })]), 'deploy')?.lines;
    expect(lines?.filter((line) => line.includes('git rm'))).toHaveLength(1);
  });

  it('are the first thirty in a deploy, and all of them in a check', () => {
    const many = Array.from({ length: 45 }, (_, line) =>
      finding({ fix: 'Mend it.', where: { file: 'a', line } }),
    );
    const shown = (mode: 'deploy' | 'check') => hygieneGroup(checks(many), mode)?.lines ?? [];
    expect(shown('deploy').filter((line) => line.includes('DG025'))).toHaveLength(30);
    expect(shown('deploy').at(-1)).toContain('and 15 more');
    expect(shown('check').filter((line) => line.includes('DG025'))).toHaveLength(45);
  });
});

describe('the findings of hygiene in the summary', () => {
  it('are a table that folds, with links to the lines at the commit', () => {
    const text = section([finding({ where: { file: 'b c/(1).tf', line: 3 } })]);
    expect(text).toMatch(/^<details><summary>Hygiene of the repository: 1 warnings<\/summary>/);
    expect(text).toContain(`(https://github.com/acme/dyno-agent/blob/${RUN.sha}/b%20c/%281%29.tf#L3)`);
    expect(text).toContain('Take them out:<br><code>git rm --cached a</code>');
  });

  it('have a title in HTML, where a backslash of Markdown would be seen', () => {
    const [, check] = checks([finding()]);
    const summed = '1 warning (30 rules on 5 files) & <more>';
    const report = { run: RUN, commit: undefined, checks: [{ ...check, summed }] };
    const text = hygieneSection(report as unknown as Parameters<typeof hygieneSection>[0]);
    expect(text).toContain(': 1 warning (30 rules on 5 files) &amp; &lt;more&gt;</summary>');
  });

  it('can not break out of their cells', () => {
    const evil = finding({
      title: 'a | b\n# x </details> @octo [l](https://evil.example)',
      fix: '```\n</code>|`<img src=x>`\n| x |\n```',
      where: { file: 'a`|<b>\n|](https://evil.example)', line: 1 },
    });
    const rows = section([evil])
      .split('\n')
      .filter((line) => line.startsWith('| [DG025'));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.match(/(?<!\\)\|/g)).toHaveLength(6);
    const html = marked.parse(section([evil]), { async: false });
    const targets = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(
      ([, target]) => new URL(target ?? '').host,
    );
    expect(new Set(targets)).toEqual(new Set(['github.com']));
    expect(html).not.toMatch(/<img|<h1|@octo/);
    expect(html.match(/<\/details>/g)).toHaveLength(1);
  });

  it('are bounded', () => {
    const many = Array.from({ length: 450 }, (_, line) => finding({ where: { file: 'a', line: line + 1 } }));
    const text = section(many);
    expect(text.split('\n').filter((line) => line.startsWith('| [DG025'))).toHaveLength(200);
    expect(text).toContain('And 250 more findings');
  });
});

describe('a fix', () => {
  const fix = 'In `a`:\n```yaml\nb:\n  - c\n```\nThen:\n    d = 1';
  it('is for one line, for Markdown and for the log', () => {
    expect(fixInOneLine(fix)).toBe('In `a`: `b:` `- c` Then: `d = 1`');
    expect(fixMarkdown(fix)).toBe('In `a`:\n\n```\nb:\n  - c\n```\n\nThen:\n\n```\n    d = 1\n```');
    expect(fixLines(fix)).toEqual(['In `a`:', 'b:', '  - c', 'Then:', '    d = 1']);
  });

  it('leaves many lines to the log', () => {
    expect(fixInOneLine(`In \`a\`:\n\`\`\`\n${'x\n'.repeat(9)}\`\`\``)).toBe(
      'In `a`: (the log and the step summary have the lines)',
    );
  });
});

describe('annotations', () => {
  it('are of the deploy first, and of the repository the first few', () => {
    const own: Finding = { code: 'DG531', level: 'warning', title: 'x', fix: 'y' };
    const all = [...Array.from({ length: 9 }, () => finding()), own];
    expect(withFewHygiene(all, 5).map(({ code }) => code)).toEqual(['DG531', ...Array(5).fill('DG025')]);
  });
});
