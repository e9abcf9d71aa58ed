import { encodedForms, formsOf } from './secret-forms.ts';

/** Shorter values are taken out only where they stand alone: within a word they would blot out innocent text. */
const LONG = 6;
/** Shorter values still are no secret to anyone, and GitHub's own masks apply to the log all the same. */
const SHORTEST = 4;

/** What a field of plain data holds that is a word of ours and not a text: a secret of that spelling leaves it alone. */
const OWN_WORDS: ReadonlySet<string> = new Set(['result', 'mode', 'level', 'code', 'name']);

/** The secrets that this run knows of, for taking them out of what the runner's masks don't cover. */
export class Redaction {
  readonly #forms = new Set<string>();
  /** The forms in order, until there is another. */
  #inOrder: readonly string[] | undefined;
  readonly #short = new Map<string, RegExp>();

  /** Adds a secret, each of its lines, and the forms in which it travels (secret-forms.ts). */
  add(secret: string): void {
    for (const part of [secret, ...secret.split(/\r?\n/)]) {
      const { length } = part.trim();
      if (length < SHORTEST) continue;
      if (length < LONG) this.#short.set(part, alone(part.trim()));
      for (const form of length < LONG ? encodedForms(part) : formsOf(part)) this.#forms.add(form);
    }
    this.#inOrder = undefined;
  }

  /** Longest first, so that nothing is left of one that holds another. */
  get #long(): readonly string[] {
    this.#inOrder ??= [...this.#forms].sort((a, b) => b.length - a.length);
    return this.#inOrder;
  }

  /** The text with `***` in place of every secret, and of what a cut (`…`) has left of one. */
  apply(text: string): string {
    const whole = this.#long.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
    const cut = whole.includes('…') ? this.#long.reduce(withoutRemains, whole) : whole;
    return [...this.#short.values()].reduce((rest, secret) => rest.replaceAll(secret, '***'), cut);
  }

  /** The same for every string inside a value of plain data; fields that hold a word of ours stay as they are. */
  applyDeep<T>(value: T): T {
    if (typeof value === 'string') return this.apply(value) as T;
    if (Array.isArray(value)) return value.map((entry: unknown) => this.applyDeep(entry)) as T;
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, OWN_WORDS.has(key) ? entry : this.applyDeep(entry)]),
    ) as T;
  }
}

/** The secret where no letter or digit stands beside it. */
function alone(secret: string): RegExp {
  const literal = secret.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])`, 'gu');
}

/** Without the beginning of the secret just before an ellipsis, and its end just after one. */
function withoutRemains(text: string, secret: string): string {
  const pieces = text.split('…').map((piece, at, { length }) => {
    const before = at === length - 1 ? piece : withoutEnd(piece, secret);
    return at === 0 ? before : withoutStart(before, secret);
  });
  return pieces.join('…');
}

function withoutEnd(piece: string, secret: string): string {
  for (let length = Math.min(piece.length, secret.length - 1); length >= LONG; length -= 1) {
    if (piece.endsWith(secret.slice(0, length))) return `${piece.slice(0, -length)}***`;
  }
  return piece;
}

function withoutStart(piece: string, secret: string): string {
  for (let length = Math.min(piece.length, secret.length - 1); length >= LONG; length -= 1) {
    if (piece.startsWith(secret.slice(-length))) return `***${piece.slice(length)}`;
  }
  return piece;
}
