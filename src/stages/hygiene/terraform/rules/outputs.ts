import type { Hit, Rule } from '../../rule.ts';
import type { Folder } from '../folder.ts';
import { referencesIn } from '../hcl/syntax.ts';
import { placeOf, type Resource, resourcesIn } from '../resource.ts';
import type { Terraform } from '../subject.ts';

/** What a workflow asks for by name: the resource, the output, and the attribute that holds the name. */
const ASKED = [
  { type: 'aws_ecs_cluster', output: 'ecs_cluster_name', attribute: 'name', input: 'cluster' },
  { type: 'aws_ecs_service', output: 'ecs_service_name', attribute: 'name', input: 'service' },
  {
    type: 'aws_ecr_repository',
    output: 'ecr_repository_url',
    attribute: 'repository_url',
    input: 'ecr-repository',
  },
] as const;

export const outputs: Rule<Terraform> = {
  code: 'DG062',
  summary: 'What a workflow has to know is no output',
  level: 'note',
  why: 'The cluster, the service and the repository are inputs of the deploy. Where Terraform gives them as outputs, a person or a script can ask it for them, instead of copying names that change.',
  how: 'Every folder that makes an `aws_ecs_cluster`, an `aws_ecs_service` or an `aws_ecr_repository`, and has no `output` that refers to one of that type. Told once for each type.',
  fix: 'Add outputs such as:\n\n```hcl\noutput "ecs_cluster_name" {\n  value = aws_ecs_cluster.main.name\n}\noutput "ecs_service_name" {\n  value = aws_ecs_service.app.name\n}\noutput "ecr_repository_url" {\n  value = aws_ecr_repository.app.repository_url\n}\n```',
  source: 'https://developer.hashicorp.com/terraform/language/values/outputs',
  see: "git grep -n -A 3 -E '^output ' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'none of the three',
        files: {
          'ecs.tf':
            'resource "aws_ecs_cluster" "main" {\n}\nresource "aws_ecs_service" "app" {\n}\nresource "aws_ecr_repository" "app" {\n}\n',
          'outputs.tf': 'output "vpc" {\n  value = aws_vpc.main.id\n}\n',
        },
        at: ['ecs.tf:1', 'ecs.tf:3', 'ecs.tf:5'],
      },
    ],
    passes: [
      {
        name: 'all three, under any name and with any attribute',
        files: {
          'ecs.tf':
            'resource "aws_ecs_cluster" "main" {\n}\nresource "aws_ecs_service" "app" {\n}\nresource "aws_ecr_repository" "app" {\n  for_each = toset(["a"])\n}\n',
          'outputs.tf':
            'output "names" {\n  value = {\n    cluster = aws_ecs_cluster.main.arn\n    service = aws_ecs_service.app.name\n  }\n}\noutput "urls" {\n  value = [for r in aws_ecr_repository.app : r.repository_url]\n}\n',
        },
      },
      {
        name: 'a folder that makes none of them',
        files: { 'rds.tf': 'resource "aws_db_instance" "main" {\n}\n' },
      },
    ],
  },
  find: ({ folders }) => folders.filter(({ broken }) => !broken).flatMap(findIn),
};

function findIn(folder: Folder): readonly Hit[] {
  const given = folder.blocks
    .filter(({ block }) => block.type === 'output')
    .flatMap(({ block }) => block.arguments.get('value')?.value ?? [])
    .flatMap(referencesIn)
    .map(([root]) => root);
  return ASKED.flatMap(({ type, output, attribute, input }) => {
    const [first] = resourcesIn(folder, type);
    if (first === undefined || given.includes(type) || isPassedOn(folder, type)) return [];
    return [
      {
        where: placeOf(first),
        title: `${first.address} is no output, so the workflow's ${input} has to be copied by hand.`,
        fix: [
          `In ${folder.path === '.' ? '' : `${folder.path}/`}outputs.tf:`,
          `    output "${output}" {`,
          `      value = ${expressionFor(first, attribute)}`,
          '    }',
        ].join('\n'),
      },
    ];
  });
}

/** A local that refers to it may be what an output gives. */
function isPassedOn(folder: Folder, type: string): boolean {
  const locals = folder.blocks
    .filter(({ block }) => block.type === 'locals')
    .flatMap(({ block }) => [...block.arguments.values()])
    .filter(({ value }) => referencesIn(value).some(([root]) => root === type))
    .map(({ name }) => name);
  return folder.blocks.some(
    ({ block }) =>
      block.type === 'output' &&
      referencesIn(block.arguments.get('value')?.value ?? { kind: 'list', items: [] }).some(
        ([root, name]) => root === 'local' && locals.includes(name ?? ''),
      ),
  );
}

function expressionFor({ address, repeated }: Resource, attribute: string): string {
  if (repeated === 'one') return `${address}.${attribute}`;
  if (repeated === 'count') return `${address}[*].${attribute}`;
  return `{ for key, one in ${address} : key => one.${attribute} }`;
}
