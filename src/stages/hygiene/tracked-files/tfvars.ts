import type { Hit, Rule } from '../rule.ts';
import type { SeenFile, TrackedFiles } from './subject.ts';
import { someOf, untrack } from './untrack.ts';

/** DG025: variables of Terraform that are tracked. */
export const trackedTfvars: Rule<TrackedFiles> = {
  code: 'DG025',
  summary: 'Terraform variables are tracked by git',
  level: 'note',
  worst: 'error',
  why: 'A `terraform.tfvars` is where passwords and tokens of an environment are written down first. Once committed they are in every clone and in the history for good, also after the file is deleted.',
  how: 'Looks at tracked `*.tfvars` and `*.tfvars.json`. One that gives a value to a variable such as `db_password` is an error, at the first such line; the others are one note together. Names that say example, template or sample, encrypted files (sops, ansible-vault) and files for tests are left alone.',
  fix: 'Take it out of git, keep it out, and change the secrets that were in it:\n\n```sh\ngit rm --cached terraform.tfvars\necho "*.tfvars" >> .gitignore\n```\n\nGive values by `TF_VAR_name` from a secret store. A file without secrets can stay: ignore this code for its path.',
  source:
    'https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files',
  see: "git ls-files '*.tfvars' '*.tfvars.json'",
  examples: {
    fails: [
      {
        name: 'a password',
        files: {
          'infra/terraform.tfvars': 'region      = "eu-west-1"\ndb_password = "k2$Vq9!mZr7p"\n',
          'infra/main.tf': '',
        },
        at: ['infra/terraform.tfvars:2'],
      },
      {
        name: 'no secret in it yet',
        files: { 'terraform.tfvars': 'region = "eu-west-1"\n' },
        at: ['terraform.tfvars'],
      },
      {
        name: 'one for each environment',
        files: { 'env/dev.tfvars': 'size = 1\n', 'env/prod.tfvars': 'size = 2\n' },
        at: ['env/dev.tfvars'],
      },
      {
        name: 'as JSON',
        files: { 'prod.tfvars.json': '{\n  "api_token": "k2Vq9mZr7pT4"\n}\n' },
        at: ['prod.tfvars.json:2'],
      },
    ],
    passes: [
      {
        name: 'a pattern to copy, a file for tests, encrypted values',
        files: {
          'terraform.tfvars.example': 'db_password = "k2$Vq9!mZr7p"\n',
          'example.tfvars': 'db_password = "k2$Vq9!mZr7p"\n',
          'tests/fixtures/terraform.tfvars': 'db_password = "k2$Vq9!mZr7p"\n',
          'prod.enc.tfvars': 'db_password = "ENC[AES256_GCM,data:Y2lwaGVy]"\n',
        },
      },
    ],
  },
  find: ({ seen }) => {
    const files = seen.filter(({ kind, isTest }) => kind === 'variables' && !isTest);
    const others = files.filter(({ assignments }) => assignments.length === 0);
    return [...files.flatMap(secretHits), ...withoutSecrets(others)];
  },
};

function secretHits({ path, assignments }: SeenFile): readonly Hit[] {
  const [first] = assignments;
  if (first === undefined) return [];
  return [
    {
      where: { file: path, line: first.line },
      level: 'error',
      title: `These Terraform variables are tracked by git, and hold what looks like a secret: ${someOf(assignments.map(({ name }) => name))}.`,
      fix: `Change the secret, because the history keeps it, and give it by \`TF_VAR_${first.name}\` from a secret store. ${untrack(path, '*.tfvars')}`,
    },
  ];
}

/** All of them in one note: a repository may have one for each environment, and mean it. */
function withoutSecrets(files: readonly SeenFile[]): readonly Hit[] {
  const [first] = files;
  if (first === undefined) return [];
  const names = someOf(files.map(({ path }) => path));
  return [
    {
      where: { file: first.path },
      title: `Terraform variables are tracked by git (${names}): a secret that is written into them is in the history for good.`,
      fix:
        files.length === 1
          ? untrack(first.path, '*.tfvars')
          : 'Keep secrets out of them: give those by `TF_VAR_name` from a secret store. Where that is so, ignore this code by `hygiene-ignore`.',
    },
  ];
}
