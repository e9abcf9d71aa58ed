import { manyLines, oneLine } from '../../runner/text.ts';
import { code, codeBlock, own } from './markdown.ts';

/** A part of a fix: a line of ours, or lines to paste. */
type FixPart = { readonly prose: string } | { readonly lines: readonly string[] };

/** Takes a fix apart: what stands between fences, or is indented, is to be pasted as it is. */
export function fixParts(fix: string): readonly FixPart[] {
  const parts: FixPart[] = [];
  let pasted: string[] = [];
  let isFenced = false;
  const close = () => {
    if (pasted.length > 0) parts.push({ lines: pasted });
    pasted = [];
  };
  for (const line of manyLines(fix, 3_000).split('\n')) {
    if (/^\s*```\w*\s*$/.test(line)) {
      isFenced = !isFenced;
      close();
    } else if (isFenced || /^ {2}/.test(line)) pasted.push(line);
    else if (line.trim() !== '') {
      close();
      parts.push({ prose: line });
    }
  }
  close();
  return parts;
}

/** More lines are not read in a row. */
const MOST_IN_ONE_LINE = 3;

/** A fix for where there is one line for it: a few lines to paste stand in it as code, more are left to the log. */
export function fixInOneLine(fix: string, most = 900): string {
  const parts = fixParts(fix).flatMap((part) => {
    if ('prose' in part) return [part.prose];
    const lines = part.lines.filter((line) => line.trim() !== '');
    if (lines.length > MOST_IN_ONE_LINE) return ['(the log and the step summary have the lines)'];
    return lines.map((line) => code(line.trim()));
  });
  return oneLine(parts.join(' '), most);
}

/** A fix as Markdown, its lines to paste as blocks of code. */
export function fixMarkdown(fix: string): string {
  const parts = fixParts(fix).map((part) =>
    'prose' in part ? own(part.prose) : codeBlock(part.lines.join('\n')),
  );
  return parts.join('\n\n');
}

/** A fix for the log, its lines to paste as they are. */
export function fixLines(fix: string): readonly string[] {
  return fixParts(fix).flatMap((part) => ('prose' in part ? [part.prose] : part.lines));
}
