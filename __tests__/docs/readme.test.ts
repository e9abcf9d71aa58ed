import { describe, expect, it } from 'vitest';
import { withTables } from '../../scripts/readme-tables.ts';
import { fileText } from './source-codes.ts';

const readme = fileText('README.md');
const actionFile = fileText('action.yml');

describe('README.md', () => {
  it('has the tables of action.yml', () => {
    expect(withTables(readme, actionFile) === readme, 'run `npm run docs` and commit README.md').toBe(true);
  });

  it('would notice an input that the table lacks', () => {
    const more = actionFile.replace('\noutputs:\n', '  new-input:\n    description: New.\n\noutputs:\n');
    expect(withTables(readme, more)).toContain('| `new-input` |  | New. |');
  });

  it('has the places that the demo fills', () => {
    expect(readme).toMatch(/<!-- demo-log -->\n```text\n[\s\S]+?\n```/);
    expect(readme).toMatch(/<!-- demo-slack -->\n```text\n[\s\S]+?\n```/);
  });
});
