import type { Hit, Rule } from '../../rule.ts';
import { asText } from '../evaluate.ts';
import { referencesIn } from '../hcl/syntax.ts';
import {
  ignoredChanges,
  linesFor,
  nestedIn,
  numberOf,
  placeOf,
  type Resource,
  resourcesIn,
  settingOf,
} from '../resource.ts';
import { rollingServices } from '../services.ts';
import { stageOf } from '../stage.ts';
import type { Terraform } from '../subject.ts';

export const desiredCount: Rule<Terraform> = {
  code: 'DG052',
  summary: 'An ECS service has fewer than two tasks',
  level: 'warning',
  why: 'A single task is away whenever it crashes, or its zone or host is. Two in different zones keep the service up, and double what its tasks cost. A `desired_count` that is not set is 0: Terraform makes a service that runs nothing.',
  how: 'Every `aws_ecs_service` whose `desired_count` is missing, 0 or 1: a warning where names, tags or folders say that it is for production and a load balancer sends it requests, otherwise a note; nothing where it is for trying things out. Left alone: daemons, the controllers `CODE_DEPLOY` and `EXTERNAL`, services that an `aws_appautoscaling_target` of the folder may scale to two at least, `ignore_changes` of `desired_count`, and a value that is not known from the files.',
  fix: 'Set it in the resource:\n\n```hcl\ndesired_count = 2\n```',
  source: 'https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/ecs_service',
  see: "git grep -n -E 'desired_count|min_capacity|\"aws_ecs_service\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'one task behind a load balancer, in production',
        files: {
          'prod/ecs.tf':
            'resource "aws_ecs_service" "app" {\n  desired_count = 1\n  load_balancer {\n    container_name = "app"\n    container_port = 8000\n  }\n}\n',
        },
        at: ['prod/ecs.tf:2'],
      },
      {
        name: 'not set, which is 0',
        files: { 'ecs.tf': 'resource "aws_ecs_service" "app" {\n  name = "app"\n}\n' },
        at: ['ecs.tf:1'],
      },
    ],
    passes: [
      {
        name: 'two',
        files: { 'ecs.tf': 'resource "aws_ecs_service" "app" {\n  desired_count = 2\n}\n' },
      },
      {
        name: 'scaled by others',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "app" {\n  desired_count = 1\n  lifecycle {\n    ignore_changes = [desired_count]\n  }\n}\nresource "aws_ecs_service" "api" {\n  name          = "api"\n  desired_count = 1\n}\nresource "aws_appautoscaling_target" "api" {\n  min_capacity = 2\n  max_capacity = 6\n  resource_id  = "service/main/${aws_ecs_service.api.name}"\n}\n',
        },
      },
      {
        name: 'for trying things out',
        files: { 'dev/ecs.tf': 'resource "aws_ecs_service" "app" {\n  desired_count = 1\n}\n' },
      },
    ],
  },
  find: (subject) => rollingServices(subject).flatMap((one) => findIn(subject, one)),
};

function findIn(subject: Terraform, service: Resource): readonly Hit[] {
  const count = numberOf(service, 'desired_count', 0);
  if (count === undefined || count >= 2) return [];
  const ignored = ignoredChanges(service);
  if (ignored.includes('desired_count') || ignored.includes('all') || isScaled(service)) return [];
  const stage = stageOf(service, subject.facts);
  if (stage === 'other') return [];
  const asked = nestedIn(service, 'load_balancer')?.length !== 0;
  const set = service.block.arguments.has('desired_count');
  return [
    {
      where: placeOf(service, 'desired_count'),
      title: set
        ? `${service.address} has a desired_count of ${count}: when its task is away, so is the service.`
        : `${service.address} has no desired_count, which is 0: Terraform makes a service that runs nothing.`,
      fix: linesFor(service, 'desired_count = 2'),
      ...(stage === 'production' && asked ? {} : { level: 'note' }),
    },
  ];
}

/** Whether a scaling target of the folder keeps two tasks of it, or may: one whose service can't be told may be its. */
function isScaled(service: Resource): boolean {
  const name = asText(settingOf(service, 'name') ?? null);
  return resourcesIn(service.folder, 'aws_appautoscaling_target').some((target) => {
    const least = numberOf(target, 'min_capacity', 0);
    if (least !== undefined && least < 2) return false;
    const resource = target.block.arguments.get('resource_id')?.value;
    const references = resource === undefined ? [] : referencesIn(resource);
    const services = references.filter(([root]) => root === 'aws_ecs_service');
    if (services.length > 0) return services.some(([, of]) => of === service.name);
    const id = asText(settingOf(target, 'resource_id') ?? null);
    return id === undefined || name === undefined || id.endsWith(`/${name}`);
  });
}
