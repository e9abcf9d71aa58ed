/** Bits for each character of a text (Shannon), from how often each stands in it. Random base64 of 40 has about 4.7. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, times) => {
    const share = times / text.length;
    return bits - share * Math.log2(share);
  }, 0);
}

const PLACEHOLDER =
  /example|placeholder|dummy|fake|sample|change[-_]?(me|this|it)|replace|your|xxxx|aaaa|0000|1234567|abcdefg|deadbeef|redacted|<|>|\*\*\*|\.\.\.|…/i;

/** Whether a value is one that a reader is meant to replace, or that nobody could have been given. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value);
}
