import picomatch from 'picomatch';

/** What `hygiene-ignore` takes out. */
export interface IgnoreList {
  readonly ignores: (code: string, file: string) => boolean;
  /** Entries that can take nothing out: no code, or one that no rule has. */
  readonly useless: readonly string[];
}

interface Entry {
  readonly code: string;
  readonly matches: (file: string) => boolean;
}

const ENTRY = /^(DG\d{3})(?:\s+(\S.{0,500}))?$/i;

/** Codes with nothing but blanks between them: no path looks so. */
const CODES = /^DG\d{3}(?:\s+DG\d{3})+$/i;

/** Reads entries such as `DG095` and `DG095 tests/fixtures/**`: a code, and a pattern of paths from the root. */
export function readIgnoreList(given: readonly string[], codes: ReadonlySet<string>): IgnoreList {
  const entries = given.flatMap((entry) => (CODES.test(entry) ? entry.split(/\s+/) : entry));
  const read = entries.map((entry): Entry | undefined => {
    const [, word = '', pattern] = ENTRY.exec(entry) ?? [];
    const code = word.toUpperCase();
    return codes.has(code) ? { code, matches: matcherOf(pattern) } : undefined;
  });
  const list = read.filter((entry) => entry !== undefined);
  return {
    ignores: (code, file) => list.some((entry) => entry.code === code && entry.matches(file)),
    useless: entries.filter((_, index) => read[index] === undefined),
  };
}

function matcherOf(pattern: string | undefined): (file: string) => boolean {
  if (pattern === undefined) return () => true;
  const matches = picomatch(pattern.replace(/^\.?\//, '').replace(/\/$/, '/**'), { dot: true });
  return (file) => matches(file);
}
