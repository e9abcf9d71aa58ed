import type { Rule } from '../../rule.ts';
import { type Expression, referencesIn } from '../hcl/syntax.ts';
import { ignoredChanges, isMissing, linesFor, placeOf } from '../resource.ts';
import { rollingServices } from '../services.ts';
import type { Terraform } from '../subject.ts';

export const ignoredTaskDefinition: Rule<Terraform> = {
  code: 'DG053',
  summary: 'Terraform would undo what deploy-guard deploys',
  level: 'warning',
  why: "With `rollout: pin` each deploy registers a revision of the task definition, and Terraform knows nothing of it. The next `terraform apply` puts the service back on its own revision, with the image of that time, unless `task_definition` is among the service's `ignore_changes`.",
  how: 'Every `aws_ecs_service` whose `lifecycle` does not ignore `task_definition`, where the workflow has `rollout: pin`. Left alone: with `rollout: force`, where no revision is registered; daemons and the controllers `CODE_DEPLOY` and `EXTERNAL`; and a `task_definition` that is read by a data source.',
  fix: 'Put this into the resource:\n\n```hcl\nlifecycle {\n  ignore_changes = [task_definition]\n}\n```',
  source: 'https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle',
  see: "git grep -n -E 'ignore_changes|\"aws_ecs_service\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'only the number of tasks is ignored',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "app" {\n  task_definition = aws_ecs_task_definition.app.arn\n  lifecycle {\n    ignore_changes = [desired_count]\n  }\n}\n',
        },
        facts: { rollout: 'pin' },
        at: ['ecs.tf:2'],
      },
    ],
    passes: [
      {
        name: 'ignored',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "a" {\n  task_definition = aws_ecs_task_definition.app.arn\n  lifecycle {\n    ignore_changes = [task_definition, desired_count]\n  }\n}\nresource "aws_ecs_service" "b" {\n  task_definition = aws_ecs_task_definition.app.arn\n  lifecycle {\n    ignore_changes = all\n  }\n}\n',
        },
        facts: { rollout: 'pin' },
      },
      {
        name: 'the newest revision is looked up',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "app" {\n  task_definition = data.aws_ecs_task_definition.app.arn\n}\n',
        },
        facts: { rollout: 'pin' },
      },
      {
        name: 'no revision is registered',
        files: {
          'ecs.tf':
            'resource "aws_ecs_service" "app" {\n  task_definition = aws_ecs_task_definition.app.arn\n}\n',
        },
        facts: { rollout: 'force' },
      },
    ],
  },
  find: (subject) => {
    if (subject.facts.rollout !== 'pin') return [];
    return rollingServices(subject).flatMap((one) => {
      const ignored = ignoredChanges(one);
      if (ignored.includes('task_definition') || ignored.includes('all')) return [];
      if (isMissing(one, 'task_definition') || readsNewest(one.block.arguments.get('task_definition')?.value))
        return [];
      return [
        {
          where: placeOf(one, 'task_definition'),
          title: `The next terraform apply would put ${one.address} back on its own task definition, and undo the deploy.`,
          fix: linesFor(
            one,
            'lifecycle {',
            `  ignore_changes = [${[...ignored, 'task_definition'].join(', ')}]`,
            '}',
          ),
        },
      ];
    });
  },
};

/** A data source looks the revision up at each plan, and so finds the deployed one. */
function readsNewest(value: Expression | undefined): boolean {
  return (
    value !== undefined &&
    referencesIn(value).some(([root, type]) => root === 'data' && type === 'aws_ecs_task_definition')
  );
}
