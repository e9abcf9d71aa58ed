import type { Rule } from '../../rule.ts';
import { newDatabases } from '../databases.ts';
import { flagOf, linesFor, placeOf, textOf } from '../resource.ts';
import type { Terraform } from '../subject.ts';

export const storageEncrypted: Rule<Terraform> = {
  code: 'DG040',
  summary: 'A database keeps its data unencrypted',
  level: 'warning',
  why: 'Without `storage_encrypted` the disk, the backups, the snapshots and the replicas of an RDS database are plain. Encryption costs nothing and needs no change of the application, but it can only be chosen when the database is made: the later, the more work.',
  how: 'Every `aws_db_instance` and `aws_rds_cluster` whose `storage_encrypted` is missing or false. Left alone: replicas and restored databases, which take it from their source; `engine_mode = "serverless"`, which is always encrypted; and a value that is not known from the files.',
  fix: 'Set it in the resource:\n\n```hcl\nstorage_encrypted = true\n```\n\nOn a database that exists, Terraform would replace it, with the loss of its data: copy a snapshot of it with encryption first, and restore that.',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html',
  see: "git grep -n -E 'storage_encrypted|\"aws_(db_instance|rds_cluster)\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'an instance that leaves it away',
        files: { 'infra/rds.tf': 'resource "aws_db_instance" "main" {\n  engine = "postgres"\n}\n' },
        at: ['infra/rds.tf:1'],
      },
      {
        name: 'a cluster whose variable is false by default',
        files: {
          'rds.tf':
            'resource "aws_rds_cluster" "main" {\n  engine            = "aurora-postgresql"\n  storage_encrypted = var.encrypted\n}\n',
          'variables.tf': 'variable "encrypted" {\n  type    = bool\n  default = false\n}\n',
        },
        at: ['rds.tf:3'],
      },
      {
        name: 'in Terraform as JSON',
        files: {
          'main.tf.json':
            '{\n  "resource": {\n    "aws_db_instance": {\n      "main": { "engine": "postgres" }\n    }\n  }\n}\n',
        },
        at: ['main.tf.json:4'],
      },
    ],
    passes: [
      {
        name: 'encrypted',
        files: { 'rds.tf': 'resource "aws_db_instance" "main" {\n  storage_encrypted = true\n}\n' },
      },
      {
        name: 'encrypted by a local, decided by the environment',
        files: {
          'rds.tf':
            'variable "environment" {\n  default = "prod"\n}\nlocals {\n  encrypt = { prod = true, dev = false }\n}\nresource "aws_db_instance" "main" {\n  storage_encrypted = local.encrypt[var.environment]\n}\n',
        },
      },
      {
        name: 'not known: the module is told by its caller',
        files: {
          'modules/db/main.tf':
            'variable "encrypted" {\n  type = bool\n}\nresource "aws_db_instance" "main" {\n  storage_encrypted = var.encrypted\n}\n',
        },
      },
      {
        name: 'a replica, and a restored snapshot',
        files: {
          'rds.tf':
            'resource "aws_db_instance" "replica" {\n  replicate_source_db = aws_db_instance.main.identifier\n}\nresource "aws_db_instance" "restored" {\n  snapshot_identifier = "rds:main-2026-01-13"\n}\n',
        },
      },
      {
        name: 'never made',
        files: { 'rds.tf': 'resource "aws_db_instance" "main" {\n  count = 0\n}\n' },
      },
    ],
  },
  find: (subject) =>
    newDatabases(subject).flatMap((one) => {
      const always = textOf(one, 'engine_mode', 'provisioned') !== 'provisioned';
      if (always || flagOf(one, 'storage_encrypted', false) !== false) return [];
      return [
        {
          where: placeOf(one, 'storage_encrypted'),
          title: `${one.address} keeps its data, backups and snapshots unencrypted.`,
          fix: `${linesFor(one, 'storage_encrypted = true')}\nWhere the database exists already, Terraform would replace it and lose its data: restore it from an encrypted copy of a snapshot instead.`,
        },
      ];
    }),
};
