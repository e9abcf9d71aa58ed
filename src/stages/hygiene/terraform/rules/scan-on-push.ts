import type { Hit, Rule } from '../../rule.ts';
import { flagOf, linesFor, nestedIn, placeOf, type Resource } from '../resource.ts';
import { resourcesOf, type Terraform } from '../subject.ts';

const LINES = ['image_scanning_configuration {', '  scan_on_push = true', '}'];

export const scanOnPush: Rule<Terraform> = {
  code: 'DG054',
  summary: 'Images of an ECR repository are not scanned',
  level: 'note',
  why: 'ECR looks for known vulnerabilities in the packages of an image at each push, at no cost, but only where it is told to.',
  how: 'Every `aws_ecr_repository` whose `scan_on_push` is missing or false. Left alone: where an `aws_ecr_registry_scanning_configuration` of the repository decides for the whole registry, and a value that is not known from the files.',
  fix: 'Put this into the resource:\n\n```hcl\nimage_scanning_configuration {\n  scan_on_push = true\n}\n```',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html',
  see: "git grep -n -E 'scan_on_push|\"aws_ecr_repository\"' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'left away, and off',
        files: {
          'ecr.tf':
            'resource "aws_ecr_repository" "app" {\n  name = "app"\n}\nresource "aws_ecr_repository" "api" {\n  image_scanning_configuration {\n    scan_on_push = false\n  }\n}\n',
        },
        at: ['ecr.tf:1', 'ecr.tf:6'],
      },
    ],
    passes: [
      {
        name: 'on',
        files: {
          'ecr.tf':
            'resource "aws_ecr_repository" "app" {\n  image_scanning_configuration {\n    scan_on_push = true\n  }\n}\n',
        },
      },
      {
        name: 'the registry scans',
        files: {
          'ecr.tf': 'resource "aws_ecr_repository" "app" {\n  name = "app"\n}\n',
          'account/ecr.tf':
            'resource "aws_ecr_registry_scanning_configuration" "all" {\n  scan_type = "ENHANCED"\n}\n',
        },
      },
    ],
  },
  find: (subject) =>
    resourcesOf(subject, 'aws_ecr_registry_scanning_configuration').length > 0
      ? []
      : resourcesOf(subject, 'aws_ecr_repository').flatMap(findIn),
};

function findIn(repository: Resource): readonly Hit[] {
  const settings = nestedIn(repository, 'image_scanning_configuration');
  if (settings?.some((setting) => flagOf(setting, 'scan_on_push', false) !== false) ?? true) return [];
  const [setting] = settings ?? [];
  const line = setting?.block.arguments.get('scan_on_push')?.line ?? setting?.block.line;
  return [
    {
      where: line === undefined ? placeOf(repository) : { file: repository.file, line },
      title: `Images pushed to ${repository.address} are not scanned for known vulnerabilities.`,
      fix: linesFor(repository, ...LINES),
    },
  ];
}
