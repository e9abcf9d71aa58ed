import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parse } from 'yaml';

const METADATA = v.object({
  inputs: v.record(
    v.string(),
    v.object({
      description: v.string(),
      default: v.optional(v.string()),
      required: v.optional(v.boolean()),
    }),
  ),
  outputs: v.record(v.string(), v.object({ description: v.string() })),
  runs: v.object({ using: v.string(), main: v.string(), post: v.string() }),
});

/** action.yml as GitHub's runner reads it. */
export const action = v.parse(
  METADATA,
  parse(readFileSync(new URL('../../../action.yml', import.meta.url), 'utf8')),
);
