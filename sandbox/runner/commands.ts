/** A workflow command found in a line of output. */
export interface WorkflowCommand {
  /** As written; names are compared without regard to case. */
  readonly name: string;
  /** Keys in lower case. */
  readonly properties: ReadonlyMap<string, string>;
  readonly data: string;
}

type Mapping = readonly (readonly [string, string])[];

// In the runner's order: `%25` is undone last, so that `%250A` becomes `%0A` and not a line break.
const dataEscapes: Mapping = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
];
const propertyEscapes: Mapping = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%3A', ':'],
  ['%2C', ','],
  ['%25', '%'],
];
const legacyEscapes: Mapping = [
  ['%3B', ';'],
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%5D', ']'],
  ['%25', '%'],
];

// What .NET trims: unlike JavaScript with U+0085, and without U+FEFF.
const leadingWhiteSpace = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * Finds a command in a line as the runner does: `::name key=value,…::data` at the line's start (after
 * white space), else the legacy `##[name key=value;…]data` anywhere in it. Only registered names count.
 *
 * Source: actions/runner, src/Runner.Common/ActionCommand.cs
 */
export function parseCommand(
  line: string,
  isRegistered: (name: string) => boolean,
): WorkflowCommand | undefined {
  return parseCurrent(line, isRegistered) ?? parseLegacy(line, isRegistered);
}

function parseCurrent(line: string, isRegistered: (name: string) => boolean): WorkflowCommand | undefined {
  const text = line.replace(leadingWhiteSpace, '');
  if (!text.startsWith('::')) return undefined;
  const end = text.indexOf('::', 2);
  if (end < 0) return undefined;
  const info = text.slice(2, end);
  const space = info.indexOf(' ');
  const name = space < 0 ? info : info.slice(0, space);
  if (!isRegistered(name)) return undefined;
  const properties =
    space > 0
      ? parseProperties(info.slice(space + 1).trim(), ',', propertyEscapes)
      : new Map<string, string>();
  return { name, properties, data: unescaped(text.slice(end + 2), dataEscapes) };
}

function parseLegacy(line: string, isRegistered: (name: string) => boolean): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  const info = line.slice(start + 3, end);
  const space = info.indexOf(' ');
  const name = space < 0 ? info : info.slice(0, space);
  if (!isRegistered(name)) return undefined;
  const properties =
    space > 0 ? parseProperties(info.slice(space + 1), ';', legacyEscapes) : new Map<string, string>();
  return { name, properties, data: unescaped(line.slice(end + 1), legacyEscapes) };
}

function parseProperties(text: string, separator: string, escapes: Mapping): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const part of text.split(separator)) {
    const equals = part.indexOf('=');
    if (equals <= 0 || equals === part.length - 1) continue;
    properties.set(part.slice(0, equals).toLowerCase(), unescaped(part.slice(equals + 1), escapes));
  }
  return properties;
}

function unescaped(text: string, escapes: Mapping): string {
  return escapes.reduce((current, [escaped, plain]) => current.replaceAll(escaped, plain), text);
}
