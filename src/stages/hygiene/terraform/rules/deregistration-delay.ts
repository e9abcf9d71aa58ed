import type { Rule } from '../../rule.ts';
import { linesFor, numberOf, placeOf } from '../resource.ts';
import { resourcesOf, type Terraform } from '../subject.ts';
import { targetGroups } from '../target-groups.ts';

export const deregistrationDelay: Rule<Terraform> = {
  code: 'DG058',
  summary: 'Each deploy waits five minutes for old tasks to drain',
  level: 'note',
  why: 'A load balancer keeps a task that is to stop for `deregistration_delay` seconds, so that open requests can end: 300 where it is not set. Few services have requests that long, and each rollout waits for it.',
  how: 'Every `aws_lb_target_group` for hosts or tasks whose `deregistration_delay` is missing or 300 and more, in a repository that makes an `aws_ecs_service`. Left alone: functions, and a value that is not known from the files.',
  fix: 'Set it to a little more than the longest request takes:\n\n```hcl\nderegistration_delay = 30\n```',
  source:
    'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html',
  see: "git grep -n -E 'deregistration_delay|\"aws_a?lb_target_group\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'left away, and the same number',
        files: {
          'alb.tf':
            'resource "aws_lb_target_group" "app" {\n  protocol = "HTTP"\n}\nresource "aws_lb_target_group" "api" {\n  deregistration_delay = 300\n}\n',
          'ecs.tf': 'resource "aws_ecs_service" "app" {\n}\n',
        },
        at: ['alb.tf:1', 'alb.tf:5'],
      },
    ],
    passes: [
      {
        name: 'half a minute, or as a variable says',
        files: {
          'alb.tf':
            'variable "delay" {\n  type = number\n}\nresource "aws_lb_target_group" "app" {\n  deregistration_delay = 30\n}\nresource "aws_lb_target_group" "api" {\n  deregistration_delay = var.delay\n}\n',
          'ecs.tf': 'resource "aws_ecs_service" "app" {\n}\n',
        },
      },
      {
        name: 'a function',
        files: {
          'alb.tf': 'resource "aws_lb_target_group" "f" {\n  target_type = "lambda"\n}\n',
          'ecs.tf': 'resource "aws_ecs_service" "app" {\n}\n',
        },
      },
      {
        name: 'no ECS service: hosts that nothing deploys task by task',
        files: { 'alb.tf': 'resource "aws_lb_target_group" "app" {\n  protocol = "HTTP"\n}\n' },
      },
    ],
  },
  find: (subject) => {
    if (resourcesOf(subject, 'aws_ecs_service').length === 0) return [];
    return targetGroups(subject).flatMap((one) => {
      const delay = numberOf(one, 'deregistration_delay', 300);
      if (delay === undefined || delay < 300) return [];
      return [
        {
          where: placeOf(one, 'deregistration_delay'),
          title: `Each deploy waits up to ${delay} s for old tasks of ${one.address} to drain.`,
          fix: linesFor(one, 'deregistration_delay = 30'),
        },
      ];
    });
  },
};
