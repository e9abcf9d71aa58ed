/** Shorter values would blot out innocent text: GitHub's own masks have no such floor, and still apply to the log. */
const SHORTEST = 6;

/** The secrets that this run knows of, for taking them out of what the runner's masks don't cover. */
export class Redaction {
  readonly #secrets = new Set<string>();

  /** Adds a secret, each of its lines, and the forms in which it travels (base64, URL encoding, a JSON string). */
  add(secret: string): void {
    for (const part of [secret, ...secret.split(/\r?\n/)]) {
      if (part.trim().length < SHORTEST) continue;
      const forms = [
        part,
        Buffer.from(part).toString('base64'),
        encodeURIComponent(part.toWellFormed()),
        JSON.stringify(part).slice(1, -1),
      ];
      for (const form of forms) this.#secrets.add(form);
    }
  }

  /** The text with `***` in place of every secret, the longest first. */
  apply(text: string): string {
    return [...this.#secrets]
      .sort((a, b) => b.length - a.length)
      .reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  }

  /** The same for every string inside a value of plain data. */
  applyDeep<T>(value: T): T {
    if (typeof value === 'string') return this.apply(value) as T;
    if (Array.isArray(value)) return value.map((entry: unknown) => this.applyDeep(entry)) as T;
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, this.applyDeep(entry)])) as T;
  }
}
