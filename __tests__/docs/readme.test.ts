import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withTables } from '../../scripts/readme-tables.ts';
import { INPUTS } from '../../src/stages/inputs/schema.ts';
import { fileText } from './source-codes.ts';

const readme = fileText('README.md');
const actionFile = fileText('action.yml');

/** The steps with this action in every YAML block of the README. */
function inputsInExamples(): readonly string[] {
  return [...readme.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => {
    const workflow = parse(block) as {
      jobs?: Record<string, { steps: readonly { uses?: string; with?: Record<string, unknown> }[] }>;
    };
    const steps = Object.values(workflow.jobs ?? {}).flatMap(({ steps }) => steps);
    const ours = steps.filter(({ uses }) => uses?.includes('deploy-guard@'));
    return ours.flatMap((step) => Object.keys(step.with ?? {}));
  });
}

describe('README.md', () => {
  it('has the tables of action.yml', () => {
    expect(withTables(readme, actionFile) === readme, 'run `npm run docs` and commit README.md').toBe(true);
  });

  it('would notice an input that the table lacks', () => {
    const more = actionFile.replace('\noutputs:\n', '  new-input:\n    description: New.\n\noutputs:\n');
    expect(withTables(readme, more)).toContain('| `new-input` |  | New. |');
  });

  it('uses in its workflows only inputs that there are', () => {
    const used = inputsInExamples();
    expect(used.length).toBeGreaterThan(4);
    expect(used.filter((name) => !(name in INPUTS))).toEqual([]);
  });

  it('has the places that the demo fills', () => {
    expect(readme).toMatch(/<!-- demo-log -->\n```text\n[\s\S]+?\n```/);
    expect(readme).toMatch(/<!-- demo-slack -->\n```text\n[\s\S]+?\n```/);
  });
});
