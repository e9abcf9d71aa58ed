import type { Redaction } from './redaction.ts';
import type { Runner } from './workflow-commands.ts';

/**
 * The runner, whose lines of ours hold no secret either in forms that GitHub's own masks don't know, and other programs'
 * none that was cut in two.
 */
export function redactedRunner(runner: Runner, redaction: Redaction): Runner {
  return {
    ...runner,
    print: (line) => runner.print(redaction.apply(line)),
    openGroup: (title) => runner.openGroup(redaction.apply(title)),
    foreignOutput() {
      const { lines, end } = runner.foreignOutput();
      // Masks fit whole secrets alone. All else is left to them: there may be millions of lines.
      const safe = (line: string) => (line.endsWith('…') ? redaction.apply(line) : line);
      return { lines: (printed) => lines(printed.map(safe)), end };
    },
  };
}
