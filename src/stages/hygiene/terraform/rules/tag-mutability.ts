import type { Hit, Rule } from '../../rule.ts';
import { asText } from '../evaluate.ts';
import { linesFor, nestedIn, placeOf, type Resource, settingOf, textOf } from '../resource.ts';
import { resourcesOf, type Terraform } from '../subject.ts';

export const tagMutability: Rule<Terraform> = {
  code: 'DG056',
  summary: 'An ECR repository does not let the moving tag move',
  level: 'error',
  why: 'The workflow moves a tag (`latest-tag`, by default `latest`) to each new image. A repository with immutable tags refuses that from the second deploy on.',
  how: 'Every `aws_ecr_repository` whose `image_tag_mutability` forbids the tag to move, with its exclusion filters; a warning where there are several repositories and it is not known which one is deployed. Left alone: repositories that the containers of the service do not use, `latest-tag: false`, and values that are not known from the files.',
  fix: 'Keep all tags immutable except the moving one:\n\n```hcl\nimage_tag_mutability = "IMMUTABLE_WITH_EXCLUSION"\nimage_tag_mutability_exclusion_filter {\n  filter      = "latest"\n  filter_type = "WILDCARD"\n}\n```\n\nOr move none: `latest-tag: false` with `rollout: pin`.',
  source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html',
  see: "git grep -n -A 3 -E 'image_tag_mutability' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'immutable',
        files: {
          'ecr.tf': 'resource "aws_ecr_repository" "app" {\n  image_tag_mutability = "IMMUTABLE"\n}\n',
        },
        at: ['ecr.tf:2'],
      },
      {
        name: 'immutable with an exclusion for another tag, and mutable with one for this',
        files: {
          'ecr.tf':
            'resource "aws_ecr_repository" "app" {\n  image_tag_mutability = "IMMUTABLE_WITH_EXCLUSION"\n  image_tag_mutability_exclusion_filter {\n    filter      = "dev-*"\n    filter_type = "WILDCARD"\n  }\n}\nresource "aws_ecr_repository" "api" {\n  image_tag_mutability = "MUTABLE_WITH_EXCLUSION"\n  image_tag_mutability_exclusion_filter {\n    filter      = "lat*"\n    filter_type = "WILDCARD"\n  }\n}\n',
        },
        at: ['ecr.tf:2', 'ecr.tf:9'],
      },
    ],
    passes: [
      {
        name: 'mutable, or with an exclusion for it',
        files: {
          'ecr.tf':
            'resource "aws_ecr_repository" "app" {\n  image_tag_mutability = "MUTABLE"\n}\nresource "aws_ecr_repository" "api" {\n  image_tag_mutability = "IMMUTABLE_WITH_EXCLUSION"\n  image_tag_mutability_exclusion_filter {\n    filter      = "latest*"\n    filter_type = "WILDCARD"\n  }\n}\n',
        },
      },
      {
        name: 'no tag is moved',
        files: {
          'ecr.tf': 'resource "aws_ecr_repository" "app" {\n  image_tag_mutability = "IMMUTABLE"\n}\n',
        },
        facts: { latestTag: undefined },
      },
      {
        name: 'not the repository that is deployed',
        files: {
          'ecr.tf':
            'resource "aws_ecr_repository" "base" {\n  name                 = "base"\n  image_tag_mutability = "IMMUTABLE"\n}\n',
        },
        containers: [{ name: 'app', image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/app:latest' }],
      },
    ],
  },
  find: (subject) => {
    const tag = subject.facts.latestTag;
    if (tag === undefined) return [];
    const all = resourcesOf(subject, 'aws_ecr_repository');
    return all.flatMap((one) =>
      findIn(one, tag, isDeployed(one, subject) ?? (all.length === 1 ? true : undefined)),
    );
  },
};

function findIn(repository: Resource, tag: string, deployed: boolean | undefined): readonly Hit[] {
  if (deployed === false || mayMove(repository, tag) !== false) return [];
  return [
    {
      where: placeOf(repository, 'image_tag_mutability'),
      title: `${repository.address} does not let the tag ${tag} move, which each deploy does.`,
      fix: `${linesFor(
        repository,
        'image_tag_mutability = "IMMUTABLE_WITH_EXCLUSION"',
        'image_tag_mutability_exclusion_filter {',
        `  filter      = "${tag}"`,
        '  filter_type = "WILDCARD"',
        '}',
      )}\nOr move none: \`latest-tag: false\` with \`rollout: pin\`.`,
      ...(deployed ? {} : { level: 'warning' }),
    },
  ];
}

/** Whether it is the repository that the service runs images of, where that is known. */
function isDeployed(repository: Resource, { deployedRepositories }: Terraform): boolean | undefined {
  const name = asText(settingOf(repository, 'name') ?? null);
  if (name === undefined || deployedRepositories === undefined || deployedRepositories.length === 0)
    return undefined;
  return deployedRepositories.includes(name);
}

function mayMove(repository: Resource, tag: string): boolean | undefined {
  const mutability = textOf(repository, 'image_tag_mutability', 'MUTABLE');
  if (mutability === 'MUTABLE' || mutability === 'IMMUTABLE') return mutability === 'MUTABLE';
  if (mutability === undefined || !mutability.endsWith('_WITH_EXCLUSION')) return undefined;
  const filters = nestedIn(repository, 'image_tag_mutability_exclusion_filter')?.map((filter) =>
    textOf(filter, 'filter', ''),
  );
  if (filters === undefined || filters.includes(undefined)) return undefined;
  const excluded = filters.some((filter) => filter !== undefined && matches(filter, tag));
  return excluded === (mutability === 'IMMUTABLE_WITH_EXCLUSION');
}

/** ECR's wildcard: `*` is any run of characters. */
function matches(filter: string, tag: string): boolean {
  const [head = '', ...rest] = filter.split('*');
  const tail = rest.pop();
  if (tail === undefined) return filter === tag;
  if (!tag.startsWith(head)) return false;
  let from = head.length;
  for (const piece of rest) {
    const at = tag.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return tag.length - tail.length >= from && tag.endsWith(tail);
}
