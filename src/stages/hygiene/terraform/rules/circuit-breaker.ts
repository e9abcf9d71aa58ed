import type { Hit, Rule } from '../../rule.ts';
import { flagOf, linesFor, nestedIn, placeOf, type Resource } from '../resource.ts';
import { rollingServices } from '../services.ts';
import type { Terraform } from '../subject.ts';

const LINES = ['deployment_circuit_breaker {', '  enable   = true', '  rollback = true', '}'];

export const circuitBreaker: Rule<Terraform> = {
  code: 'DG050',
  summary: 'An ECS service goes on starting tasks that crash',
  level: 'warning',
  why: 'Without a deployment circuit breaker ECS starts the tasks of a broken image again and again, without end, and the deployment never fails. With it, and with `rollback`, ECS goes back by itself to the last revision that worked. The preflight warns of the same on the service as it runs.',
  how: 'Every `aws_ecs_service` without a `deployment_circuit_breaker` block, or with one that is off; a note where it stops, but does not roll back. Left alone: services whose `alarms` roll back, daemons, the controllers `CODE_DEPLOY` and `EXTERNAL`, and a `dynamic` block.',
  fix: 'Put this into the resource:\n\n```hcl\ndeployment_circuit_breaker {\n  enable   = true\n  rollback = true\n}\n```',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html',
  see: "git grep -n -A 3 -E 'deployment_circuit_breaker|\"aws_ecs_service\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'none, and one that is off',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "app" {\n  name = "app"\n}\nresource "aws_ecs_service" "worker" {\n  deployment_circuit_breaker {\n    enable   = false\n    rollback = false\n  }\n}\n',
        },
        at: ['ecs.tf:1', 'ecs.tf:5'],
      },
      {
        name: 'one that does not roll back',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "app" {\n  deployment_circuit_breaker {\n    enable   = true\n    rollback = false\n  }\n}\n',
        },
        at: ['ecs.tf:2'],
      },
    ],
    passes: [
      {
        name: 'on, with a roll back',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "app" {\n  deployment_circuit_breaker {\n    enable   = true\n    rollback = true\n  }\n}\n',
        },
      },
      {
        name: 'a daemon, and services that others deploy',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "agent" {\n  scheduling_strategy = "DAEMON"\n}\nresource "aws_ecs_service" "blue" {\n  deployment_controller {\n    type = "CODE_DEPLOY"\n  }\n}\n',
        },
      },
      {
        name: 'a service that a module for others does not make unless it is asked to',
        files: {
          'main.tf':
            'variable "name" {\n  type = string\n}\nvariable "with_worker" {\n  default = false\n}\nresource "aws_ecs_service" "worker" {\n  count = var.with_worker ? 1 : 0\n  name  = var.name\n}\n',
        },
      },
      {
        name: 'perhaps on: a dynamic block, and variables',
        files: {
          'ecs.tf':
            'variable "breaker" {\n  type = bool\n}\nresource "aws_ecs_service" "a" {\n  dynamic "deployment_circuit_breaker" {\n    for_each = var.breaker ? [1] : []\n    content {\n      enable   = true\n      rollback = true\n    }\n  }\n}\nresource "aws_ecs_service" "b" {\n  deployment_circuit_breaker {\n    enable   = var.breaker\n    rollback = var.breaker\n  }\n}\n',
        },
      },
    ],
  },
  find: (subject) => rollingServices(subject).flatMap(findIn),
};

function findIn(service: Resource): readonly Hit[] {
  const breakers = nestedIn(service, 'deployment_circuit_breaker');
  const alarms = nestedIn(service, 'alarms');
  if (breakers === undefined || alarms === undefined) return [];
  if (alarms.some((alarm) => flagOf(alarm, 'enable', false) !== false)) return [];
  const [breaker] = breakers;
  if (breaker === undefined) {
    const title = `${service.address} has no circuit breaker: a crash loop would go on until somebody sees it.`;
    return [{ where: placeOf(service), title, fix: linesFor(service, ...LINES) }];
  }
  const where = { file: service.file, line: breaker.block.line };
  if (flagOf(breaker, 'enable', false) === false) {
    const title = `The circuit breaker of ${service.address} is off: a crash loop would go on until somebody sees it.`;
    return [{ where, title, fix: linesFor(service, ...LINES) }];
  }
  if (flagOf(breaker, 'rollback', false) !== false) return [];
  const title = `The circuit breaker of ${service.address} stops a broken deployment but does not roll it back.`;
  return [{ where, title, fix: linesFor(service, ...LINES), level: 'note' }];
}
