import type { Instruction as Parsed, Property } from 'dockerfile-ast';
import { type ShellCommand, shellCommands } from './shell-commands.ts';

/** `NAME=value` of an ENV, an ARG or a LABEL. */
export interface Assignment {
  readonly name: string;
  /** Undefined for an ARG without a default. */
  readonly value: string | undefined;
  readonly line: number;
}

/** An instruction of a Dockerfile: continued lines joined, comments in them taken out. Lines are counted from 1. */
export interface Instruction {
  readonly keyword: string;
  readonly line: number;
  /** `--name=value` before the arguments. */
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  /** The arguments, on one line. */
  readonly text: string;
  /** The arguments as a JSON array, which docker runs without a shell; undefined in shell form. */
  readonly json: readonly string[] | undefined;
  /** The words of the arguments, or the strings of the JSON array. */
  readonly words: readonly string[];
  readonly assignments: readonly Assignment[];
  /** What a RUN, CMD, ENTRYPOINT or HEALTHCHECK runs, with the line of each. */
  readonly commands: readonly (ShellCommand & { readonly line: number })[];
  /** What an ONBUILD puts off until another image is built on this one. */
  readonly trigger: Instruction | undefined;
}

const WITH_FLAGS = new Set(['FROM', 'RUN', 'COPY', 'ADD', 'HEALTHCHECK']);
const WITH_COMMANDS = new Set(['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK']);

/** Takes the instructions out of a Dockerfile; undefined where it is for another frontend than docker's own. */
export async function readInstructions(written: string): Promise<readonly Instruction[] | undefined> {
  const [{ DockerfileParser, PropertyInstruction, Onbuild }, { inLines, isDockerFrontend }] =
    await Promise.all([import('dockerfile-ast'), import('../../../docker/dockerfile.ts')]);
  const text = inLines(written);
  const dockerfile = DockerfileParser.parse(text);
  const directives = dockerfile.getDirectives();
  const syntax = directives.find((directive) => directive.getName() === 'syntax')?.getValue();
  if (!isDockerFrontend(syntax)) return undefined;
  const escapeCharacter = dockerfile.getEscapeCharacter();
  const lines = text.split(/\r?\n/);
  const assignmentsOf = (parsed: Parsed): readonly Assignment[] =>
    parsed instanceof PropertyInstruction ? parsed.getProperties().map(toAssignment) : [];
  return dockerfile.getInstructions().map((parsed) => {
    const { start, end } = parsed.getRange();
    const source = joinLines(lines.slice(start.line, end.line + 1), escapeCharacter, start.line + 1);
    const trigger = parsed instanceof Onbuild ? parsed.getTriggerInstruction() : null;
    const within = trigger ? toInstruction(withoutKeyword(source), assignmentsOf(trigger)) : undefined;
    return toInstruction(source, assignmentsOf(parsed), within);
  });
}

function toAssignment(property: Property): Assignment {
  return {
    name: property.getName(),
    value: property.getValue() ?? undefined,
    line: property.getRange().start.line + 1,
  };
}

interface Source {
  readonly text: string;
  /** Which line of the file a character of `text` is from. */
  readonly lineAt: (offset: number) => number;
  /** The bodies of the heredocs that follow. */
  readonly heredocs: readonly { readonly body: string; readonly line: number }[];
}

/** Joins the lines of an instruction as docker does: comments and empty lines between continued ones don't count. */
function joinLines(lines: readonly string[], escapeCharacter: string, firstLine: number): Source {
  const starts: LineStart[] = [];
  let text = '';
  let at = 0;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (at > 0 && /^\s*(#|$)/.test(line)) continue;
    starts.push({ offset: text.length, line: firstLine + at });
    const trimmed = line.trimEnd();
    const continues = trimmed.endsWith(escapeCharacter);
    text += continues ? trimmed.slice(0, -1) : line;
    if (!continues) break;
  }
  return {
    text,
    lineAt: lineFinder(starts),
    heredocs: readHeredocs(text, lines.slice(at + 1), firstLine + at + 1),
  };
}

interface LineStart {
  readonly offset: number;
  readonly line: number;
}

/** Gives the line of an offset, by halving: an instruction may have many lines. */
function lineFinder(starts: readonly LineStart[]): Source['lineAt'] {
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle]?.offset ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return starts[low]?.line ?? 1;
  };
}

function readHeredocs(text: string, lines: readonly string[], firstLine: number): Source['heredocs'] {
  const heredocs: { body: string; line: number }[] = [];
  let at = 0;
  for (const [, dash, , name] of text.matchAll(/<<(-?)(["']?)([A-Za-z_][\w.]*)\2/g)) {
    const rest = lines.slice(at);
    const length = rest.findIndex((line) => (dash ? line.replace(/^\t+/, '') : line) === name);
    const body = length === -1 ? rest : rest.slice(0, length);
    if (rest.length === 0) break;
    heredocs.push({ body: body.join('\n'), line: firstLine + at });
    at += body.length + 1;
  }
  return heredocs;
}

function withoutKeyword(source: Source): Source {
  const start = /^\s*\S+\s*/.exec(source.text)?.[0].length ?? 0;
  return { ...source, text: source.text.slice(start), lineAt: (offset) => source.lineAt(offset + start) };
}

function toInstruction(
  source: Source,
  assignments: readonly Assignment[],
  trigger?: Instruction,
): Instruction {
  const keyword = (/^\s*(\S+)/.exec(source.text)?.[1] ?? '').toUpperCase();
  const { flags, rest } = takeFlags(withoutKeyword(source), WITH_FLAGS.has(keyword));
  const json = jsonStrings(keyword === 'HEALTHCHECK' ? rest.text.replace(/^\s*CMD\s+/i, '') : rest.text);
  return {
    keyword,
    line: source.lineAt(0),
    flags,
    text: rest.text.trim(),
    json,
    words: json ?? rest.text.trim().split(/\s+/).filter(Boolean),
    assignments,
    commands: WITH_COMMANDS.has(keyword) ? commandsOf(keyword, rest, json) : [],
    trigger,
  };
}

function takeFlags(source: Source, has: boolean) {
  const flags: { name: string; value: string }[] = [];
  let rest = source;
  for (let match = has && next(rest); match && flags.length < MOST_FLAGS; match = next(rest)) {
    flags.push({ name: (match[1] ?? '').toLowerCase(), value: match[2] ?? '' });
    rest = withoutKeyword(rest);
  }
  return { flags, rest };
}

const MOST_FLAGS = 20;
const next = ({ text }: Source) => /^\s*--([a-z][\w-]*)(?:=(\S*))?(?=\s)/i.exec(text);

/** A JSON array of strings; anything else is shell form to docker. */
function jsonStrings(text: string): readonly string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

function commandsOf(keyword: string, source: Source, json: readonly string[] | undefined) {
  if (json !== undefined) {
    // Quoted again, so that `["sh", "-c", "…"]` is looked into as well.
    const script = json.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    return shellCommands(script).map((command) => ({ ...command, line: source.lineAt(0) }));
  }
  const script = keyword === 'HEALTHCHECK' ? source.text.replace(/^\s*CMD(?=\s)/i, '   ') : source.text;
  const commands = shellCommands(script).map((command) => ({
    ...command,
    line: source.lineAt(command.offset),
  }));
  return [...commands.filter(({ words }) => !/^<</.test(words[0] ?? '')), ...heredocCommands(source)];
}

/** `RUN <<EOF` and `RUN bash <<EOF` run the heredoc; `RUN cat <<EOF > file` and other languages' only read it. */
function heredocCommands({ text, heredocs }: Source) {
  if (!/^\s*((\/\S*\/)?(ba|da|a)?sh(\s+-\S+)*\s+)?<</.test(text)) return [];
  return heredocs
    .filter(({ body }) => !/^#!(?!.*\b(ba|da|a)?sh\b)/.test(body))
    .flatMap(({ body, line }) => {
      const ends = [...body.matchAll(/\n/g)].map(({ index }, at) => ({
        offset: index + 1,
        line: line + at + 1,
      }));
      const lineAt = lineFinder([{ offset: 0, line }, ...ends]);
      return shellCommands(body).map((command) => ({ ...command, line: lineAt(command.offset) }));
    });
}
