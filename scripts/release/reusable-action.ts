import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReleaseProblem } from './problem.ts';
import type { Version } from './version.ts';

const WORKFLOW = '.github/workflows/deploy.yml';

/**
 * Throws a ReleaseProblem unless the reusable workflow runs the action that is released with it. Another repository's
 * would get the credentials of whoever calls the workflow, and another major version's does not know its inputs.
 * @param repository - Its name on GitHub, `owner/name`.
 */
export function checkReusableAction({ major }: Version, folder: string, repository: string): void {
  const text = readFileSync(join(folder, WORKFLOW), 'utf8');
  const [, runs = 'no action'] = /\buses: (\S+)[^\n]*\n\s+id: deploy\n/.exec(text) ?? [];
  const own = `${repository}@v${major}`;
  if (runs.toLowerCase() === own.toLowerCase()) return;
  throw new ReleaseProblem(
    `${WORKFLOW} runs ${runs}, and would be released beside ${own}. Write ${own} there and in the pages: docs/releases.md has the command.`,
  );
}
