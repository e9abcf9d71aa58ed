import type { Hit } from './rule.ts';

/** What the comments at a place say of a code. */
export type IgnoreVerdict = 'stands' | 'ignored' | { readonly withoutReasonAt: number };

const COMMENT = /(?:#|\/\/|;)\s*deploy-guard\s+ignore=((?:DG\d{3})(?:\s*,\s*DG\d{3})*)(.*)$/i;
const IS_COMMENT = /^\s*(?:#|\/\/|;)/;
/** A block of comments that is longer is a text, not a note on the line below it. */
const MOST_LINES = 200;

/**
 * Whether a comment of the file ignores a code: `# deploy-guard ignore=DGnnn reason`, also after `//` and `;`, on the
 * line of the hit or in the comments right above it; for a hit in a whole file, in its first block of comments. A
 * comment without a reason does not count; its line is told.
 */
export function judgeIgnoring(lines: readonly string[], code: string, hit: Hit): IgnoreVerdict {
  const places = hit.where.line === undefined ? firstBlock(lines) : around(lines, hit.where.line);
  const about = places.filter((index) => codesIn(lines[index]).includes(code));
  if (about.some((index) => hasReason(lines[index]))) return 'ignored';
  const [bare] = about;
  return bare === undefined ? 'stands' : { withoutReasonAt: bare + 1 };
}

function codesIn(line: string | undefined): readonly string[] {
  const [, codes = ''] = COMMENT.exec(line?.slice(0, 2_000).trimEnd() ?? '') ?? [];
  return codes
    .toUpperCase()
    .split(',')
    .map((code) => code.trim());
}

function hasReason(line: string | undefined): boolean {
  const [, , rest = ''] = COMMENT.exec(line?.slice(0, 2_000).trimEnd() ?? '') ?? [];
  return /\p{L}{2}/u.test(rest);
}

/** The line itself and the unbroken comments above it, as indices. */
function around(lines: readonly string[], line: number): readonly number[] {
  const at = line - 1;
  let first = at;
  while (first > 0 && at - first < MOST_LINES && IS_COMMENT.test(lines[first - 1] ?? '')) first -= 1;
  return Array.from({ length: at - first + 1 }, (_, offset) => first + offset);
}

/** The comments before anything else in the file, blank lines among them, as indices. */
function firstBlock(lines: readonly string[]): readonly number[] {
  const end = lines.findIndex((line) => line.trim() !== '' && !IS_COMMENT.test(line));
  const length = Math.min(end < 0 ? lines.length : end, MOST_LINES);
  return Array.from({ length }, (_, index) => index);
}
