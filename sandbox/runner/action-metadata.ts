import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';

const metadataSchema = v.object({
  name: v.string(),
  inputs: v.optional(
    v.record(
      v.string(),
      v.nullable(
        v.object({
          default: v.optional(v.nullable(v.union([v.string(), v.number(), v.boolean()]))),
          deprecationMessage: v.optional(v.string()),
        }),
      ),
    ),
    {},
  ),
  runs: v.object({
    using: v.picklist(['node20', 'node24']),
    main: v.string(),
    post: v.optional(v.string()),
    'post-if': v.optional(v.string(), 'always()'),
  }),
});

/** What the runner reads of an action.yml. Defaults are still expressions. */
export interface ActionMetadata {
  readonly name: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly default: string;
    readonly deprecationMessage: string | undefined;
  }[];
  readonly main: string;
  readonly post: string | undefined;
  readonly postIf: string;
}

/** Reads action.yml of a JavaScript action. Throws where there is none or it isn't one. */
export function readActionMetadata(actionDir: string): ActionMetadata {
  const file = join(actionDir, 'action.yml');
  const parsed = v.safeParse(metadataSchema, parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is not a JavaScript action: ${v.summarize(parsed.issues)}`);
  const { name, inputs, runs } = parsed.output;
  return {
    name,
    inputs: Object.entries(inputs).map(([input, given]) => ({
      name: input,
      default: String(given?.default ?? ''),
      deprecationMessage: given?.deprecationMessage,
    })),
    main: runs.main,
    post: runs.post,
    postIf: runs['post-if'],
  };
}

/**
 * An input's default with its `${{ github.x }}` expressions, and the job's number, filled in.
 * @throws Error for any other expression, which an input's default rarely has.
 */
export function evaluateDefault(text: string, github: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_whole, expression: string) => {
    if (expression === 'job.check_run_id') return github['check_run_id'] ?? '';
    const key = /^github\.([a-z_]+)$/.exec(expression)?.[1];
    if (key === undefined)
      throw new Error(`the default \${{ ${expression} }} is not supported by this runner`);
    return github[key] ?? '';
  });
}

/** How the job stands, for `post-if`. */
export type JobStatus = 'success' | 'failure' | 'cancelled';

/**
 * Evaluates a `post-if`: the status functions with `!`, `&&`, `||`.
 * @throws Error for anything else.
 */
export function evaluatePostIf(condition: string, status: JobStatus): boolean {
  const bare = condition.replace(/^\s*\$\{\{|\}\}\s*$/g, '');
  return bare.split('||').some((all) => all.split('&&').every((term) => evaluateTerm(term.trim(), status)));
}

function evaluateTerm(term: string, status: JobStatus): boolean {
  const match = /^(!?)\s*(always|success|failure|cancelled)\(\)$/.exec(term);
  if (match === null) throw new Error(`post-if '${term}' is not supported by this runner`);
  const holds = match[2] === 'always' || match[2] === status;
  return match[1] === '!' ? !holds : holds;
}
