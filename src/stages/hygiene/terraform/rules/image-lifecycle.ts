import type { Rule } from '../../rule.ts';
import { asText } from '../evaluate.ts';
import { referencesIn } from '../hcl/syntax.ts';
import { placeOf, type Resource, resourcesIn, settingOf } from '../resource.ts';
import { resourcesOf, type Terraform } from '../subject.ts';

export const imageLifecycle: Rule<Terraform> = {
  code: 'DG055',
  summary: 'An ECR repository keeps every image for ever',
  level: 'warning',
  why: 'Each deploy leaves an image, and ECR charges each GB of them each month. Without a lifecycle policy nothing is ever removed, and 100,000 images in a repository are the most there can be.',
  how: 'Every `aws_ecr_repository` that no `aws_ecr_lifecycle_policy` of the repository refers to, by its address or its name. Left alone: where a policy is there whose repository is not known from the files, or text that is no HCL.',
  fix: 'Add a policy that keeps the last images, in a number that a roll back may need:\n\n```hcl\nresource "aws_ecr_lifecycle_policy" "app" {\n  repository = aws_ecr_repository.app.name\n  policy = jsonencode({\n    rules = [{\n      rulePriority = 1\n      description  = "Keep the last 30 images"\n      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 30 }\n      action       = { type = "expire" }\n    }]\n  })\n}\n```',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html',
  see: "git grep -n -E '\"aws_ecr_(repository|lifecycle_policy)\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'a policy for another repository',
        files: {
          'ecr.tf':
            'resource "aws_ecr_repository" "app" {\n  name = "app"\n}\nresource "aws_ecr_repository" "api" {\n  name = "api"\n}\nresource "aws_ecr_lifecycle_policy" "app" {\n  repository = aws_ecr_repository.app.name\n}\n',
        },
        at: ['ecr.tf:4'],
      },
    ],
    passes: [
      {
        name: 'by its address, and by its name from another folder',
        files: {
          'ecr.tf':
            'resource "aws_ecr_repository" "app" {\n  name = "app"\n}\nresource "aws_ecr_lifecycle_policy" "app" {\n  repository = aws_ecr_repository.app.id\n}\nresource "aws_ecr_repository" "api" {\n  name = "api"\n}\n',
          'policies/ecr.tf': 'resource "aws_ecr_lifecycle_policy" "api" {\n  repository = "api"\n}\n',
        },
      },
      {
        name: 'for each of them',
        files: {
          'ecr.tf':
            'resource "aws_ecr_repository" "all" {\n  for_each = toset(["app", "api"])\n  name     = each.key\n}\nresource "aws_ecr_lifecycle_policy" "all" {\n  for_each   = aws_ecr_repository.all\n  repository = each.value.name\n}\n',
        },
      },
    ],
  },
  find: (subject) => {
    const policies = resourcesOf(subject, 'aws_ecr_lifecycle_policy');
    return resourcesOf(subject, 'aws_ecr_repository').flatMap((repository) => {
      if (repository.folder.broken || policies.some((policy) => mayBeFor(policy, repository))) return [];
      return [
        {
          where: placeOf(repository),
          title: `${repository.address} keeps every image for ever: no lifecycle policy refers to it.`,
          fix: policyFor(repository),
        },
      ];
    });
  },
};

function mayBeFor(policy: Resource, repository: Resource): boolean {
  const argument = policy.block.arguments.get('repository');
  if (argument === undefined) return true;
  const written = [argument, policy.block.arguments.get('for_each'), policy.block.arguments.get('count')];
  const references = written.flatMap((one) => (one === undefined ? [] : referencesIn(one.value)));
  const named = references.filter(([root]) => root === 'aws_ecr_repository');
  if (named.length > 0) {
    return policy.folder === repository.folder && named.some(([, name]) => name === repository.name);
  }
  const target = asText(settingOf(policy, 'repository') ?? null);
  const name = asText(settingOf(repository, 'name') ?? null);
  // A policy whose repository can't be told may be for any, most of all for one of its own folder.
  if (target === undefined)
    return (
      policy.folder === repository.folder || resourcesIn(policy.folder, 'aws_ecr_repository').length === 0
    );
  return name === undefined || target === name;
}

function policyFor({ file, name, address, repeated }: Resource): string {
  const each =
    repeated === 'one'
      ? []
      : [`  for_each   = ${repeated === 'for_each' ? address : `{ for r in ${address} : r.name => r }`}`];
  const repository = repeated === 'one' ? `${address}.name` : 'each.value.name';
  return [
    `In ${file}:`,
    `    resource "aws_ecr_lifecycle_policy" "${name}" {`,
    ...each.map((line) => `    ${line}`),
    `      repository = ${repository}`,
    '      policy = jsonencode({',
    '        rules = [{',
    '          rulePriority = 1',
    '          description  = "Keep the last 30 images"',
    '          selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 30 }',
    '          action       = { type = "expire" }',
    '        }]',
    '      })',
    '    }',
  ].join('\n');
}
