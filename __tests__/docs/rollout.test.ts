import { describe, expect, it } from 'vitest';
import { withRules } from '../../scripts/readme-tables.ts';
import { SLOW_MS } from '../../src/stages/rollout/cadence.ts';
import { failFastRules } from '../../src/stages/rollout/fail-fast-rules.ts';
import { commandsIn, unknownAwsOperations } from './shell-commands.ts';
import { fileText } from './source-codes.ts';

const page = fileText('docs/rollout.md');

describe('docs/rollout.md', () => {
  it('has the fail-fast rules of the source', () => {
    expect(withRules(page) === page, 'run `npm run docs` and commit docs/rollout.md').toBe(true);
  });

  it('would notice a rule with another patience', () => {
    const [first, ...others] = failFastRules;
    if (first === undefined) throw new Error('there are no rules');
    const changed = [{ ...first, patience: { ...first.patience, failures: 9 } }, ...others];
    expect(withRules(page, changed)).toContain('9 failed tasks');
  });

  it('tells the pace of the looks', () => {
    expect(page).toContain('then about every two and a half seconds');
    expect(Math.abs(SLOW_MS - 2_500)).toBeLessThan(250);
  });

  it('has commands that can be pasted', () => {
    expect(commandsIn(page.replaceAll(/^(export .*|GOOD=.*)$/gm, '# set'))).not.toEqual([]);
    expect(unknownAwsOperations(page.replaceAll('aws ecs wait services-stable', ''))).toEqual([]);
  });
});
