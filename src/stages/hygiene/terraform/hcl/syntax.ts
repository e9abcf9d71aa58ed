/** What the value of an argument is written as: what the rules need of HCL's expressions, without their spelling. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** A string with interpolations, in its parts. */
  | { readonly kind: 'template'; readonly parts: readonly Expression[] }
  /** `var.name`, `aws_ecr_repository.app.name`: names and literal indices. */
  | { readonly kind: 'reference'; readonly path: readonly string[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly Entry[] }
  | {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | { readonly kind: 'operation'; readonly operator: string; readonly operands: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] }
  | { readonly kind: 'index'; readonly of: Expression; readonly key: Expression }
  /** What is not evaluated here (`for`, splats, directives), with the expressions in it. */
  | { readonly kind: 'opaque'; readonly inside: readonly Expression[] };

/** One `key = value` of an object. */
export interface Entry {
  readonly key: Expression;
  readonly value: Expression;
  readonly line: number;
}

/** `name = value` in a block. */
export interface Argument {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly value: Expression;
}

/** `type "label" { … }`. */
export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  /** From 1. */
  readonly line: number;
  readonly arguments: ReadonlyMap<string, Argument>;
  readonly blocks: readonly Block[];
  /** Something in it could not be read, so that what is not seen may be there all the same. */
  readonly broken: boolean;
}

/** A file, as far as it could be read. */
export interface HclFile {
  readonly blocks: readonly Block[];
  /** Arguments outside any block: what a `.tfvars` file is made of. */
  readonly arguments: readonly Argument[];
  /** Something in it is no HCL. */
  readonly broken: boolean;
}

/** The paths of all references in an expression (`var.name` as `[var, name]`), in the order they are written. */
export function referencesIn(expression: Expression): readonly (readonly string[])[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'reference':
      return [expression.path];
    case 'template':
      return expression.parts.flatMap(referencesIn);
    case 'list':
      return expression.items.flatMap(referencesIn);
    case 'object':
      return expression.entries.flatMap(({ key, value }) => [...referencesIn(key), ...referencesIn(value)]);
    case 'conditional':
      return [expression.test, expression.yes, expression.no].flatMap(referencesIn);
    case 'operation':
      return expression.operands.flatMap(referencesIn);
    case 'call':
      return expression.parameters.flatMap(referencesIn);
    case 'index':
      return [...referencesIn(expression.of), ...referencesIn(expression.key)];
    case 'opaque':
      return expression.inside.flatMap(referencesIn);
  }
}
