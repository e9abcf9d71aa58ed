import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupOf } from '../../../../src/stages/hygiene/groups.ts';
import type { Example, Hit } from '../../../../src/stages/hygiene/rule.ts';
import { terraform } from '../../../../src/stages/hygiene/terraform/group.ts';
import { exampleRepository } from '../example-repository.ts';

type Found = Hit & { readonly code: string };

async function found(
  files: Readonly<Record<string, string>>,
  facts: Example['facts'] = {},
): Promise<readonly Found[]> {
  const applied = await groupOf(terraform).apply(exampleRepository({ name: '', files, facts }));
  return applied.flatMap(({ rule, find }) =>
    find().map((hit) => ({ ...hit, code: rule.code, level: hit.level ?? rule.level })),
  );
}

async function levelOf(
  code: string,
  files: Readonly<Record<string, string>>,
  facts: Example['facts'] = {},
): Promise<string | undefined> {
  return (await found(files, facts)).find((hit) => hit.code === code)?.level;
}

const DATABASE = 'resource "aws_db_instance" "main" {\n  engine = "postgres"\n}\n';

describe('how bad a finding is', () => {
  it.each([
    ['a folder for production', { 'prod/rds.tf': DATABASE }, {}, 'warning'],
    ['nothing that says what it is for', { 'rds.tf': DATABASE }, {}, 'note'],
    ['a folder for trying things out', { 'dev/rds.tf': DATABASE }, {}, undefined],
    ["the workflow's environment", { 'rds.tf': DATABASE }, { environment: 'production' }, 'warning'],
    ['a folder above the environment', { 'dev/rds.tf': DATABASE }, { environment: 'production' }, undefined],
    [
      'default tags',
      {
        'rds.tf': `${DATABASE}provider "aws" {\n  default_tags {\n    tags = { Environment = "prod" }\n  }\n}\n`,
      },
      {},
      'warning',
    ],
    [
      'a module that production and staging call',
      {
        'prod/main.tf': 'module "db" {\n  source = "../db"\n}\n',
        'staging/main.tf': 'module "db" {\n  source = "../db"\n}\n',
        'db/rds.tf': DATABASE,
      },
      {},
      'warning',
    ],
  ] as const)('one zone: %s', async (_, files, facts, expected) => {
    expect(await levelOf('DG045', files, facts)).toBe(expected);
  });

  it('is less where the lock file holds the version of a provider', async () => {
    const files = { 'main.tf': 'provider "aws" {\n}\n' };
    expect(await levelOf('DG060', files)).toBe('warning');
    expect(await levelOf('DG060', { ...files, '.terraform.lock.hcl': '' })).toBe('note');
  });

  it('is less where it is not known which of several repositories is deployed', async () => {
    const one = 'resource "aws_ecr_repository" "a" {\n  image_tag_mutability = "IMMUTABLE"\n}\n';
    expect(await levelOf('DG056', { 'ecr.tf': one })).toBe('error');
    expect(await levelOf('DG056', { 'ecr.tf': `${one}resource "aws_ecr_repository" "b" {\n}\n` })).toBe(
      'warning',
    );
  });

  it('is an error where a secret is written down, and a warning where it is a placeholder', async () => {
    const withDefault = (text: string) => ({
      'v.tf': `variable "db_password" {\n  default = "${text}"\n}\n`,
    });
    expect(await levelOf('DG064', withDefault('correct-horse'))).toBe('error');
    expect(await levelOf('DG064', withDefault('changeme'))).toBe('warning');
  });
});

describe('the lines to paste', () => {
  it('have the names of the place', async () => {
    const hits = await found(
      {
        'infra/main.tf':
          'resource "aws_ecs_service" "api" {\n  lifecycle {\n    ignore_changes = [desired_count]\n  }\n  task_definition = "x"\n}\nresource "aws_ecr_repository" "all" {\n  for_each = var.names\n}\nresource "aws_ecs_cluster" "c" {\n  count = 2\n}\n',
      },
      { rollout: 'pin' },
    );
    const fixOf = (code: string) => hits.filter((hit) => hit.code === code).map(({ fix }) => fix);
    expect(fixOf('DG053')[0]).toContain('ignore_changes = [desired_count, task_definition]');
    expect(fixOf('DG055')[0]).toContain('for_each   = aws_ecr_repository.all\n');
    expect(fixOf('DG062')).toEqual([
      'In infra/outputs.tf:\n    output "ecs_cluster_name" {\n      value = aws_ecs_cluster.c[*].name\n    }',
      'In infra/outputs.tf:\n    output "ecs_service_name" {\n      value = aws_ecs_service.api.name\n    }',
      'In infra/outputs.tf:\n    output "ecr_repository_url" {\n      value = { for key, one in aws_ecr_repository.all : key => one.repository_url }\n    }',
    ]);
  });

  it('never hold a secret', async () => {
    const hits = await found({
      'a.tf':
        'variable "db_password" {\n  default = "correct-horse"\n}\nvariable "passwords" {\n  default = { a = "correct-horse" }\n}\nresource "aws_db_instance" "main" {\n  password = "correct-horse"\n}\nresource "aws_rds_cluster" "main" {\n  master_password = "correct-horse"\n}\n',
    });
    expect(hits.filter(({ code }) => ['DG047', 'DG063', 'DG064'].includes(code)).length).toBe(6);
    expect(JSON.stringify(hits)).not.toContain('correct-horse');
  });
});

describe('what is looked at', () => {
  it.each(['examples/complete/rds.tf', '.terraform/modules/x/rds.tf', 'test/fixtures/rds.tf'])(
    'not %s',
    async (path) => {
      expect(await found({ [path]: DATABASE, 'main.tf': 'locals {\n}\n' })).toEqual([]);
    },
  );

  it('no repository without Terraform', async () => {
    expect(await groupOf(terraform).apply(exampleRepository({ name: '', files: { 'a.txt': '' } }))).toEqual(
      [],
    );
  });

  it('AWS is asked for the containers only where their repository matters', async () => {
    const asked = async (mutability: string) => {
      let times = 0;
      const repository = exampleRepository({
        name: '',
        files: {
          'a.tf': `resource "aws_ecr_repository" "a" {\n  image_tag_mutability = "${mutability}"\n}\n`,
        },
      });
      await groupOf(terraform).apply({
        ...repository,
        containers: async () => {
          times += 1;
          return undefined;
        },
      });
      return times;
    };
    expect(await asked('MUTABLE')).toBe(0);
    expect(await asked('IMMUTABLE')).toBe(1);
  });

  it('says nothing of what may stand in text that is no HCL', async () => {
    const hits = await found({
      'rds.tf': 'resource "aws_db_instance" "main" {\n  storage_encrypted = = true\n}\n',
      'ecr.tf': 'resource "aws_ecr_repository" "app" {\n}\n',
    });
    // No word of the lifecycle policy and the outputs that may stand in the broken file.
    expect(hits.map(({ code }) => code)).toEqual(['DG054']);
  });

  it('a thousand folders in time', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [
        `m${index}/main.tf`,
        `variable "x" {\n  default = ${index}\n}\n${'resource "aws_iam_role" "r" {\n  name = "x"\n}\n'.repeat(20)}`,
      ]),
    );
    const before = process.cpuUsage();
    await found(files);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(3);
  });
});

describe('files that are slow to read', () => {
  const cpuSeconds = async (files: Readonly<Record<string, string>>) => {
    const before = process.cpuUsage();
    const hits = await found(files);
    const { user, system } = process.cpuUsage(before);
    return { hits, seconds: (user + system) / 1e6 };
  };
  const database = 'resource "aws_db_instance" "main" {\n}\n';

  it.each([
    ['line separators', '\u2028', ''],
    ['next lines', '\u0085', ''],
    ['spaces', ' ', 'a = {\n'],
  ])('end at a run of white space that nobody writes: %s', async (_, space, before) => {
    const { hits, seconds } = await cpuSeconds({
      'a.tf': `${database}${before}${space.repeat(20_000)}`,
      'b/main.tf': database,
    });
    expect(seconds).toBeLessThan(3);
    expect(hits.map(({ where }) => where.file)).toContain('b/main.tf');
  });

  it('are read within one bound, all together, and AWS is heard meanwhile', async () => {
    // Half a second each.
    const slow = `a = "${'${'.repeat(20_000)}"\n${database}`;
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`m${index}/main.tf`, slow]));
    let turns = 0;
    const clock = setInterval(() => {
      turns += 1;
    }, 1);
    const { seconds } = await cpuSeconds(files);
    clearInterval(clock);
    expect(seconds).toBeLessThan(8);
    expect(turns).toBeGreaterThan(2);
  }, 120_000);
});

const words = fc.constantFrom(
  'resource',
  'variable',
  'locals',
  'module',
  'output',
  'provider',
  'terraform',
  'dynamic',
  'for',
  'if',
  'in',
  '"aws_db_instance"',
  '"aws_ecs_service"',
  '"aws_ecr_repository"',
  '"aws_lb_target_group"',
  '"main"',
  '"db_password"',
  'default',
  'source',
  'count',
  'for_each',
  'lifecycle',
  'ignore_changes',
  'desired_count',
  'value',
  'tags',
  '=',
  '==',
  '?',
  ':',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  ',',
  '.',
  '"',
  '${',
  '<<EOT\n',
  'EOT',
  '\n',
  '\n',
  '"./"',
  '"../a"',
  'var',
  'local',
  'each',
  'null',
  'true',
  '0',
  '1e999',
  '-',
  '!',
  '*',
  '&&',
  '#',
  '/*',
  '*/',
  'merge',
  'lookup',
  '\\',
);

describe('any words in any order', () => {
  it('never throw, never hang, and give findings that are whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(words, { maxLength: 60 }), { minLength: 1, maxLength: 4 }),
        async (texts) => {
          const files = Object.fromEntries(
            texts.map((text, index) => [
              ['a/x.tf', 'a/y.tf', 'main.tf', 'terraform.tfvars'][index] ?? 'z.tf',
              text.join(' '),
            ]),
          );
          for (const { where, title } of await found(files, { rollout: 'pin' })) {
            expect(title).toMatch(/^\S[^\n]*\.$/);
            expect(where.line).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 1000 },
    );
  }, 60_000);
});
