/** A word of a shell script, quotes taken off, and where it begins in it. */
export interface ShellWord {
  readonly text: string;
  readonly offset: number;
}

/** The words between two separators of a shell script: `;`, `&`, `&&`, `|`, `||`, `(`, `)` and the end of a line. */
export function wordGroups(script: string): readonly (readonly ShellWord[])[] {
  const groups: ShellWord[][] = [[]];
  for (let at = 0; at < script.length; ) {
    const character = script[at] ?? '';
    if (isSeparator(script, at)) {
      if (groups.at(-1)?.length) groups.push([]);
      at += 1;
    } else if (/\s/.test(character)) at += 1;
    else if (character === '#') at = endOfLine(script, at);
    else {
      const { text, end } = readWord(script, at);
      // A backslash at the end of a line is no word.
      if (text !== '' || character !== '\\') groups.at(-1)?.push({ text, offset: at });
      at = end;
    }
  }
  return groups.filter((group) => group.length > 0);
}

/** `>&`, `<&` and `&>` redirect; every other `&` ends a command. */
function isSeparator(script: string, at: number): boolean {
  const character = script[at] ?? '';
  if (character === '&') return !/[<>]/.test(script[at - 1] ?? '') && script[at + 1] !== '>';
  return ';|()\n'.includes(character);
}

function readWord(script: string, start: number): { readonly text: string; readonly end: number } {
  let text = '';
  let at = start;
  while (at < script.length && !/\s/.test(script[at] ?? '') && !isSeparator(script, at)) {
    const part = readPart(script, at);
    text += part.text;
    at = part.end;
  }
  return { text, end: at };
}

/** One character of a word, or all that quotes, a backslash or `$(…)` hold together. */
function readPart(script: string, at: number): { readonly text: string; readonly end: number } {
  const character = script[at] ?? '';
  if (character === "'") {
    const end = closing(script, at + 1, "'");
    return { text: script.slice(at + 1, end), end: end + 1 };
  }
  if (character === '"') {
    const end = closing(script, at + 1, '"');
    return { text: script.slice(at + 1, end).replace(/\\(["\\$`])/g, '$1'), end: end + 1 };
  }
  if (character === '\\') return { text: script[at + 1] === '\n' ? '' : (script[at + 1] ?? ''), end: at + 2 };
  const bracket = character === '$' ? { '(': ')', '{': '}' }[script[at + 1] ?? ''] : undefined;
  if (bracket !== undefined) {
    const end = closingBracket(script, at + 1, script[at + 1] ?? '', bracket);
    return { text: script.slice(at, end), end };
  }
  return { text: character, end: at + 1 };
}

/** Where a quote closes; the end of the script where it doesn't. */
function closing(script: string, from: number, quote: string): number {
  for (let at = from; at < script.length; at += 1) {
    if (script[at] === quote) return at;
    if (quote === '"' && script[at] === '\\') at += 1;
  }
  return script.length;
}

/** One past where a bracket closes, counting those within; the end of the script where it doesn't. */
function closingBracket(script: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let at = from; at < script.length; at += 1) {
    if (script[at] === open) depth += 1;
    else if (script[at] === close) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return script.length;
}

function endOfLine(script: string, at: number): number {
  const end = script.indexOf('\n', at);
  return end === -1 ? script.length : end;
}
