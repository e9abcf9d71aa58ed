import { describe, expect, it } from 'vitest';
import { redactedRunner } from '../../src/runner/redacted-runner.ts';
import { Redaction } from '../../src/runner/redaction.ts';
import { shorten } from '../../src/runner/text.ts';
import { githubRunner, type Runner } from '../../src/runner/workflow-commands.ts';

const SECRET = 'q7Rz2mV9xKp4Ls8TnWc3';

/** A runner that keeps what it is given, behind the redaction of one secret. */
function recording() {
  const shown: string[] = [];
  const runner: Runner = {
    ...githubRunner,
    print: (line) => void shown.push(line),
    openGroup: (title) => void shown.push(title),
    foreignOutput: () => ({ lines: (lines) => void shown.push(...lines), end: () => undefined }),
  };
  const redaction = new Redaction();
  redaction.add(SECRET);
  return { shown, runner: redactedRunner(runner, redaction) };
}

describe('redactedRunner', () => {
  it('takes secrets out of lines and titles of ours', () => {
    const { shown, runner } = recording();
    const hex = Buffer.from(SECRET).toString('hex');
    runner.print(`a ${hex}`);
    runner.openGroup(`b ${hex}`);
    expect(shown).toEqual(['a ***', 'b ***']);
  });

  it("leaves nothing of a secret at the cut of another program's long line, which no mask fits", async () => {
    const { shown, runner } = recording();
    const line = shorten(`${'x'.repeat(90)}${SECRET}`, 100);
    await runner.foreignOutput().lines(['short', line]);
    expect(shown).toEqual(['short', `${'x'.repeat(90)}***…`]);
  });
});
