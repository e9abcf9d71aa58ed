import type { Rule } from '../../rule.ts';
import { isRoot } from '../folder.ts';
import type { Terraform } from '../subject.ts';

export const requiredVersion: Rule<Terraform> = {
  code: 'DG061',
  summary: 'A folder does not say which Terraform it is for',
  level: 'note',
  why: 'A newer Terraform may write a state that the older one on the next machine refuses to read. `required_version` stops it before it does.',
  how: 'Every folder in which Terraform is run (it has a `provider` or a backend, values or a lock file) without `required_version`. Left alone: folders that are called as modules, and those of Terragrunt, which may write it.',
  fix: 'Add it to the `terraform` block:\n\n```hcl\nterraform {\n  required_version = "~> 1.9"\n}\n```',
  source: 'https://developer.hashicorp.com/terraform/language/terraform',
  see: "git grep -n -E 'required_version' -- '*.tf'",
  examples: {
    fails: [
      {
        name: 'a terraform block without it',
        files: { 'main.tf': 'provider "aws" {\n}\n\nterraform {\n  backend "s3" {\n  }\n}\n' },
        at: ['main.tf:4'],
      },
      {
        name: 'no terraform block',
        files: { 'main.tf': 'variable "region" {\n}\nprovider "aws" {\n  region = var.region\n}\n' },
        at: ['main.tf:3'],
      },
    ],
    passes: [
      {
        name: 'in a file of its own',
        files: {
          'main.tf': 'provider "aws" {\n}\n',
          'versions.tf': 'terraform {\n  required_version = ">= 1.9"\n}\n',
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
        name: 'a module',
        files: {
          'main.tf':
            'terraform {\n  required_version = ">= 1.9"\n}\nprovider "aws" {\n}\nmodule "db" {\n  source = "./db"\n}\n',
          'db/main.tf': 'provider "random" {\n}\n',
        },
      },
    ],
  },
  find: ({ folders }) =>
    folders.flatMap((folder) => {
      if (!isRoot(folder) || folder.broken || folder.terragrunt) return [];
      const blocks = folder.blocks.filter(({ block }) => block.type === 'terraform');
      if (blocks.some(({ block }) => block.arguments.has('required_version'))) return [];
      const place =
        blocks[0] ?? folder.blocks.find(({ block }) => block.type === 'provider') ?? folder.blocks[0];
      if (place === undefined) return [];
      return [
        {
          where: { file: place.file, line: place.block.line },
          title: `The Terraform in ${folder.path === '.' ? 'the root' : folder.path} does not say which version of Terraform it is for.`,
          fix: 'In the `terraform` block, with the version that you use:\n    required_version = "~> 1.9"',
        },
      ];
    }),
};
