import type { Rule } from '../../rule.ts';
import { isCluster } from '../databases.ts';
import type { Expression } from '../hcl/syntax.ts';
import { linesFor, placeOf, settingOf } from '../resource.ts';
import { resourcesOf, type Terraform } from '../subject.ts';

export const literalPassword: Rule<Terraform> = {
  code: 'DG047',
  summary: 'The password of a database is written in the Terraform',
  level: 'error',
  why: 'Whoever may read the repository, now or at any time later, has the master password of the database. Removing the line does not help: git keeps it.',
  how: 'Every `password` of an `aws_db_instance` and `master_password` of an `aws_rds_cluster` that is a string in the file. Left alone: variables, generated passwords and secrets read from elsewhere. The value is never shown.',
  fix: 'Let RDS make and keep the password in Secrets Manager, and change the one that was written down:\n\n```hcl\nmanage_master_user_password = true\n```',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html',
  see: "git grep -n -E '^ *(master_)?password +=' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'in an instance and in a cluster',
        files: {
          'rds.tf':
            'resource "aws_db_instance" "main" {\n  password = "correct-horse"\n}\nresource "aws_rds_cluster" "main" {\n  master_password = "battery-staple"\n}\n',
        },
        at: ['rds.tf:2', 'rds.tf:5'],
      },
    ],
    passes: [
      {
        name: 'a variable, a generated one, and one that RDS keeps',
        files: {
          'rds.tf':
            'variable "db_password" {\n  sensitive = true\n}\nresource "aws_db_instance" "a" {\n  password = var.db_password\n}\nresource "aws_db_instance" "b" {\n  password = random_password.db.result\n}\nresource "aws_db_instance" "c" {\n  manage_master_user_password = true\n}\n',
        },
      },
    ],
  },
  find: (subject) =>
    resourcesOf(subject, 'aws_db_instance', 'aws_rds_cluster').flatMap((one) => {
      const name = isCluster(one) ? 'master_password' : 'password';
      const argument = one.block.arguments.get(name);
      const value = settingOf(one, name);
      // A variable's default is what DG064 is about.
      if (argument === undefined || typeof value !== 'string' || value === '' || !isWritten(argument.value))
        return [];
      return [
        {
          where: placeOf(one, name),
          title: `The ${name} of ${one.address} is written in the file.`,
          fix: `${linesFor(one, 'manage_master_user_password = true')}\nin the place of \`${name}\`, and change the password that was written down: git keeps it.`,
        },
      ];
    }),
};

function isWritten(value: Expression): boolean {
  return value.kind === 'literal' || (value.kind === 'template' && value.parts.every(isWritten));
}
