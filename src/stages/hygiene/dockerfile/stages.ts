import { type ImageName, parseImageName } from './image-name.ts';
import type { Assignment, Instruction } from './instructions.ts';

/** A build stage, with what it gets from those it is FROM. */
export interface Stage {
  readonly name: string | undefined;
  readonly line: number;
  /** What it is FROM, as it is written. */
  readonly base: string;
  /** The stage that it is FROM; undefined where that is an image. */
  readonly parent: Stage | undefined;
  /** The image at the root of it; undefined where a variable without a default names it. */
  readonly image: ImageName | undefined;
  /** The line of the FROM that names that image. */
  readonly imageLine: number;
  /** Its own instructions, behind what its parent has put off for it by ONBUILD. */
  readonly own: readonly Instruction[];
  /** All instructions that the image is made of, from the root on. */
  readonly lineage: readonly Instruction[];
}

/** Puts the instructions of a Dockerfile together into its stages, in order. */
export function readStages(instructions: readonly Instruction[]): readonly Stage[] {
  const starts = instructions.flatMap(({ keyword }, at) => (keyword === 'FROM' ? [at] : []));
  const globals: Assignment[] = [];
  for (const { keyword, assignments } of instructions.slice(0, starts[0])) {
    if (keyword === 'ARG') globals.push(...assignments.map((each) => withDefaults(each, globals)));
  }
  const stages: Stage[] = [];
  for (const [at, start] of starts.entries()) {
    const from = instructions[start];
    if (from) stages.push(toStage(from, instructions.slice(start + 1, starts[at + 1]), globals, stages));
  }
  return stages;
}

/** More is no image's name; defaults made of defaults may double each time. */
const MOST_CHARACTERS = 2_000;

/** An ARG whose default is made of those before it: `ARG IMAGE="debian:${VERSION}"`. */
function withDefaults(assignment: Assignment, before: readonly Assignment[]): Assignment {
  const { value } = assignment;
  if (!value?.includes('$')) return assignment;
  const filled = fillIn(value, before);
  return filled !== undefined && filled.length < MOST_CHARACTERS
    ? { ...assignment, value: filled }
    : assignment;
}

function toStage(
  from: Instruction,
  body: readonly Instruction[],
  globals: readonly Assignment[],
  before: readonly Stage[],
): Stage {
  const [written = '', as, name] = from.words;
  const base = fillIn(written, globals);
  const parent = base === undefined ? undefined : stageNamed(before, base);
  const triggers = (parent?.own ?? []).flatMap(({ trigger }) => trigger ?? []);
  const own = [...triggers, ...body];
  return {
    name: as?.toLowerCase() === 'as' ? name : undefined,
    line: from.line,
    base: written,
    parent,
    image: parent ? parent.image : base === undefined ? undefined : parseImageName(base),
    imageLine: parent?.imageLine ?? from.line,
    own,
    lineage: [...(parent?.lineage ?? []), ...own],
  };
}

/** The last stage before that has a name, in any case; where `byNumber`, also by its number. */
export function stageNamed(stages: readonly Stage[], wanted: string, byNumber = false): Stage | undefined {
  const named = stages.findLast(({ name }) => name?.toLowerCase() === wanted.toLowerCase());
  return named ?? (byNumber && /^\d{1,4}$/.test(wanted) ? stages[Number(wanted)] : undefined);
}

/** Stages that take part in building a stage: those that it is FROM, copies from or mounts, and theirs. */
export function stagesOf(final: Stage, stages: readonly Stage[]): readonly Stage[] {
  const used = new Set<Stage>();
  const open = [final];
  for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
    if (used.has(stage)) continue;
    used.add(stage);
    const before = stages.slice(0, stages.indexOf(stage));
    if (stage.parent) open.push(stage.parent);
    for (const source of stage.own.flatMap(sourceStages)) {
      const other = stageNamed(before, source, true);
      if (other) open.push(other);
    }
  }
  return stages.filter((stage) => used.has(stage));
}

function sourceStages({ flags }: Instruction): readonly string[] {
  return flags.flatMap(({ name, value }) => {
    if (name === 'from') return [value];
    const from = name === 'mount' ? /(?:^|,)from=([^,]+)/.exec(value)?.[1] : undefined;
    return from === undefined ? [] : [from];
  });
}

const VARIABLE = /\$(?:\{(\w+)(?:(:?[-+])([^{}]*))?\}|(\w+))/g;

/** Fills in variables as a FROM does, from the defaults of ARG before the first FROM; undefined where one has none. */
export function fillIn(text: string, assignments: readonly Assignment[]): string | undefined {
  let known = true;
  const filled = text
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(
      VARIABLE,
      (_, braced: string | undefined, operator: string | undefined, word = '', bare = '') => {
        const value = assignments.findLast(({ name }) => name === (braced ?? bare))?.value;
        if (operator?.endsWith('+')) return value ? word : '';
        const result = value || (operator ? word : undefined);
        known &&= result !== undefined;
        return result ?? '';
      },
    );
  return known && filled !== '' && !filled.includes('$') ? filled : undefined;
}
