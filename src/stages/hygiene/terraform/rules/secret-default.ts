import type { Hit, Rule } from '../../rule.ts';
import type { Folder } from '../folder.ts';
import { defaultOf, isPlaceholder, isWrittenDown, secretVariables } from '../secrets.ts';
import type { Terraform } from '../subject.ts';

export const secretDefault: Rule<Terraform> = {
  code: 'DG064',
  summary: 'A secret is written down as the default of a variable',
  level: 'error',
  why: 'The default is used wherever nobody passes another value, so that the secret of production may well be the one in the repository, for all who can read it, now and at any time later.',
  how: "Every `variable` whose name or description says that it holds a secret, with a default that is a text and not the place of one (an ARN, a path); a warning where it is a placeholder such as `changeme`. The value is never shown. Values in tracked `.tfvars` files are another rule's.",
  fix: 'Remove the `default`, change the secret, and pass it from a secret of the environment: `TF_VAR_db_password: ${{ secrets.DB_PASSWORD }}`.',
  source: 'https://developer.hashicorp.com/terraform/language/manage-sensitive-data',
  see: "git grep -n -A 5 -E '^variable .*(password|secret|token|key)' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'a password, and one in a map',
        files: {
          'variables.tf':
            'variable "db_password" {\n  sensitive = true\n  default   = "correct-horse"\n}\nvariable "passwords" {\n  default = {\n    app = "battery-staple"\n  }\n}\n',
        },
        at: ['variables.tf:3', 'variables.tf:6'],
      },
      {
        name: 'a placeholder',
        files: { 'variables.tf': 'variable "jwt_secret" {\n  default = "changeme"\n}\n' },
        at: ['variables.tf:2'],
      },
    ],
    passes: [
      {
        name: 'none, an empty one, and the place of one',
        files: {
          'variables.tf':
            'variable "db_password" {\n}\nvariable "jwt_secret" {\n  default = ""\n}\nvariable "api_key" {\n  default = null\n}\nvariable "auth_token" {\n  default = "arn:aws:secretsmanager:us-east-1:123456789012:secret:token"\n}\nvariable "private_key" {\n  default = "~/.ssh/id_ed25519"\n}\nvariable "passwords" {\n  default = {}\n}\n',
        },
      },
      {
        name: 'a mode, as the metadata service of EC2 has it',
        files: {
          'variables.tf': 'variable "launch_template_http_tokens" {\n  default = "optional"\n}\n',
        },
      },
    ],
  },
  find: ({ folders }) => folders.flatMap(findIn),
};

function findIn(folder: Folder): readonly Hit[] {
  return secretVariables(folder).flatMap(({ file, block }) => {
    const argument = block.arguments.get('default');
    const value = defaultOf(folder, block);
    if (argument === undefined || !isWrittenDown(value)) return [];
    const name = block.labels[0] ?? '';
    return [
      {
        where: { file, line: argument.line },
        title: isPlaceholder(value)
          ? `The variable ${name} has a placeholder for its secret: an apply without a value goes on with it.`
          : `The secret of the variable ${name} is written in the file, as its default.`,
        fix: `Remove the \`default\` in ${file}, ${isPlaceholder(value) ? '' : 'change the secret, '}and pass it from the workflow:\n    env:\n      TF_VAR_${name}: \${{ secrets.${name.toUpperCase().replaceAll('-', '_')} }}`,
        ...(isPlaceholder(value) ? { level: 'warning' } : {}),
      },
    ];
  });
}
