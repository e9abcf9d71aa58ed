import type { Hit, Rule } from '../rule.ts';
import { hasOtherChecks, isOpaque, lints } from './commands.ts';
import { DEPLOY_YML, deployWorkflow, reusableDeploy } from './example-workflow.ts';
import { gatesOf, pullRequestJobs } from './gates.ts';
import type { Workflows } from './subject.ts';
import { code } from './words.ts';

/** Languages whose linters everybody has. */
const SOURCE = /\.(py|[cm]?[jt]sx?|go|rb|php|java|kt|rs|cs|scala|ex|exs)$/;

/** DG077: nothing lints the code on its way to production. */
export const lintFirst: Rule<Workflows> = {
  code: 'DG077',
  summary: 'Nothing lints the code before the deploy',
  level: 'note',
  why: "A linter finds in seconds what otherwise shows when a task crashes at start: an undefined name, an import that is gone, a type that can't be. Before the deploy it costs a minute; after it, a rollout and a rollback.",
  how: 'Follows `needs`, the steps before the deploy, the workflow that this one runs after or is called by, and all workflows on pull requests. It is said only where none of them names a linter. Scripts, `make` and workflows of other repositories may lint, so with them nothing is said; nor where another CI or pre-commit is set up.',
  fix: 'Add a job, and let the deploy need it:\n\n```yaml\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n      - run: pipx run ruff check .\n  deploy:\n    needs: lint\n```',
  see: "git grep -n -E 'needs:|run:' -- .github/workflows",
  examples: {
    fails: [
      {
        name: 'a job that only deploys',
        files: { [DEPLOY_YML]: deployWorkflow({ jobs: '', job: '' }), 'app.py': '' },
        at: [`${DEPLOY_YML}:10`],
      },
      {
        name: 'a lint that nobody waits for',
        files: { [DEPLOY_YML]: deployWorkflow({ job: '' }), 'app.py': '' },
        at: [`${DEPLOY_YML}:15`],
      },
      {
        name: 'the reusable workflow without a command that lints',
        files: { [DEPLOY_YML]: reusableDeploy('      test-command: pytest\n'), 'app.py': '' },
        at: [`${DEPLOY_YML}:8`],
      },
    ],
    passes: [
      {
        name: 'the reusable workflow with one',
        files: { [DEPLOY_YML]: reusableDeploy('      lint-command: pipx run ruff check\n'), 'app.py': '' },
      },
      { name: 'a job that the deploy needs', files: { [DEPLOY_YML]: deployWorkflow(), 'app.py': '' } },
      {
        name: 'a step before it',
        files: {
          [DEPLOY_YML]: deployWorkflow({ jobs: '', job: '', steps: '      - run: npx eslint .\n' }),
          'app.js': '',
        },
      },
      {
        name: 'a workflow on pull requests',
        files: {
          [DEPLOY_YML]: deployWorkflow({ jobs: '', job: '' }),
          '.github/workflows/ci.yml':
            'on: [pull_request]\njobs:\n  test:\n    steps:\n      - run: npm run lint\n',
          'app.js': '',
        },
      },
      {
        name: 'the workflow that this one runs after',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            on: 'on:\n  workflow_run:\n    workflows: [CI]\n',
            jobs: '',
            job: '',
          }),
          '.github/workflows/ci.yml':
            'name: CI\non: push\njobs:\n  lint:\n    steps:\n      - run: ruff check .\n',
          'app.py': '',
        },
      },
      {
        name: 'a script that may do it',
        files: {
          [DEPLOY_YML]: deployWorkflow({ jobs: '', job: '', steps: '      - run: make ci\n' }),
          'app.py': '',
        },
      },
      { name: 'no code to lint', files: { [DEPLOY_YML]: deployWorkflow({ jobs: '', job: '' }) } },
    ],
  },
  find: ({ all, deploys, tracked }) => {
    if (!tracked.some((path) => SOURCE.test(path)) || hasOtherChecks(tracked)) return [];
    const onPullRequests = pullRequestJobs(all);
    const hits = deploys.flatMap((deploy): readonly Hit[] => {
      const gates = [...gatesOf(deploy, all), ...onPullRequests];
      if (gates.some((gate) => lints(gate) || isOpaque(gate))) return [];
      const { workflow, job } = deploy;
      return [
        {
          where: { file: workflow.path, line: job.line },
          title: `Nothing lints the code before the job ${code(job.id)} deploys it.`,
        },
      ];
    });
    return [...new Map(hits.toReversed().map((hit) => [hit.where.file, hit])).values()].toReversed();
  },
};
