import type { Rule } from '../rule.ts';
import type { TrackedFiles } from './subject.ts';
import { untrack } from './untrack.ts';

/** DG028: Terraform's state that is tracked. */
export const trackedState: Rule<TrackedFiles> = {
  code: 'DG028',
  summary: 'The state of Terraform is tracked by git',
  level: 'error',
  why: 'The state holds every attribute of every resource in clear text: the database password that Terraform set, keys it made, addresses. And two people who apply from two clones overwrite what the other one made, because git does not lock.',
  how: 'Looks at tracked `*.tfstate` and its backups by their name. Those in folders for tests, fixtures and examples are left alone.',
  fix: 'Keep the state in S3, with its lock, and take the file out of git. Change the secrets that are in it: the history keeps them.\n\n```hcl\nterraform {\n  backend "s3" {\n    bucket       = "my-terraform-state"\n    key          = "my-service.tfstate"\n    region       = "us-east-1"\n    encrypt      = true\n    use_lockfile = true\n  }\n}\n```',
  source: 'https://developer.hashicorp.com/terraform/language/state/sensitive-data',
  see: "git ls-files '*.tfstate' '*.tfstate.*'",
  examples: {
    fails: [
      {
        name: 'the state and its backup',
        files: {
          'infra/terraform.tfstate': '{"version": 4}\n',
          'infra/terraform.tfstate.backup': '{}\n',
          'infra/main.tf': '',
        },
        at: ['infra/terraform.tfstate', 'infra/terraform.tfstate.backup'],
      },
    ],
    passes: [
      {
        name: 'a state for tests',
        files: { 'internal/testdata/terraform.tfstate': '{"version": 4}\n', 'docs/tfstate.md': '' },
      },
    ],
  },
  find: ({ seen }) =>
    seen
      .filter(({ kind, isTest }) => kind === 'state' && !isTest)
      .map(({ path }) => ({
        where: { file: path },
        title: 'The state of Terraform is tracked by git, with every secret of its resources in clear text.',
        fix: `Keep the state in S3 (\`backend "s3"\` with \`use_lockfile = true\`), and change the secrets in it. ${untrack(path, '*.tfstate*')}`,
      })),
};
