import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';

/** A text and the line where it stands, from 1. */
export interface PlacedText {
  readonly text: string;
  readonly line: number;
}

/** Anchors may stand for at most this many others, one in another, before they are left alone. */
const DEEPEST_ALIAS = 10;

/** What each alias stands for. */
type Targets = ReadonlyMap<unknown, Node>;

/** A value in a YAML file that knows its line. Nothing here throws: what is not there, or of another kind, is undefined or empty. */
export class YamlEntry {
  readonly #node: Node | null;
  readonly #targets: Targets;
  readonly #lines: LineCounter;
  /** Line of the key that the value belongs to, or of the value itself where it has none. */
  readonly line: number;

  constructor(node: unknown, targets: Targets, lines: LineCounter, keyLine?: number) {
    this.#targets = targets;
    this.#lines = lines;
    this.#node = resolved(node, targets);
    this.line = keyLine ?? this.#lineOf(node);
  }

  #lineOf(node: unknown): number {
    const offset = (node as Node | null)?.range?.[0];
    return offset === undefined ? 1 : Math.max(1, this.#lines.linePos(offset).line);
  }

  /** A scalar as it is written (`true`, `30`, `main`); undefined for a map, a list and nothing at all. */
  get text(): string | undefined {
    if (!isScalar(this.#node) || this.#node.value === null) return undefined;
    return typeof this.#node.value === 'string'
      ? this.#node.value
      : (this.#node.source ?? String(this.#node.value));
  }

  /** The lines of a scalar, each with its own place, also in a block (`run: |`). */
  get textLines(): readonly PlacedText[] {
    const text = this.text;
    if (text === undefined || !isScalar(this.#node)) return [];
    const isBlock = this.#node.type === 'BLOCK_LITERAL' || this.#node.type === 'BLOCK_FOLDED';
    const first = this.#lineOf(this.#node) + (isBlock ? 1 : 0);
    return text.split('\n').map((line, index) => ({ text: line, line: first + index }));
  }

  /** The value under a key, or under a path of keys. */
  at(...keys: readonly string[]): YamlEntry | undefined {
    const [key, ...rest] = keys;
    if (key === undefined) return this;
    return this.pairs.find(([name]) => name === key)?.[1].at(...rest);
  }

  /** Keys and values of a map, in order; a key without a value is there too. */
  get pairs(): readonly (readonly [string, YamlEntry])[] {
    if (!isMap(this.#node)) return [];
    return this.#node.items.map(({ key, value }) => {
      // `on` is a string in YAML 1.2; a number or null as a key reads as its text.
      const name = isScalar(key) ? String(key.value) : '';
      return [name, new YamlEntry(value, this.#targets, this.#lines, this.#lineOf(key))] as const;
    });
  }

  /** What a list holds; a scalar counts as a list of one, as it does in most of GitHub's keys. */
  get items(): readonly YamlEntry[] {
    if (isSeq(this.#node)) {
      return this.#node.items.map((item) => new YamlEntry(item, this.#targets, this.#lines));
    }
    return this.text === undefined ? [] : [this];
  }
}

function resolved(node: unknown, targets: Targets, depth = 0): Node | null {
  if (isAlias(node)) {
    return depth < DEEPEST_ALIAS ? resolved(targets.get(node) ?? null, targets, depth + 1) : null;
  }
  return isMap(node) || isSeq(node) || isScalar(node) ? node : null;
}

/** Each alias with the last node before it of its name, found once: the library looks through the whole text each time. */
function targetsIn(document: Document): Targets {
  const anchors = new Map<string, Node>();
  const targets = new Map<unknown, Node>();
  visit(document, {
    Node: (_, node) => {
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (target) targets.set(node, target);
      if ('anchor' in node && node.anchor) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

/** The root of a YAML text; undefined where it is not valid YAML. */
export function parseYaml(text: string): YamlEntry | undefined {
  const lines = new LineCounter();
  try {
    // Without texts for its errors, which take seconds where there are thousands.
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
    return document.errors.length > 0
      ? undefined
      : new YamlEntry(document.contents, targetsIn(document as Document), lines);
  } catch {
    // Nested too deeply for the parser.
    return undefined;
  }
}
