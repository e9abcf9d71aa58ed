import type { Hit, Rule } from '../rule.ts';
import type { ComposeFile, Dependency, Service } from './compose-file.ts';
import type { ComposeFiles } from './group.ts';

/** Stores and queues that take a while to start, whose official images have no HEALTHCHECK, and a command that asks. */
export const PROBES: Readonly<Record<string, string>> = {
  postgres: '["CMD-SHELL", "pg_isready -U $${POSTGRES_USER:-postgres}"]',
  mysql: '["CMD-SHELL", "mysqladmin ping -h 127.0.0.1 --silent"]',
  mariadb: '["CMD", "healthcheck.sh", "--connect", "--innodb_initialized"]',
  mongo: '["CMD", "mongosh", "--quiet", "--eval", "db.adminCommand(\'ping\')"]',
  rabbitmq: '["CMD", "rabbitmq-diagnostics", "-q", "ping"]',
  redis: '["CMD", "redis-cli", "ping"]',
  valkey: '["CMD", "valkey-cli", "ping"]',
};

/** DG087: a service starts before the one that it needs is ready. */
export const noWaiting: Rule<ComposeFiles> = {
  code: 'DG087',
  summary: '`depends_on` does not wait until the other service is ready',
  level: 'note',
  worst: 'warning',
  why: 'A plain `depends_on` waits until the other container is started, not until the database in it takes connections. Migrations and tests then fail on a slow machine or a fresh volume and pass the second time. With `condition: service_healthy` and no health check, the service does not start at all.',
  how: 'Looks at the services that are built here and depend on PostgreSQL, MySQL, MariaDB, MongoDB or RabbitMQ (their images bring no health check): without a `healthcheck` in the file or in one beside it, or with one that `depends_on` does not ask for. Also at any service that waits for the health check of one of these, of Redis or of Valkey, which has none. Services that extend others are left alone.',
  fix: 'Give it a health check, and wait for that:\n\n```yaml\nservices:\n  api:\n    depends_on:\n      db:\n        condition: service_healthy\n  db:\n    image: postgres:17\n    healthcheck:\n      test: ["CMD-SHELL", "pg_isready -U $${POSTGRES_USER:-postgres}"]\n      interval: 5s\n      retries: 10\n```',
  source: 'https://docs.docker.com/compose/how-tos/startup-order/',
  see: "git grep -n -A 4 -E 'depends_on|healthcheck' -- '*compose*.y*ml'",
  examples: {
    fails: [
      {
        name: 'no health check',
        files: {
          'docker-compose.yml':
            'services:\n  api:\n    build: .\n    depends_on:\n      - db\n      - mailer\n  db:\n    image: postgres:17\n  mailer:\n    build: mailer\n',
        },
        at: ['docker-compose.yml:5'],
      },
      {
        name: 'once where several services share the place',
        files: {
          'compose.yaml':
            'x-app: &app\n  build: .\n  depends_on: [db]\nservices:\n  web:\n    <<: *app\n  worker:\n    <<: *app\n  db:\n    image: mongo:8\n',
        },
        at: ['compose.yaml:3'],
      },
      {
        name: 'a health check that nobody waits for, and a wait for one that is not there',
        files: {
          'compose.yaml':
            'services:\n  api:\n    build: .\n    depends_on:\n      db:\n        condition: service_started\n      cache:\n        condition: service_healthy\n  db:\n    image: docker.io/library/mysql:8.4\n    healthcheck: { test: ["CMD", "mysqladmin", "ping"] }\n  cache:\n    image: redis:8\n',
        },
        at: ['compose.yaml:5', 'compose.yaml:7'],
      },
    ],
    passes: [
      {
        name: 'waits for the health check',
        files: {
          'compose.yaml':
            'services:\n  api:\n    build: .\n    depends_on:\n      db: { condition: service_healthy }\n  db:\n    image: postgres:17\n    healthcheck: { test: ["CMD", "pg_isready"] }\n',
        },
      },
      {
        name: 'the health check is in the override',
        files: {
          'compose.yaml':
            'services:\n  api:\n    build: .\n    depends_on:\n      db: { condition: service_healthy }\n  db:\n    image: postgres:17\n',
          'compose.override.yaml': 'services:\n  db:\n    healthcheck: { test: ["CMD", "pg_isready"] }\n',
        },
      },
      {
        name: 'a store that is there at once, and a tool of somebody else',
        files: {
          'compose.yaml':
            'services:\n  api:\n    build: .\n    depends_on: [cache]\n  cache:\n    image: valkey/valkey:8\n  adminer:\n    image: adminer:5\n    depends_on: [db]\n  db:\n    image: postgres:17\n    healthcheck: { test: ["CMD", "pg_isready"] }\n',
        },
      },
      {
        name: 'an image that may bring its own',
        files: {
          'compose.yaml':
            'services:\n  api:\n    build: .\n    depends_on: [db, other]\n  db:\n    image: example.com/db:1\n',
        },
      },
    ],
  },
  find: ({ files }) => files.flatMap((each) => waitsIn(each).map(({ hit }) => hit)),
};

/** Every wait that is not one, with the service that is waited for. */
export function waitsIn({
  file,
  services,
}: ComposeFile): readonly { readonly hit: Hit; readonly on: string }[] {
  const waits = services.flatMap((service) =>
    service.dependsOn.flatMap((dependency) => {
      const other = services.findLast(({ name }) => name === dependency.name);
      const words = other && problemOf(service, dependency, other);
      return words ? [{ hit: { where: { file, line: dependency.line }, ...words }, on: other.name }] : [];
    }),
  );
  // Services that share their settings by an anchor share the place as well.
  const seen = new Set<number>();
  return waits.filter(({ hit: { where } }) => !seen.has(where.line) && seen.add(where.line));
}

const AT_ONCE = new Set(['redis', 'valkey']);

function problemOf(service: Service, { condition }: Dependency, other: Service) {
  const kind = storeOf(other.image?.text ?? '');
  if (kind === undefined || other.extendsOther || condition === 'service_completed_successfully')
    return undefined;
  const waits = condition === 'service_healthy';
  if (waits && other.hasHealthcheck) return undefined;
  // Redis and Valkey are there at once, and what others have made waits for itself.
  if (!waits && (!service.isBuilt || AT_ONCE.has(kind))) return undefined;
  const wait = `in ${service.name}: \`depends_on: { ${other.name}: { condition: service_healthy } }\``;
  if (other.hasHealthcheck) {
    return {
      title: `Service ${service.name} does not wait for the health check that ${other.name} has.`,
      fix: `Write ${wait}.`,
    };
  }
  const check = `healthcheck: { test: ${PROBES[kind] ?? ''}, interval: 5s, retries: 10 }`;
  return waits
    ? {
        level: 'warning' as const,
        title: `Service ${service.name} waits for a health check of ${other.name}, which has none: it never starts.`,
        fix: `Add to ${other.name}:\n  ${check}`,
      }
    : {
        title: `Service ${service.name} starts before ${other.name} (${kind}) takes connections: it has no health check to wait for.`,
        fix: `Add to ${other.name}:\n  ${check}\nand write ${wait}.`,
      };
}

/** The store that an official image, or Valkey's own, is; undefined for all others. */
export function storeOf(image: string): string | undefined {
  const name = /^(?:docker\.io\/|public\.ecr\.aws\/docker\/)?(?:library\/|valkey\/)?([a-z]+)(?:[:@]|$)/.exec(
    image,
  )?.[1];
  return name !== undefined && Object.hasOwn(PROBES, name) ? name : undefined;
}
