import { describe, expect, it } from 'vitest';
import { DEPLOY_YML, deployWorkflow } from '../../../../src/stages/hygiene/workflows/example-workflow.ts';
import { realDatabase } from '../../../../src/stages/hygiene/workflows/real-database.ts';
import { readWorkflows } from '../../../../src/stages/hygiene/workflows/subject.ts';
import { exampleRepository } from '../example-repository.ts';

async function placesIn(files: Readonly<Record<string, string>>, context = '.'): Promise<readonly string[]> {
  const all = { [DEPLOY_YML]: deployWorkflow(), ...files };
  const subject = await readWorkflows(exampleRepository({ name: '', files: all, facts: { context } }));
  return subject === undefined
    ? []
    : realDatabase.find(subject).map(({ where }) => `${where.file}:${where.line ?? ''}`);
}

describe('a database driver', () => {
  it.each([
    ['requirements.txt', 'psycopg2-binary==2.9.11'],
    ['requirements/base.txt', undefined],
    ['pyproject.toml', 'dependencies = ["fastapi", "asyncpg>=0.30"]'],
    ['pyproject.toml', 'psycopg = { version = "^3.2", extras = ["binary"] }'],
    ['setup.cfg', '    mysqlclient'],
    ['go.mod', '\tgithub.com/jackc/pgx/v5 v5.7.6'],
    ['Gemfile', 'gem "pg", "~> 1.6"'],
    ['pom.xml', '      <artifactId>postgresql</artifactId>'],
    ['build.gradle.kts', '  runtimeOnly("org.postgresql:postgresql:42.7.8")'],
    ['Cargo.toml', 'tokio-postgres = "0.7"'],
    ['src.csproj', '    <PackageReference Include="Npgsql" Version="9.0.4" />'],
  ])('is seen in %s: %s', async (path, line) => {
    const found = await placesIn({ [path]: `${line ?? 'psycopg==3.2.12'}\n` });
    expect(found).toEqual(line === undefined ? [] : [`${path}:1`]);
  });

  it.each([
    ['requirements.txt', '# psycopg==3.2.12'],
    ['requirements.txt', 'psycopg-pool==3.2.7'],
    ['requirements.txt', 'types-psycopg2==2.9'],
    ['requirements-test.txt', 'psycopg==3.2.12'],
    ['package.json', '{ "name": "pg" }'],
    ['package.json', '{\n"devDependencies": {\n"pg": "8"\n}\n}'],
    ['go.mod', 'module github.com/acme/pgx-tools'],
    ['examples/api/requirements.txt', 'psycopg==3.2.12'],
  ])('is not what stands in %s: %s', async (path, line) => {
    expect(await placesIn({ [path]: `${line}\n` })).toEqual([]);
  });

  it('counts where the build context is', async () => {
    expect(await placesIn({ 'api/requirements.txt': 'psycopg==3.2.12\n' }, 'api')).toEqual([
      'api/requirements.txt:1',
    ]);
  });
});

describe('a workflow that may start a database', () => {
  const ci = (steps: string) => `on: pull_request\njobs:\n  test:\n    steps:\n${steps}`;

  it.each([
    '      - run: docker compose up -d --wait\n',
    '      - run: docker run -d -p 5432:5432 postgres:17\n',
    '      - uses: ikalnytskyi/action-setup-postgres@v7\n',
    '      - run: sudo systemctl start postgresql\n',
    '      - run: make test\n',
    '      - run: ./scripts/test.sh\n',
    '      - uses: ./.github/actions/database\n',
  ])('counts as one: %s', async (steps) => {
    const files = { 'requirements.txt': 'psycopg==3.2.12\n', '.github/workflows/ci.yml': ci(steps) };
    expect(await placesIn(files)).toEqual([]);
  });

  it('is not one that starts something else', async () => {
    const services = '    services:\n      cache:\n        image: redis:8\n';
    const files = {
      'requirements.txt': 'psycopg==3.2.12\n',
      '.github/workflows/ci.yml': `on: push\njobs:\n  test:\n${services}    steps:\n      - run: pytest\n`,
    };
    expect(await placesIn(files)).toEqual(['requirements.txt:1']);
  });
});
