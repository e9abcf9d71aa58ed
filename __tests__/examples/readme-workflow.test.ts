import { describe, expect, it } from 'vitest';
import { workflowRules } from '../../src/stages/hygiene/workflows/group.ts';
import { fileText } from '../docs/source-codes.ts';
import { exampleRepository } from '../stages/hygiene/example-repository.ts';

const PAGES = [
  'README.md',
  'docs/getting-started.md',
  'docs/migrating.md',
  'docs/monitoring.md',
  'docs/rollback.md',
  'docs/releases.md',
];

/** Whole workflows in the pages that a reader pastes from. */
const workflows = PAGES.flatMap((page) =>
  [...fileText(page).matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)]
    .map(([, text = '']) => text)
    .filter((text) => /^on:/m.test(text) && /^jobs:/m.test(text))
    .map((text, index) => [`${page}, workflow ${index + 1}`, text] as const),
);

describe('the workflows to paste', () => {
  it('are found', () => {
    expect(workflows.length).toBeGreaterThan(1);
  });

  it.each(workflows)('are such that our own hygiene has nothing to say: %s', async (place, text) => {
    // Who moves over keeps the keys at first: the page says so.
    const rules = workflowRules.rules.filter(
      ({ code }) => code !== 'DG073' || !place.startsWith('docs/migrating.md'),
    );
    const path = '.github/workflows/deploy.yml';
    const subject = await workflowRules.read(exampleRepository({ name: '', files: { [path]: text } }));
    const hits = subject === undefined ? [] : rules.flatMap((rule) => rule.find(subject));
    expect(hits).toEqual([]);
  });
});
