import type { Hit, Rule } from '../../rule.ts';
import { ownDatabases } from '../databases.ts';
import { flagOf, isMissing, linesFor, placeOf, type Resource } from '../resource.ts';
import { type Stage, stageOf } from '../stage.ts';
import type { Terraform } from '../subject.ts';

export const finalSnapshot: Rule<Terraform> = {
  code: 'DG044',
  summary: 'A database can be destroyed without a last snapshot',
  level: 'warning',
  why: 'With `skip_final_snapshot = true` a `terraform destroy`, or a change that replaces the database, removes the data for good, and by default the automatic backups too. Without it and without `final_snapshot_identifier`, destroying fails halfway.',
  how: 'Every `aws_db_instance` and `aws_rds_cluster` with `skip_final_snapshot = true`: a warning where names, tags or folders say that it is for production, a note where nothing says what it is for, nothing where it is for trying things out. And a note where a last snapshot is to be taken, but has no name. Left alone: replicas, and a value that is not known from the files.',
  fix: 'Set both in the resource:\n\n```hcl\nskip_final_snapshot       = false\nfinal_snapshot_identifier = "main-final"\n```',
  source: 'https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/db_instance',
  see: "git grep -n -E 'skip_final_snapshot|final_snapshot_identifier' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'skipped in production, as the default of `environment` says',
        files: {
          'rds.tf': 'resource "aws_db_instance" "main" {\n  skip_final_snapshot = true\n}\n',
          'variables.tf': 'variable "environment" {\n  default = "production"\n}\n',
        },
        at: ['rds.tf:2'],
      },
      {
        name: 'to be taken, without a name',
        files: { 'rds.tf': 'resource "aws_rds_cluster" "main" {\n  engine = "aurora-mysql"\n}\n' },
        at: ['rds.tf:1'],
      },
    ],
    passes: [
      {
        name: 'taken, with a name',
        files: {
          'rds.tf':
            'resource "aws_db_instance" "main" {\n  skip_final_snapshot       = false\n  final_snapshot_identifier = "main-final"\n}\n',
        },
      },
      {
        name: 'skipped where the environment is not production',
        files: {
          'rds.tf':
            'variable "environment" {\n  default = "production"\n}\nresource "aws_db_instance" "main" {\n  skip_final_snapshot       = var.environment != "production"\n  final_snapshot_identifier = "main-final"\n}\n',
        },
      },
      {
        name: 'for trying things out',
        files: {
          'staging/rds.tf': 'resource "aws_db_instance" "main" {\n  skip_final_snapshot = true\n}\n',
        },
      },
    ],
  },
  find: (subject) =>
    ownDatabases(subject).flatMap((one) => {
      const stage = stageOf(one, subject.facts);
      return stage === 'other' ? [] : findIn(one, stage);
    }),
};

function findIn(one: Resource, stage: Stage): readonly Hit[] {
  const skipped = flagOf(one, 'skip_final_snapshot', false);
  const named = !isMissing(one, 'final_snapshot_identifier');
  if (skipped === undefined || (!skipped && named)) return [];
  const lines = [
    'skip_final_snapshot       = false',
    ...(named ? [] : [`final_snapshot_identifier = "${one.name.replaceAll('_', '-')}-final"`]),
  ];
  if (skipped) {
    return [
      {
        where: placeOf(one, 'skip_final_snapshot'),
        title: `${one.address} is destroyed without a last snapshot.`,
        fix: linesFor(one, ...lines),
        ...(stage === 'production' ? {} : { level: 'note' }),
      },
    ];
  }
  return [
    {
      where: placeOf(one, 'skip_final_snapshot'),
      title: `${one.address} is to leave a last snapshot but has no final_snapshot_identifier: destroying it fails.`,
      fix: linesFor(one, ...lines),
      level: 'note',
    },
  ];
}
