/** A part of a pattern. */
type Token =
  | { readonly kind: 'text'; readonly text: string }
  /** `?` and `[a-z]`: one character, by a regular expression for it alone. */
  | { readonly kind: 'one'; readonly test: RegExp }
  /** `*`: what is within a name. */
  | { readonly kind: 'star' }
  /** `**` before something else: no folder, or any. */
  | { readonly kind: 'folders' }
  /** `**` at the end. */
  | { readonly kind: 'rest' };

/**
 * Whether a path, or a folder above it, is matched by a pattern of a .dockerignore, as filepath.Match with `**` has it;
 * undefined for a pattern that is none. Takes no longer than the pattern's length times the path's: a regular expression
 * for `*a*a*a*b` goes on for years, and nothing could end it.
 */
export function matcherOf(pattern: string): ((path: string) => boolean) | undefined {
  const tokens = readTokens(pattern);
  if (tokens === undefined) return undefined;
  return ofCommonForm(tokens) ?? ((path) => matches(tokens, path));
}

/** A quick way for what most lines are: `name`, `**\/name`, `**\/*.ending`, `**\/beginning*`. */
function ofCommonForm(tokens: readonly Token[]): ((path: string) => boolean) | undefined {
  const form = tokens.map(({ kind }) => kind).join(' ');
  const [text = ''] = tokens.flatMap((token) => (token.kind === 'text' ? [token.text] : []));
  switch (form) {
    case 'text':
      return (path) => path.startsWith(text) && isEnd(path, text.length);
    case 'folders text':
      return (path) => `/${path}/`.includes(`/${text}/`);
    case 'folders star text':
      // The star stands in one name, so that only the end of that one may follow it here.
      return text.includes('/') ? undefined : (path) => `/${path}/`.includes(`${text}/`);
    case 'folders text star':
      return (path) => `/${path}`.includes(`/${text}`);
    default:
      return undefined;
  }
}

/** A folder that is matched takes what is in it along. */
function isEnd(path: string, at: number): boolean {
  return at === path.length || path[at] === '/';
}

/** Follows every way to match at once: the places in the path up to which the tokens so far may have come. */
function matches(tokens: readonly Token[], path: string): boolean {
  let places: readonly number[] = [0];
  for (const token of tokens) {
    places = after(token, places, path);
    if (places.length === 0) return false;
  }
  return places.some((at) => isEnd(path, at));
}

/** The places behind a token, from the places before it; both in order. */
function after(token: Token, places: readonly number[], path: string): readonly number[] {
  const [first = 0] = places;
  switch (token.kind) {
    case 'text':
      return places.flatMap((at) => (path.startsWith(token.text, at) ? at + token.text.length : []));
    case 'one':
      return places.flatMap((at) => {
        const character = String.fromCodePoint(path.codePointAt(at) ?? 0x2f);
        return character !== '/' && token.test.test(character) ? at + character.length : [];
      });
    case 'star':
      return starPlaces(places, path);
    case 'folders':
      return merged(
        places,
        placesFrom(path, first, (at) => path[at - 1] === '/' && at > first),
      );
    case 'rest':
      return placesFrom(path, first, () => true);
  }
}

/** From each place on up to the next `/`. */
function starPlaces(places: readonly number[], path: string): readonly number[] {
  const found: number[] = [];
  let next = 0;
  for (const place of places) {
    // In a name that was gone through already.
    if (place < next) continue;
    for (let at = place; at <= path.length; at += 1) {
      found.push(at);
      next = at + 1;
      if (path[at] === '/') break;
    }
  }
  return found;
}

function placesFrom(path: string, first: number, wanted: (at: number) => boolean): readonly number[] {
  const found: number[] = [];
  for (let at = first; at <= path.length; at += 1) if (wanted(at)) found.push(at);
  return found;
}

function merged(one: readonly number[], other: readonly number[]): readonly number[] {
  return [...new Set([...one, ...other])].sort((a, b) => a - b);
}

function readTokens(pattern: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let text = '';
  const close = (token?: Token) => {
    if (text !== '') tokens.push({ kind: 'text', text });
    text = '';
    if (token) tokens.push(token);
  };
  for (let at = 0; at < pattern.length; ) {
    const character = pattern[at] ?? '';
    if (pattern.startsWith('**', at)) {
      at += pattern[at + 2] === '/' ? 3 : 2;
      close({ kind: at >= pattern.length ? 'rest' : 'folders' });
    } else if (character === '*') {
      close({ kind: 'star' });
      at += 1;
    } else if (character === '?') {
      close({ kind: 'one', test: /^./s });
      at += 1;
    } else if (character === '[') {
      const set = readSet(pattern, at);
      if (set === undefined) return undefined;
      close({ kind: 'one', test: set.test });
      at = set.end;
    } else {
      const isEscape = character === '\\';
      const literal = isEscape ? pattern[at + 1] : character;
      if (literal === undefined) return undefined;
      text += literal;
      at += isEscape ? 2 : 1;
    }
  }
  close();
  return tokens;
}

/** `[a-z]`, `[^a-z]`, with `\` before what would mean something. */
function readSet(pattern: string, start: number) {
  const set = /^\[(\^?)((?:\\.|[^\]\\])+)\]/s.exec(pattern.slice(start, start + 1_000));
  if (set === null) return undefined;
  const [whole, not = '', inside = ''] = set;
  const written = inside.replaceAll(/\\(.)|[[^]/gsu, (sign: string, quoted = sign) => {
    return `\\u{${(quoted.codePointAt(0) ?? 0).toString(16)}}`;
  });
  try {
    return { test: new RegExp(`^[${not}${written}]$`, 'u'), end: start + whole.length };
  } catch {
    // A range that ends before it begins.
    return undefined;
  }
}
