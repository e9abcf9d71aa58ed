import type { Rule } from '../../rule.ts';
import { linesFor, numberOf, placeOf } from '../resource.ts';
import { rollingServices } from '../services.ts';
import type { Terraform } from '../subject.ts';

export const minimumHealthy: Rule<Terraform> = {
  code: 'DG051',
  summary: 'A deployment may stop all tasks of a service at once',
  level: 'warning',
  why: 'With `deployment_minimum_healthy_percent = 0` ECS may stop every old task before one new one runs. Each deploy is then an outage, and a bad one an outage until it is undone.',
  how: 'Every `aws_ecs_service` whose `deployment_minimum_healthy_percent` is 0. Left alone: daemons, the controllers `CODE_DEPLOY` and `EXTERNAL`, and a value that is not known from the files.',
  fix: 'Let new tasks run before old ones stop:\n\n```hcl\ndeployment_minimum_healthy_percent = 100\ndeployment_maximum_percent         = 200\n```',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html',
  see: "git grep -n -E 'deployment_(minimum_healthy|maximum)_percent' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'none needs to run',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "app" {\n  desired_count                      = 2\n  deployment_minimum_healthy_percent = 0\n}\n',
        },
        at: ['ecs.tf:3'],
      },
    ],
    passes: [
      {
        name: 'left away: 100 for a service that ECS deploys',
        files: { 'ecs.tf': 'resource "aws_ecs_service" "app" {\n  desired_count = 2\n}\n' },
      },
      {
        name: 'all need to run',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "app" {\n  deployment_minimum_healthy_percent = 100\n  deployment_maximum_percent         = 200\n}\n',
        },
      },
      {
        name: 'a daemon: one per host, so that the old one has to go first',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "agent" {\n  scheduling_strategy                = "DAEMON"\n  deployment_minimum_healthy_percent = 0\n}\n',
        },
      },
    ],
  },
  find: (subject) =>
    rollingServices(subject).flatMap((one) => {
      if (numberOf(one, 'deployment_minimum_healthy_percent', 100) !== 0) return [];
      return [
        {
          where: placeOf(one, 'deployment_minimum_healthy_percent'),
          title: `A deployment of ${one.address} may stop all its tasks before a new one runs.`,
          fix: linesFor(
            one,
            'deployment_minimum_healthy_percent = 100',
            'deployment_maximum_percent         = 200',
          ),
        },
      ];
    }),
};
