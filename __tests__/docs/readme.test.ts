import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withTables } from '../../scripts/readme-tables.ts';
import { readConfig } from '../../src/stages/inputs/config.ts';
import { INPUTS } from '../../src/stages/inputs/schema.ts';
import { fileText } from './source-codes.ts';

const readme = fileText('README.md');
const actionFile = fileText('action.yml');

/** The section under a `## heading`, up to the next one. */
function sectionOf(heading: string): string {
  const from = readme.indexOf(`\n## ${heading}\n`);
  expect(from, heading).toBeGreaterThan(0);
  const rest = readme.slice(from + 1);
  const next = rest.indexOf('\n## ');
  return next < 0 ? rest : rest.slice(0, next);
}

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

  it('says of every refused value that it is not there yet', () => {
    const all = readConfig({
      INPUT_MODE: 'rollback',
      INPUT_ROLLOUT: 'pin',
      'INPUT_TASK-DEFINITION': 'a:1',
      'INPUT_PRE-DEPLOY-COMMAND': 'a',
      'INPUT_ON-FAILURE': 'rollback',
      INPUT_HYGIENE: 'fail',
      'INPUT_SARIF-FILE': 'a.sarif',
      INPUT_ENGINE: 'podman',
    }).findings.filter(({ code }) => code === 'DG103');
    const section = all.length > 0 ? sectionOf('Not there yet') : '';
    for (const { title } of all) {
      const [name = ''] = /[a-z-]+/.exec(title) ?? [];
      expect(section, title).toContain(`\`${name}`);
    }
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
