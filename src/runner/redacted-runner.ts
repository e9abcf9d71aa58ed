import type { Redaction } from './redaction.ts';
import type { Runner } from './workflow-commands.ts';

/** The runner, whose lines of ours hold no secret either in forms that GitHub's own masks don't know. */
export function redactedRunner(runner: Runner, redaction: Redaction): Runner {
  return {
    ...runner,
    print: (line) => runner.print(redaction.apply(line)),
    openGroup: (title) => runner.openGroup(redaction.apply(title)),
  };
}
