import type { Config } from '../inputs/config.ts';

/** Where the IAM policy of the run's mode stands, for the end of a sentence. */
export function policyFor({ mode }: Pick<Config, 'mode'>): string {
  return `docs/iam.md#${mode}`;
}
