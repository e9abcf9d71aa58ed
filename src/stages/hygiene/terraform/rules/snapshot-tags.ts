import type { Rule } from '../../rule.ts';
import { ownDatabases } from '../databases.ts';
import { flagOf, linesFor, placeOf } from '../resource.ts';
import { stageOf } from '../stage.ts';
import type { Terraform } from '../subject.ts';

export const snapshotTags: Rule<Terraform> = {
  code: 'DG043',
  summary: 'Snapshots of a database do not carry its tags',
  level: 'note',
  why: "Snapshots outlive their database. Without its tags nobody can tell whose they are, no report shows what they cost, and policies that go by tags don't reach them.",
  how: 'Every `aws_db_instance` and `aws_rds_cluster` whose `copy_tags_to_snapshot` is missing or false, unless its names or tags say that it is not for production. Left alone: replicas, and a value that is not known from the files.',
  fix: 'Set it in the resource; nothing is replaced or restarted:\n\n```hcl\ncopy_tags_to_snapshot = true\n```',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html',
  see: "git grep -n -E 'copy_tags_to_snapshot|\"aws_(db_instance|rds_cluster)\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'left away, and switched off',
        files: {
          'rds.tf':
            'resource "aws_db_instance" "main" {\n  engine = "postgres"\n}\nresource "aws_rds_cluster" "main" {\n  copy_tags_to_snapshot = false\n}\n',
        },
        at: ['rds.tf:1', 'rds.tf:5'],
      },
      {
        name: 'restored, which does not bring the setting along',
        files: {
          'rds.tf':
            'variable "recovery" {\n  type = bool\n}\nresource "aws_rds_cluster" "main" {\n  snapshot_identifier = var.recovery ? "rds:main-2026-01-13" : null\n}\n',
        },
        at: ['rds.tf:4'],
      },
    ],
    passes: [
      {
        name: 'copied',
        files: { 'rds.tf': 'resource "aws_db_instance" "main" {\n  copy_tags_to_snapshot = true\n}\n' },
      },
      {
        name: 'not for production, as its folder says',
        files: { 'environments/dev/rds.tf': 'resource "aws_db_instance" "main" {\n  engine = "mysql"\n}\n' },
      },
    ],
  },
  find: (subject) =>
    ownDatabases(subject).flatMap((one) => {
      if (flagOf(one, 'copy_tags_to_snapshot', false) !== false) return [];
      if (stageOf(one, subject.facts) === 'other') return [];
      return [
        {
          where: placeOf(one, 'copy_tags_to_snapshot'),
          title: `Snapshots of ${one.address} do not carry its tags.`,
          fix: linesFor(one, 'copy_tags_to_snapshot = true'),
        },
      ];
    }),
};
