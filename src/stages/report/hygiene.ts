import { type Finding, isHygiene } from '../../finding.ts';
import { manyLines, oneLine } from '../../runner/text.ts';
import type { CheckReport } from '../preflight/check.ts';
import { fixLines, fixParts } from './fix-text.ts';
import { blobUrl, errorUrl } from './links.ts';
import { code, inHtml, link, own, plain } from './markdown.ts';
import type { RunReport } from './run-report.ts';
import { count, placeOf } from './words.ts';

/** More findings are read nowhere but in the summary, more rows of that nowhere but in the SARIF file. */
const MOST = { lines: 30, rows: 200 };

const MARKS = { error: '✗', warning: '!', note: '·' } as const;

/** The hygiene check's report, where it found something to show apart. */
function hygieneOf(checks: readonly CheckReport[]): CheckReport | undefined {
  return checks.find(({ findings, summed }) => summed !== undefined && findings.length > 0);
}

/** The lines of the hygiene check, for a group of their own in the log, and its title; undefined without findings. */
export function hygieneGroup(
  checks: readonly CheckReport[],
  mode: RunReport['mode'],
): { readonly title: string; readonly lines: readonly string[] } | undefined {
  const report = hygieneOf(checks);
  if (report === undefined) return undefined;
  // A check is run to see them all.
  const shown = mode === 'check' ? report.findings : report.findings.slice(0, MOST.lines);
  const more = report.findings.length - shown.length;
  return {
    title: `Hygiene: ${report.summed}`,
    lines: [
      ...shown.flatMap((finding, index) => lines(finding, shown[index - 1])),
      ...(more > 0 ? [`… and ${more} more: the step summary has them, \`mode: check\` lists them all.`] : []),
    ],
  };
}

function lines(finding: Finding, before: Finding | undefined): readonly string[] {
  const { level, title, detail, fix } = finding;
  const place = oneLine(placeOf(finding) ?? '', 200);
  const indented = (all: readonly string[]) => all.map((line) => `    ${line}`);
  return [
    `${MARKS[level]} ${finding.code} ${place ? `${place}  ` : ''}${oneLine(title)}`,
    ...(detail ? indented(manyLines(detail, 3_000).split('\n')) : []),
    // What helps here is often what helped there.
    ...(before?.code === finding.code && before.fix === fix ? [] : indented(fixLines(fix))),
  ];
}

/** The findings of the hygiene check as a table that folds, for the step summary; empty without any. */
export function hygieneSection(report: RunReport): string {
  const check = hygieneOf(report.checks);
  if (check === undefined) return '';
  const { findings } = check;
  const rows = findings.slice(0, MOST.rows).map((finding, index) => {
    const before = findings[index - 1];
    const todo =
      before?.code === finding.code && before.fix === finding.fix ? 'as above' : fixCell(finding.fix);
    const cells = [
      link(finding.code, errorUrl(report, finding.code)),
      finding.level,
      placeCell(finding, report),
    ];
    return `| ${[...cells, plain(finding.title), todo].join(' | ')} |`;
  });
  const more = findings.length - rows.length;
  return [
    `<details><summary>Hygiene of the repository: ${inHtml(check.summed ?? '')}</summary>\n`,
    '| Code | Level | Where | What | Do |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...(more > 0 ? [`\nAnd ${count(more, 'more finding')}: \`sarif-file\` has them all.`] : []),
    '\n</details>',
  ].join('\n');
}

function placeCell(finding: Finding, report: RunReport): string {
  const { where } = finding;
  if (where === undefined) return '–';
  const name = code(placeOf(finding) ?? '');
  const url = blobUrl(report, where);
  return url ? `[${name}](${url})` : name;
}

/** A fix in a table cell: its lines to paste as code, a line each. */
function fixCell(fix: string): string {
  const cells = fixParts(fix).flatMap((part) =>
    'prose' in part ? [own(part.prose)] : part.lines.filter((line) => line.trim() !== '').map(codeCell),
  );
  return cells.join('<br>');
}

/** Indentation matters in what is pasted: it stays. */
function codeCell(line: string): string {
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  const text = oneLine(line, 300)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#|~!@:]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<code>${'&nbsp;'.repeat(indent)}${text}</code>`;
}

/** Findings of which those about the repository are at most `most`, and come last among their like. */
export function withFewHygiene(findings: readonly Finding[], most: number): readonly Finding[] {
  const apart = findings.filter(isHygiene).slice(0, most);
  return [...findings.filter((finding) => !isHygiene(finding)), ...apart];
}
