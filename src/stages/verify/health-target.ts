import type { Finding } from '../../finding.ts';
import { oneLine } from '../../runner/text.ts';

/** A URL of `health-check-urls`, and what a good answer is. */
export interface HealthTarget {
  readonly url: string;
  /** Lowest and highest status that is well; 200 to 299 unless told. */
  readonly status: readonly [number, number];
  /** Text that the body has to have in it. */
  readonly text: string | undefined;
}

const LINE = /^(?<url>\S+)(?:\s+=\s+(?<from>[1-5]\d\d)(?:-(?<to>[1-5]\d\d))?)?(?:\s+~\s+(?<text>.+))?$/;

/** The targets that the lines of the input spell: `URL`, then optionally ` = 200-299` and ` ~ text`. */
export function parseHealthTargets(lines: readonly string[]): {
  readonly targets: readonly HealthTarget[];
  readonly findings: readonly Finding[];
} {
  const parsed = lines.map((line) => ({ line, target: parseLine(line) }));
  return {
    targets: parsed.flatMap(({ target }) => target ?? []),
    findings: parsed
      .filter(({ target }) => target === undefined)
      .map(({ line }) => ({
        code: 'DG101',
        level: 'error',
        title: `Input \`health-check-urls\` has a line that can't be read: \`${quoted(line)}\`.`,
        fix: 'Write one http(s) URL a line, with an optional status and text: `https://example.com/health = 200-299 ~ ok`.',
      })),
  };
}

function parseLine(line: string): HealthTarget | undefined {
  const { url, from, to, text } = LINE.exec(line)?.groups ?? {};
  const protocol = URL.parse(url ?? '')?.protocol;
  if (url === undefined || (protocol !== 'https:' && protocol !== 'http:')) return undefined;
  const low = Number(from ?? 200);
  const high = Number(to ?? from ?? 299);
  return low <= high ? { url, status: [low, high], text } : undefined;
}

/** The line for a message, without credentials that a URL may hold. */
function quoted(line: string): string {
  return oneLine(line.replaceAll(/\/\/[^/\s]*@/g, '//***@'), 80).replaceAll('`', "'");
}
