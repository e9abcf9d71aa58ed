import type { Rule } from '../rule.ts';
import { DEPLOY_YML, deployWorkflow } from './example-workflow.ts';
import type { Workflows } from './subject.ts';
import { code } from './words.ts';

/** DG074: another repository's workflow is handed every secret. */
export const inheritedSecrets: Rule<Workflows> = {
  code: 'DG074',
  summary: 'Another repository is handed every secret',
  level: 'warning',
  why: '`secrets: inherit` hands a called workflow every secret of the repository and of the organisation that this one may use, those it has nothing to do with too. A change over there can read them all. Named secrets are also how a reader sees what the deploy needs.',
  how: 'Looks at the jobs of the workflow that deploys which call a workflow of another owner. A workflow of this repository or of the same owner is left alone: it has these secrets anyway, or is run by the same people.',
  fix: 'Name the secrets that the called workflow takes:\n\n```yaml\nsecrets:\n  SLACK_WEBHOOK: ${{ secrets.SLACK_WEBHOOK }}\n```',
  see: "git grep -n -B 6 'secrets: inherit' -- .github/workflows",
  source: 'https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows',
  examples: {
    fails: [
      {
        name: 'another owner',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            jobs: '  lint:\n    uses: other/workflows/.github/workflows/lint.yml@v1\n    secrets: inherit\n',
          }),
        },
        facts: { owner: 'acme' },
        at: [`${DEPLOY_YML}:12`],
      },
    ],
    passes: [
      {
        name: 'a workflow of this repository',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            jobs: '  lint:\n    uses: ./.github/workflows/lint.yml\n    secrets: inherit\n',
          }),
        },
      },
      {
        name: 'a workflow of the same owner',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            jobs: '  lint:\n    uses: Acme/workflows/.github/workflows/lint.yml@v1\n    secrets: inherit\n',
          }),
        },
        facts: { owner: 'acme' },
      },
      {
        name: 'secrets by name',
        files: {
          [DEPLOY_YML]: deployWorkflow({
            jobs: '  lint:\n    uses: other/workflows/.github/workflows/lint.yml@v1\n    secrets:\n      TOKEN: ${{ secrets.TOKEN }}\n',
          }),
        },
        facts: { owner: 'acme' },
      },
    ],
  },
  find: ({ deploys, owner }) => {
    if (owner === undefined) return [];
    return [...new Set(deploys.map(({ workflow }) => workflow))].flatMap((workflow) =>
      workflow.jobs.flatMap(({ uses, secrets }) => {
        const isInherited = secrets?.text === 'inherit';
        const called = uses?.text ?? './';
        const isOwn = called.toLowerCase().startsWith(`${owner.toLowerCase()}/`);
        if (!isInherited || called.startsWith('./') || isOwn) return [];
        return [
          {
            where: { file: workflow.path, line: secrets.line },
            title: `Every secret is handed to ${code(called)}.`,
          },
        ];
      }),
    );
  },
};
