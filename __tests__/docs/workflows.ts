import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { fileText, root } from './source-codes.ts';

/** A workflow that a page shows for pasting. */
export interface PastedWorkflow {
  /** `docs/rollback.md:5`, the line of its fence. */
  readonly place: string;
  readonly text: string;
}

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job extends Step {
  readonly steps?: readonly Step[];
  readonly secrets?: Readonly<Record<string, unknown>>;
}

const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))].filter(
  (name) => name.endsWith('.md'),
);

/** Every whole workflow in the README and in docs/; other YAML has no `jobs:`. */
export function pastedWorkflows(): readonly PastedWorkflow[] {
  return pages.flatMap((page) => {
    const markdown = fileText(page);
    return [...markdown.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
      .map(({ index, 1: text = '' }) => ({
        place: `${page}:${markdown.slice(0, index).split('\n').length}`,
        text,
      }))
      .filter(({ text }) => /^jobs:$/m.test(text));
  });
}

/** What a workflow hands to deploy-guard: to the action, and to its reusable workflow. */
export function handedOver(text: string): {
  readonly toAction: readonly string[];
  readonly toWorkflow: readonly string[];
} {
  const { jobs } = parse(text) as { jobs: Readonly<Record<string, Job>> };
  const all = Object.values(jobs);
  const steps = all.flatMap((job) => job.steps ?? []);
  const called = all.filter(({ uses }) => uses?.includes('deploy-guard/.github/workflows/deploy.yml@'));
  return {
    toAction: steps
      .filter(({ uses }) => uses?.includes('/deploy-guard@'))
      .flatMap((step) => Object.keys(step.with ?? {})),
    toWorkflow: called.flatMap((job) => [...Object.keys(job.with ?? {}), ...Object.keys(job.secrets ?? {})]),
  };
}
