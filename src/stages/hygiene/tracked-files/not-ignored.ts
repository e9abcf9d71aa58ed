import type { Rule } from '../rule.ts';
import type { TrackedFiles } from './subject.ts';

const VARIABLE = 'variable "db_password" {\n  sensitive = true\n}\n';
const LINES = ['*.tfvars', '!*.example.tfvars', '*.tfstate', '*.tfstate.*', '.terraform/'];

/** DG032: a `git add .` away from committing Terraform's secrets. */
export const notIgnored: Rule<TrackedFiles> = {
  code: 'DG032',
  summary: '`.gitignore` does not keep out the variables and the state of Terraform',
  level: 'note',
  why: 'Terraform writes its state beside the code unless a backend is set, and `terraform.tfvars` is where a password is put first. Without a line in `.gitignore`, the next `git add .` commits them.',
  how: 'Where `*.tf` files are tracked that declare a variable for a password, a secret, a token or a key, or a sensitive one, looks for patterns about `tfvars` and `tfstate` in the `.gitignore` of their folder and of those above it. The state is asked for only where no folder names a backend. Where such files are tracked already, other rules say so.',
  fix: `In \`.gitignore\`:\n\n\`\`\`text\n${LINES.join('\n')}\n\`\`\``,
  source: 'https://developer.hashicorp.com/terraform/language/style#gitignore',
  see: 'git check-ignore -v terraform.tfvars terraform.tfstate',
  examples: {
    fails: [
      { name: 'no .gitignore', files: { 'infra/main.tf': VARIABLE }, at: ['infra/main.tf'] },
      {
        name: 'the state alone is kept out',
        files: { '.gitignore': '*.tfstate*\nnode_modules\n', 'infra/main.tf': VARIABLE, 'infra/db.tf': '' },
        at: ['.gitignore'],
      },
    ],
    passes: [
      {
        name: 'both are kept out',
        files: { '.gitignore': '*.tfvars\n*.tfstate*\n', 'infra/main.tf': VARIABLE },
      },
      {
        name: 'by the folder',
        files: {
          'infra/.gitignore': '/terraform.tfvars\nterraform.tfstate\n',
          'infra/net/main.tf': VARIABLE,
        },
      },
      {
        name: 'everything but the code is kept out',
        files: { 'infra/.gitignore': '*\n!*.tf\n', 'infra/main.tf': VARIABLE },
      },
      {
        name: 'the state is kept elsewhere',
        files: {
          '.gitignore': '*.tfvars\n',
          'infra/main.tf': `${VARIABLE}terraform {\n  backend "s3" {\n  }\n}\n`,
        },
      },
      { name: 'no Terraform', files: { 'main.py': '' } },
      { name: 'a module without secrets', files: { 'main.tf': 'variable "name" {}\n' } },
    ],
  },
  find: ({ terraformFolders, ignored, firstTerraform, seen, hasSecretVariables, hasBackend }) => {
    const tracked = (kind: string) => seen.some((file) => file.kind === kind && !file.isTest);
    const lacking = (['tfvars', 'tfstate'] as const).filter(
      (word) =>
        !(word === 'tfstate' && hasBackend) &&
        !tracked(word === 'tfvars' ? 'variables' : 'state') &&
        terraformFolders.some((folder) => !keepsOut(word, folder, ignored)),
    );
    if (lacking.length === 0 || firstTerraform === undefined || !hasSecretVariables) return [];
    const names = lacking.map((word) => `\`*.${word}\``).join(' and ');
    return [
      {
        where: { file: ignored.has('.') ? '.gitignore' : firstTerraform },
        title: `\`.gitignore\` does not keep ${names} out: the next \`git add .\` may commit secrets.`,
        fix: `In \`.gitignore\`:\n\`\`\`text\n${LINES.filter((line) => lacking.some((word) => line.includes(word))).join('\n')}\n\`\`\``,
      },
    ];
  },
};

function keepsOut(word: string, folder: string, ignored: TrackedFiles['ignored']): boolean {
  const parts = folder === '.' ? [] : folder.split('/');
  const folders = ['.', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
  return folders.some((each) =>
    (ignored.get(each) ?? []).some((line) => line.includes(word) || line === '*' || line === '/*'),
  );
}
