import type { Rule } from '../../rule.ts';
import { asBoolean } from '../evaluate.ts';
import { valueIn } from '../folder.ts';
import { linesFor } from '../resource.ts';
import { secretVariables } from '../secrets.ts';
import type { Terraform } from '../subject.ts';

export const sensitiveVariable: Rule<Terraform> = {
  code: 'DG063',
  summary: 'A variable with a secret is shown in plans',
  level: 'warning',
  why: 'Terraform writes the value of a variable into the plan that everybody sees in the log of CI, unless the variable is `sensitive`.',
  how: 'Every `variable` whose name (`db_password`, `jwt_secret`, `api_key`) or description says that it holds a secret, without `sensitive = true` or `ephemeral = true`. Left alone: names and ARNs of secrets, switches about them, numbers and booleans, and variables of modules that the repository itself calls, where it is the caller that has to hide them.',
  fix: 'Add it to the variable:\n\n```hcl\nsensitive = true\n```',
  source: 'https://developer.hashicorp.com/terraform/language/manage-sensitive-data',
  see: "git grep -n -A 4 -E '^variable .*(password|secret|token|key)' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'by its name, and by its description',
        files: {
          'variables.tf':
            'variable "db_password" {\n  type = string\n}\nvariable "rds_admin" {\n  description = "The password of the database"\n}\nvariable "jwtSecret" {\n  sensitive = false\n}\n',
        },
        at: ['variables.tf:1', 'variables.tf:4', 'variables.tf:7'],
      },
    ],
    passes: [
      {
        name: 'sensitive, or ephemeral',
        files: {
          'variables.tf':
            'variable "db_password" {\n  type      = string\n  sensitive = true\n}\nvariable "token" {\n  ephemeral = true\n}\n',
        },
      },
      {
        name: 'of a module that the repository calls: what a sensitive variable passes on stays hidden',
        files: {
          'main.tf':
            'variable "db_password" {\n  sensitive = true\n}\nmodule "db" {\n  source   = "./modules/db"\n  password = var.db_password\n}\n',
          'modules/db/main.tf': 'variable "password" {\n  type = string\n}\n',
        },
      },
      {
        name: 'about a secret, but none',
        files: {
          'variables.tf':
            'variable "db_password_secret_arn" {\n}\nvariable "secret_name" {\n}\nvariable "manage_master_user_password" {\n  type = bool\n}\nvariable "password_length" {\n  type = number\n}\nvariable "secrets" {\n  type = map(string)\n}\nvariable "db_password" {\n  default = "/prod/app/db-password"\n}\nvariable "ssh_public_key" {\n}\nvariable "key_name" {\n}\n',
        },
      },
      {
        name: 'names and ARNs for a task definition, the id of an access key, a key of KMS',
        files: {
          'variables.tf':
            'variable "container_secrets" {\n  type = list(map(string))\n}\nvariable "task_container_secrets" {\n  default = null\n}\nvariable "repository_credentials" {\n  default = null\n}\nvariable "repositoryCredentials" {\n  type = object({ credentialsParameter = string })\n}\nvariable "aws_access_key" {\n}\nvariable "s3_bucket_server_side_encryption_key" {\n}\nvariable "datadog_api_key" {\n  description = "ARN of the secret with the key"\n}\nvariable "launch_template_http_tokens" {\n  default = "optional"\n}\n',
        },
      },
    ],
  },
  find: ({ folders }) =>
    folders
      .filter(({ calls }) => calls.length === 0)
      .flatMap((folder) =>
        secretVariables(folder).flatMap(({ file, block }) => {
          const hidden = ['sensitive', 'ephemeral'].some((name) => {
            const argument = block.arguments.get(name);
            return argument !== undefined && asBoolean(valueIn(folder, argument.value)) !== false;
          });
          if (hidden || block.broken) return [];
          return [
            {
              where: { file, line: block.line },
              title: `The variable ${block.labels[0]} holds a secret and is not sensitive: plans show its value.`,
              fix: linesFor({ file, block }, 'sensitive = true'),
            },
          ];
        }),
      ),
};
