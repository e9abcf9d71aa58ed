import type { Rule } from '../../rule.ts';
import { isCluster, newDatabases } from '../databases.ts';
import { linesFor, numberOf, placeOf } from '../resource.ts';
import { stageOf } from '../stage.ts';
import type { Terraform } from '../subject.ts';

export const backupsKept: Rule<Terraform> = {
  code: 'DG041',
  summary: 'A database has no automatic backups',
  level: 'warning',
  why: 'An `aws_db_instance` made by Terraform keeps backups for `backup_retention_period` days, and that is 0 where it is not set: no backups, and no way back to the minute before a bad migration.',
  how: 'Every `aws_db_instance` whose `backup_retention_period` is missing or 0; a note where its names or tags say that it is not for production. Left alone: `aws_rds_cluster`, which keeps at least one day by itself; replicas and restored databases; the defaults of a module whose callers are elsewhere; and a value that is not known from the files.',
  fix: 'Set it in the resource, to between 1 and 35 days:\n\n```hcl\nbackup_retention_period = 7\n```\n\nGoing from 0 to another number restarts the instance once.',
  source: 'https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/db_instance',
  see: "git grep -n -E 'backup_retention_period|\"aws_db_instance\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'left away',
        files: { 'rds.tf': 'resource "aws_db_instance" "main" {\n  engine = "postgres"\n}\n' },
        at: ['rds.tf:1'],
      },
      {
        name: 'switched off in terraform.tfvars',
        files: {
          'rds.tf':
            'resource "aws_db_instance" "main" {\n  backup_retention_period = var.backup_days\n}\nvariable "backup_days" {\n  default = 7\n}\n',
          'terraform.tfvars': 'backup_days = 0\n',
        },
        at: ['rds.tf:2'],
      },
    ],
    passes: [
      {
        name: 'a week',
        files: { 'rds.tf': 'resource "aws_db_instance" "main" {\n  backup_retention_period = 7\n}\n' },
      },
      {
        name: 'a cluster keeps a day by itself',
        files: { 'rds.tf': 'resource "aws_rds_cluster" "main" {\n  engine = "aurora-mysql"\n}\n' },
      },
      {
        name: 'a replica',
        files: { 'rds.tf': 'resource "aws_db_instance" "replica" {\n  replicate_source_db = "main"\n}\n' },
      },
      {
        name: 'a module for others, whose default its callers may change',
        files: {
          'main.tf':
            'variable "identifier" {\n  type = string\n}\nvariable "backup_days" {\n  default = 0\n}\nresource "aws_db_instance" "main" {\n  identifier              = var.identifier\n  backup_retention_period = var.backup_days\n}\n',
        },
      },
      {
        name: 'given by a file that may be passed with -var-file',
        files: {
          'rds.tf':
            'resource "aws_db_instance" "main" {\n  backup_retention_period = var.backup_days\n}\nvariable "backup_days" {\n  default = 0\n}\n',
          'prod.tfvars': 'backup_days = 30\n',
        },
      },
    ],
  },
  find: (subject) =>
    newDatabases(subject).flatMap((one) => {
      if (isCluster(one) || numberOf(one, 'backup_retention_period', 0) !== 0) return [];
      return [
        {
          where: placeOf(one, 'backup_retention_period'),
          title: `${one.address} keeps no backups: its backup_retention_period is 0${one.block.arguments.has('backup_retention_period') ? '' : ', as it is not set'}.`,
          fix: linesFor(one, 'backup_retention_period = 7'),
          ...(stageOf(one, subject.facts) === 'other' ? { level: 'note' as const } : {}),
        },
      ];
    }),
};
