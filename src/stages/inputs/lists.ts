/** The entries of a comma or newline separated input, trimmed, without empty ones. */
export function splitList(text: string): readonly string[] {
  return text
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** The same with what stands behind ` #` on a line left out: why an entry is there. */
export function splitNotedList(text: string): readonly string[] {
  return splitList(text.replaceAll(/(^|[ \t])#.*$/gm, ''));
}

/** The lines of an input, trimmed, without empty ones and `#` comments. */
export function splitLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The entries that stand more than once, each named once. */
export function repeated(entries: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return [...new Set(entries.filter((entry) => seen.has(entry) || !seen.add(entry)))];
}
