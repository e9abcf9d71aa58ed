import type { Hit, Rule } from '../../rule.ts';
import { asText, isMap } from '../evaluate.ts';
import { type Folder, isRoot, valueIn } from '../folder.ts';
import type { Terraform } from '../subject.ts';

export const providerVersion: Rule<Terraform> = {
  code: 'DG060',
  summary: 'A provider has no version',
  level: 'warning',
  why: 'Without a version `terraform init` takes the newest provider there is, on each machine its own. A new major one renames arguments and changes defaults, on a day that you did not choose.',
  how: 'Every provider that a folder sets up by a `provider` block, without a `version` in `required_providers`. A note where `.terraform.lock.hcl` is tracked, which holds the version as long as nobody runs `init -upgrade`. Left alone: folders that are called as modules, those of Terragrunt, which may write it, and `terraform` itself.',
  fix: 'Give it a version in the `terraform` block:\n\n```hcl\nterraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "~> 6.0"\n    }\n  }\n}\n```',
  source: 'https://developer.hashicorp.com/terraform/language/providers/requirements',
  see: "git grep -n -A 6 -E 'required_providers|^provider ' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'a source, but no version',
        files: {
          'main.tf':
            'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n}\nprovider "aws" {\n  region = "us-east-1"\n}\n',
        },
        at: ['main.tf:3'],
      },
      {
        name: 'no required_providers',
        files: { 'main.tf': 'provider "aws" {\n  region = "us-east-1"\n}\n' },
        at: ['main.tf:1'],
      },
    ],
    passes: [
      {
        name: 'with a version, in another file of the folder',
        files: {
          'main.tf': 'provider "aws" {\n  region = "us-east-1"\n}\n',
          'versions.tf':
            'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "~> 6.0"\n    }\n  }\n}\n',
        },
      },
      {
        name: 'as Terraform 0.12 has it',
        files: {
          'main.tf':
            'provider "aws" {\n  version = "~> 2.0"\n}\nprovider "random" {}\nterraform {\n  required_providers {\n    random = "~> 3.0"\n  }\n}\n',
        },
      },
      {
        name: 'Terragrunt writes it',
        files: {
          'live/terragrunt.hcl': 'generate "versions" {\n}\n',
          'live/app/main.tf': 'provider "aws" {\n}\n',
        },
      },
      {
        name: 'a module: its caller sets the provider up',
        files: { 'modules/db/main.tf': 'resource "aws_db_instance" "main" {\n  multi_az = true\n}\n' },
      },
    ],
  },
  find: ({ folders }) =>
    folders.filter((folder) => isRoot(folder) && !folder.broken && !folder.terragrunt).flatMap(findIn),
};

interface Requirement {
  readonly file: string;
  readonly line: number;
  readonly versioned: boolean;
}

function findIn(folder: Folder): readonly Hit[] {
  const required = requirementsOf(folder);
  const setUp = folder.blocks.filter(({ block }) => block.type === 'provider');
  const names = [...new Set(setUp.map(({ block }) => block.labels[0] ?? ''))];
  return names.flatMap((name): readonly Hit[] => {
    const blocks = setUp.filter(({ block }) => block.labels[0] === name);
    const [first] = blocks;
    if (first === undefined || name === 'terraform' || required.get(name)?.versioned) return [];
    if (blocks.some(({ block }) => block.arguments.has('version'))) return [];
    const place = required.get(name);
    return [
      {
        where:
          place === undefined
            ? { file: first.file, line: first.block.line }
            : { file: place.file, line: place.line },
        title: `The provider ${name} has no version: terraform init takes the newest there is.`,
        fix: linesFor(name),
        ...(folder.locked ? { level: 'note' } : {}),
      },
    ];
  });
}

function requirementsOf(folder: Folder): ReadonlyMap<string, Requirement> {
  const found = new Map<string, Requirement>();
  for (const { file, block } of folder.blocks) {
    if (block.type !== 'terraform') continue;
    for (const { arguments: all } of block.blocks.filter(({ type }) => type === 'required_providers')) {
      for (const [name, { line, value }] of all) {
        const asked = valueIn(folder, value);
        const versioned = isMap(asked)
          ? asText(asked.get('version') ?? null) !== undefined
          : asText(asked) !== undefined;
        found.set(name, { file, line, versioned });
      }
    }
  }
  return found;
}

function linesFor(name: string): string {
  const version = name === 'aws' ? '"~> 6.0"' : '"~> 1.0"  # the major version that is in use';
  return [
    'In the `terraform` block:',
    '    required_providers {',
    `      ${name} = {`,
    `        source  = "hashicorp/${name}"`,
    `        version = ${version}`,
    '      }',
    '    }',
  ].join('\n');
}
