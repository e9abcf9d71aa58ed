import type { Rule } from '../../rule.ts';
import { isCluster, ownDatabases } from '../databases.ts';
import { flagOf, linesFor, maybeSet, placeOf } from '../resource.ts';
import { stageOf } from '../stage.ts';
import type { Terraform } from '../subject.ts';

export const multiAz: Rule<Terraform> = {
  code: 'DG045',
  summary: 'A production database stands in one availability zone',
  level: 'warning',
  why: 'A single instance is away as long as its zone is, and during many kinds of maintenance, and every task of the service with it. With `multi_az` a standby in another zone takes over within one or two minutes. It about doubles the price of the instance.',
  how: 'Every `aws_db_instance` whose `multi_az` is missing or false: a warning where names, tags or folders say that it is for production, a note where nothing says what it is for, nothing where it is for trying things out. Left alone: clusters, replicas, and a value that is not known from the files.',
  fix: 'Set it in the resource:\n\n```hcl\nmulti_az = true\n```',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html',
  see: "git grep -n -E 'multi_az|\"aws_db_instance\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'production by its folder',
        files: { 'envs/prod/rds.tf': 'resource "aws_db_instance" "main" {\n  engine = "postgres"\n}\n' },
        at: ['envs/prod/rds.tf:1'],
      },
      {
        name: 'a module that production calls, with `false` passed on',
        files: {
          'envs/prod/main.tf': 'module "db" {\n  source   = "../../modules/db"\n  multi_az = false\n}\n',
          'modules/db/main.tf':
            'variable "multi_az" {\n  type = bool\n}\nresource "aws_db_instance" "main" {\n  multi_az = var.multi_az\n}\n',
        },
        at: ['modules/db/main.tf:5'],
      },
      {
        name: 'a zone of its own choice is one zone all the same',
        files: {
          'prod/rds.tf':
            'resource "aws_db_instance" "main" {\n  availability_zone = "us-east-1a"\n  multi_az          = false\n}\n',
        },
        at: ['prod/rds.tf:3'],
      },
    ],
    passes: [
      {
        name: 'in two zones',
        files: { 'prod/rds.tf': 'resource "aws_db_instance" "main" {\n  multi_az = true\n}\n' },
      },
      {
        name: 'in two zones in production alone',
        files: {
          'rds.tf':
            'variable "environment" {\n  type = string\n}\nresource "aws_db_instance" "main" {\n  multi_az = var.environment == "prod"\n}\n',
        },
      },
      {
        name: 'a module that production calls with `true` and staging with `false`',
        files: {
          'envs/prod/main.tf': 'module "db" {\n  source   = "../../modules/db"\n  multi_az = true\n}\n',
          'envs/staging/main.tf': 'module "db" {\n  source   = "../../modules/db"\n  multi_az = false\n}\n',
          'modules/db/main.tf':
            'variable "multi_az" {\n  default = false\n}\nresource "aws_db_instance" "main" {\n  multi_az = var.multi_az\n}\n',
        },
      },
      {
        name: 'for trying things out',
        files: { 'rds.tf': 'resource "aws_db_instance" "main" {\n  identifier = "orders-dev"\n}\n' },
      },
    ],
  },
  find: (subject) =>
    ownDatabases(subject).flatMap((one) => {
      if (isCluster(one) || flagOf(one, 'multi_az', false) !== false) return [];
      const stage = stageOf(one, subject.facts);
      if (stage === 'other') return [];
      return [
        {
          where: placeOf(one, 'multi_az'),
          title: `${one.address} stands in one availability zone${stage === 'production' ? ', and is for production' : ''}.`,
          fix: `${linesFor(one, 'multi_az = true')}${maybeSet(one, 'availability_zone') ? '\nand remove `availability_zone`: RDS takes one of the two.' : ''}`,
          ...(stage === 'production' ? {} : { level: 'note' as const }),
        },
      ];
    }),
};
