import type { Rule } from '../../rule.ts';
import { isCluster, newDatabases } from '../databases.ts';
import { isMissing, linesFor, placeOf } from '../resource.ts';
import { stageOf } from '../stage.ts';
import type { Terraform } from '../subject.ts';

export const backupWindow: Rule<Terraform> = {
  code: 'DG042',
  summary: 'A database is backed up at a time that nobody chose',
  level: 'note',
  why: 'Without a window AWS takes one of 30 minutes at random out of a block of 8 hours that each region has. On a single-AZ instance the backup halts I/O for a moment at its start: better that this is when few people work, and not in the middle of a deploy.',
  how: 'Every `aws_db_instance` without `backup_window` and every `aws_rds_cluster` without `preferred_backup_window`, unless its names or tags say that it is not for production. Left alone: replicas and restored databases.',
  fix: 'Set it in the resource, in UTC, outside the maintenance window:\n\n```hcl\nbackup_window = "03:00-04:00"\n```\n\nIn an `aws_rds_cluster` it is `preferred_backup_window`.',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html',
  see: "git grep -n -E 'backup_window|\"aws_(db_instance|rds_cluster)\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'left away, in an instance and in a cluster',
        files: {
          'rds.tf':
            'resource "aws_db_instance" "main" {\n  backup_retention_period = 7\n}\nresource "aws_rds_cluster" "main" {\n  engine = "aurora-mysql"\n}\n',
        },
        at: ['rds.tf:1', 'rds.tf:4'],
      },
    ],
    passes: [
      {
        name: 'chosen',
        files: {
          'rds.tf':
            'resource "aws_db_instance" "main" {\n  backup_window = "03:00-04:00"\n}\nresource "aws_rds_cluster" "main" {\n  preferred_backup_window = "03:00-04:00"\n}\n',
        },
      },
      {
        name: 'not for production, as its tags say',
        files: {
          'rds.tf':
            'resource "aws_db_instance" "main" {\n  engine = "postgres"\n  tags = {\n    Environment = "staging"\n  }\n}\n',
        },
      },
    ],
  },
  find: (subject) =>
    newDatabases(subject).flatMap((one) => {
      const name = isCluster(one) ? 'preferred_backup_window' : 'backup_window';
      if (!isMissing(one, name) || stageOf(one, subject.facts) === 'other') return [];
      return [
        {
          where: placeOf(one, name),
          title: `${one.address} has no ${name}: AWS backs it up at a time of its own choice.`,
          fix: linesFor(one, `${name} = "03:00-04:00"`),
        },
      ];
    }),
};
