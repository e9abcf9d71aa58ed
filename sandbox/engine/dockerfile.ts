import { DockerfileParser, type Flag } from 'dockerfile-ast';
import { DockerExit } from './docker-exit.ts';

/** One instruction, with continuation lines joined and flags apart. */
export interface Instruction {
  readonly keyword: string;
  /** 1-based. */
  readonly line: number;
  /** As written, without the flags, and with the lines joined. */
  readonly text: string;
  /** The words of a JSON array; undefined for the shell form. */
  readonly json: readonly string[] | undefined;
  readonly words: readonly string[];
  /** `name=value` pairs of ARG, ENV and LABEL. */
  readonly pairs: readonly (readonly [name: string, value: string | undefined])[];
  readonly flags: ReadonlyMap<string, string>;
}

/** A build stage: FROM and what follows it. */
export interface Stage {
  readonly name: string | undefined;
  readonly from: string;
  readonly line: number;
  readonly instructions: readonly Instruction[];
}

export interface ParsedDockerfile {
  /** ARGs before the first FROM. */
  readonly globalArgs: readonly Instruction[];
  readonly stages: readonly Stage[];
  /** All instructions, in order. */
  readonly steps: readonly Instruction[];
}

const known = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

/**
 * Reads a Dockerfile as the classic builder does.
 * @throws DockerExit in docker's words where it can't be read.
 */
export function parseDockerfile(content: string, name: string): ParsedDockerfile {
  const steps = DockerfileParser.parse(content).getInstructions().map(readInstruction);
  if (steps.length === 0) {
    throw new DockerExit(`Error response from daemon: the Dockerfile (${name}) cannot be empty`);
  }
  const unknown = steps.find((step) => !known.has(step.keyword));
  if (unknown !== undefined) throw parseError(unknown.line, `unknown instruction: ${unknown.keyword}`);
  const firstFrom = steps.findIndex((step) => step.keyword === 'FROM');
  const early = steps.slice(0, firstFrom < 0 ? steps.length : firstFrom);
  const misplaced = early.find((step) => step.keyword !== 'ARG');
  if (misplaced !== undefined || firstFrom < 0) {
    throw new DockerExit('Error response from daemon: no build stage in current context');
  }
  return { globalArgs: early, stages: readStages(steps.slice(firstFrom)), steps };
}

function readStages(steps: readonly Instruction[]): readonly Stage[] {
  const starts = steps.flatMap((step, index) => (step.keyword === 'FROM' ? [index] : []));
  return starts.map((start, position) => {
    const { words, line } = steps[start] ?? { words: [], line: 0 };
    const [from, as, name] = words;
    if (from === undefined || (words.length !== 1 && (words.length !== 3 || as?.toUpperCase() !== 'AS'))) {
      throw parseError(line, 'FROM requires either one or three arguments');
    }
    return {
      name: name?.toLowerCase(),
      from,
      line,
      instructions: steps.slice(start + 1, starts[position + 1] ?? steps.length),
    };
  });
}

type AstInstruction = ReturnType<ReturnType<typeof DockerfileParser.parse>['getInstructions']>[number];

function readInstruction(instruction: AstInstruction): Instruction {
  const text = instruction.getArgumentsContent() ?? '';
  const flags = 'getFlags' in instruction ? (instruction.getFlags as () => Flag[]).call(instruction) : [];
  const properties =
    'getProperties' in instruction
      ? (instruction.getProperties as () => { getName(): string; getValue(): string | null }[]).call(
          instruction,
        )
      : [];
  return {
    keyword: instruction.getKeyword(),
    line: instruction.getRange().start.line + 1,
    text,
    json: jsonWords(text),
    words: text.split(/\s+/).filter((word) => word !== ''),
    pairs: properties.map((property) => [property.getName(), property.getValue() ?? undefined] as const),
    flags: new Map(flags.map((flag) => [flag.getName(), flag.getValue() ?? ''])),
  };
}

function jsonWords(text: string): readonly string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined;
  }
}

function parseError(line: number, problem: string): DockerExit {
  return new DockerExit(`Error response from daemon: dockerfile parse error line ${line}: ${problem}`);
}
