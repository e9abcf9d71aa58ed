import { distance } from 'fastest-levenshtein';
import type { Rule } from '../../rule.ts';
import { argumentsOf, KNOWN_TYPES, ownNameOf } from '../provider-arguments.ts';
import { placeOf } from '../resource.ts';
import { resourcesOf, type Terraform } from '../subject.ts';

export const unknownArgument: Rule<Terraform> = {
  code: 'DG046',
  summary: 'A resource has an argument that its type does not take',
  level: 'error',
  why: 'Terraform refuses the whole folder with `Unsupported argument`. Where nobody plans it in CI, that is first seen when the change is urgent.',
  how: "The arguments of `aws_db_instance`, `aws_rds_cluster`, `aws_ecs_service`, `aws_ecr_repository` and `aws_lb_target_group`, compared with those of hashicorp/aws 6.25.0. Told is only what belongs to a sibling (`preferred_maintenance_window` is a cluster's) or is one or two letters away from a real one. Any other unknown name is left alone: a newer provider may have it.",
  fix: 'Write it with the name that this type of resource has, which the message gives. `terraform validate` shows it too.',
  source: 'https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/db_instance',
  see: "git grep -n -E 'preferred_(maintenance|backup)_window' -- '*.tf'",
  examples: {
    fails: [
      {
        name: "a cluster's argument in an instance, and the other way round",
        files: {
          'rds.tf':
            'resource "aws_db_instance" "main" {\n  preferred_maintenance_window = "sun:05:00-sun:06:00"\n}\nresource "aws_rds_cluster" "main" {\n  backup_window = "03:00-04:00"\n}\n',
        },
        at: ['rds.tf:2', 'rds.tf:5'],
      },
      {
        name: 'a slip of the pen',
        files: { 'ecs.tf': 'resource "aws_ecs_service" "app" {\n  desired_counts = 2\n}\n' },
        at: ['ecs.tf:2'],
      },
    ],
    passes: [
      {
        name: 'its own arguments, meta-arguments among them',
        files: {
          'rds.tf':
            'resource "aws_db_instance" "main" {\n  count              = 2\n  maintenance_window = "sun:05:00-sun:06:00"\n  depends_on         = [aws_db_subnet_group.main]\n}\n',
        },
      },
      {
        name: 'one that a newer provider may have, and one of an older provider',
        files: {
          'rds.tf':
            'resource "aws_db_instance" "main" {\n  quantum_storage_mode = "on"\n  name                 = "app"\n}\n',
        },
      },
      {
        name: "another resource's",
        files: {
          'rds.tf':
            'resource "aws_rds_cluster_instance" "main" {\n  preferred_maintenance_window = "sun:05:00-sun:06:00"\n}\n',
        },
      },
    ],
  },
  find: (subject) =>
    resourcesOf(subject, ...KNOWN_TYPES).flatMap((one) => {
      const known = argumentsOf(one.type);
      return [...one.block.arguments.keys()].flatMap((name) => {
        if (known.includes(name)) return [];
        const meant = ownNameOf(one.type, name) ?? nearest(name, known);
        if (meant === undefined) return [];
        return [
          {
            where: placeOf(one, name),
            title: `${one.type} has no argument ${name}: in this resource it is ${meant}.`,
            fix: `In ${one.file}, in \`resource "${one.type}" "${one.name}"\`, rename \`${name}\` to \`${meant}\`.`,
          },
        ];
      });
    }),
};

/** The name that is one or two letters away, of a name long enough that this is no accident. */
function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length < 6 || name.length > 60) return undefined;
  const most = name.length < 10 ? 1 : 2;
  return known.find((one) => distance(name, one) <= most);
}
