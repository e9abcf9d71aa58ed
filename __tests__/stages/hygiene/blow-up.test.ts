import { describe, expect, it } from 'vitest';
import { groups } from '../../../src/stages/hygiene/groups.ts';
import { exampleRepository } from './example-repository.ts';

/** CPU time for a repository, in seconds: far more than any of these needs, and far less than a way that multiplies. */
const MOST_SECONDS = 5;

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('');
const RESOURCE = 'resource "aws_ecr_repository" "r" {\n  count = local.x\n}\n';
const DEPLOY = 'jobs:\n  deploy:\n    needs: j0\n    steps:\n      - uses: acme/deploy-guard@v1\n';
const calls = (count: number, path: string) =>
  lines(count, (i) => `  j${i}:\n    uses: ./.github/workflows/${path}\n`);

/** Files that are small, and in which everything leads to everything. */
const REPOSITORIES: Readonly<Record<string, () => Record<string, string>>> = {
  'merges of merges in a Compose file': () => ({
    'compose.yaml': `x-c: &c\n${lines(500, (i) => `  k${i}: 1\n`)}x-b: &b\n${'  <<: *c\n'.repeat(4_000)}x-a: &a\n${'  <<: *b\n'.repeat(4_000)}services:\n  a:\n    <<: *a\n`,
  }),
  'services of a Compose file that share a large map': () => ({
    'compose.yaml': `x-c: &c\n${lines(500, (i) => `  k${i}: 1\n`)}services:\n${lines(500, (i) => `  s${i}:\n    <<: [${'*c,'.repeat(10)}]\n    build: .\n`)}`,
  }),
  'a workflow that calls itself': () => ({
    '.github/workflows/a.yml': `on:\n  workflow_call:\n${DEPLOY}${calls(8, 'a.yml')}`,
  }),
  'a workflow on pull requests that calls itself': () => ({
    '.github/workflows/a.yml': `on: [pull_request]\njobs:\n${calls(8, 'a.yml')}`,
    '.github/workflows/b.yml': `on: push\n${DEPLOY}`,
  }),
  'layers of workflows that are only called': () =>
    Object.fromEntries(
      Array.from({ length: 10 }, (_, layer) => [
        `.github/workflows/w${layer}.yml`,
        `on:\n  workflow_call:\n${layer === 0 ? DEPLOY : `jobs:\n${calls(8, `w${layer - 1}.yml`)}`}`,
      ]),
    ),
  'jobs that share hundreds of steps': () => ({
    '.github/workflows/a.yml': `on: push\nx: &s\n${'  - run: |\n      npm test\n'.repeat(450)}${DEPLOY}${lines(190, (i) => `  j${i}: {needs: [j${i + 1}], steps: *s, env: *s, with: *s, secrets: *s, services: *s, permissions: *s}\n`)}`,
  }),
  'a list of Terraform joined with itself': () => ({
    'main.tf': `locals {\n  a = [${'1,'.repeat(1_000)}]\n  x = concat(${'local.a,'.repeat(100_000)}local.a)\n}\n${RESOURCE}`,
  }),
  'a map of Terraform merged with itself': () => ({
    'main.tf': `locals {\n  a = {${lines(900, (i) => `k${i} = 1\n`)}}\n  x = merge(${'local.a,'.repeat(50_000)}local.a)\n}\n${RESOURCE}`,
  }),
  'resources that all count by all locals': () => ({
    'main.tf': `locals {\n${lines(2_000, (i) => `l${i} = 1\n`)}x = [${lines(2_000, (i) => `local.l${i},`)}]\n}\n${lines(2_000, (i) => RESOURCE.replace('"r"', `"r${i}"`))}`,
  }),
  'a block of locals for each name': () => ({
    'main.tf': `${lines(8_000, (i) => `locals { l${i} = 1 }\n`)}locals { x = [${lines(8_000, (i) => `local.l${i},`)}] }\n${RESOURCE}`,
  }),
  'blocks of Terraform that are all overridden': () => {
    const text = lines(8_000, (i) => `variable "v${i}" {}\n`);
    return { 'main.tf': text + RESOURCE, 'override.tf': text };
  },
  'values beside many folders of Terraform': () => ({
    ...Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`a/m${i}/main.tf`, RESOURCE])),
    'a/x.tfvars': lines(20_000, (i) => `v${i} = 1\n`),
  }),
  'long lines of blanks in a .env file': () => ({ '.env': `o:${'\t'.repeat(4_900)}\u2028\n`.repeat(180) }),
  'long comments in a .env file': () => ({ '.env': `API_TOKEN=x${' '.repeat(3_900)}y\n`.repeat(230) }),
  'long lines of blanks in kubeconfigs': () =>
    Object.fromEntries(
      Array.from({ length: 4 }, (_, i) => [`${i}/kubeconfig`, `${'\t'.repeat(5_000)}\n`.repeat(180)]),
    ),
};

describe.each(Object.entries(REPOSITORIES))('%s', (_, make) => {
  it('is read in time', async () => {
    const files = { Dockerfile: 'FROM python:3.13-slim\n', ...make() };
    const repository = exampleRepository({ name: '', files });
    const before = process.cpuUsage();
    for (const group of groups) for (const { find } of await group.apply(repository)) find();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS);
  });
});
