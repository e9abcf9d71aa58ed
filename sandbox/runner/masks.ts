/**
 * The runner's masking: every registered value, and the forms it takes when encoded, becomes `***`.
 * Matching is exact and per line, so a value over many lines is registered line by line as well.
 *
 * Source: actions/runner, src/Sdk/DTLogging/Logging/SecretMasker.cs, ValueEncoders.cs
 */
export class SecretMasks {
  readonly #originals = new Set<string>();
  readonly #values = new Set<string>();

  /** Registers a value, its lines and their encoded forms. White space alone is not registered. */
  add(value: string): void {
    if (value.trim() === '') return;
    this.#addOne(value);
    for (const line of value.split(/[\r\n]+/)) this.#addOne(line.trim());
  }

  /** The values registered so far, as they were given. */
  registered(): readonly string[] {
    return [...this.#originals];
  }

  /** The text with every registered value as `***`; values that overlap or touch become one. */
  mask(text: string): string {
    const ranges = [...this.#values].flatMap((value) => occurrences(text, value));
    if (ranges.length === 0) return text;
    const masked: string[] = [];
    let copied = 0;
    for (const range of merged(ranges)) {
      masked.push(text.slice(copied, range.start), '***');
      copied = range.end;
    }
    return masked.join('') + text.slice(copied);
  }

  #addOne(value: string): void {
    if (value === '' || this.#originals.has(value)) return;
    this.#originals.add(value);
    for (const form of [value, ...encodedForms(value)]) if (form !== '') this.#values.add(form);
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function occurrences(text: string, value: string): Range[] {
  const found: Range[] = [];
  for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + 1)) {
    found.push({ start, end: start + value.length });
  }
  return found;
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort((left, right) => left.start - right.start)) {
    const last = result.at(-1);
    if (last === undefined || range.start > last.end) result.push(range);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
  }
  return result;
}

function encodedForms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const shifted = (by: number) => (bytes.length > by ? bytes.subarray(by) : bytes).toString('base64');
  return [
    bytes.toString('base64'),
    shifted(1),
    shifted(2),
    value.replaceAll('"', '\\"'),
    value.replaceAll("'", "''"),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
    xmlEscaped(value),
    value.length > 8 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : '',
    ...ampersandSections(value),
  ];
}

function xmlEscaped(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}

/** PowerShell prints what stands before and after an `&` apart; sections under six characters stay. */
function ampersandSections(value: string): readonly string[] {
  const plus = value.indexOf('&+');
  const last = value.lastIndexOf('&');
  if (last < 0) return [];
  const before = value.slice(0, plus >= 0 ? plus + 2 : last + 1);
  const after = value.slice(plus >= 0 ? plus + 3 : last + 1);
  return [before, after].filter((section) => section.length >= 6);
}
