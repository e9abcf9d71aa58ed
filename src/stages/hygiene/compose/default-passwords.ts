import type { Hit, Rule } from '../rule.ts';
import { isForDevelopment, type Service } from './compose-file.ts';
import type { ComposeFiles } from './group.ts';

/** Passwords that everybody tries first, by the variable that sets them. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  GF_SECURITY_ADMIN_PASSWORD: ['admin', 'grafana', 'password', 'secret'],
  POSTGRES_PASSWORD: ['postgres', 'password', 'admin', 'secret', 'example', 'root', 'changeme'],
  PGADMIN_DEFAULT_PASSWORD: ['admin', 'password', 'root', 'pgadmin'],
  MYSQL_ROOT_PASSWORD: ['root', 'password', 'mysql', 'secret', 'example', 'admin'],
  MYSQL_PASSWORD: ['mysql', 'password', 'secret', 'example', 'admin', 'user'],
  MARIADB_ROOT_PASSWORD: ['root', 'password', 'mariadb', 'secret', 'example'],
  MONGO_INITDB_ROOT_PASSWORD: ['example', 'password', 'root', 'mongo', 'admin', 'secret'],
  RABBITMQ_DEFAULT_PASS: ['guest', 'rabbitmq', 'password', 'admin'],
  MINIO_ROOT_PASSWORD: ['minioadmin', 'minio123', 'password', 'minio'],
  MINIO_SECRET_KEY: ['minioadmin', 'minio123', 'password', 'minio'],
  KEYCLOAK_ADMIN_PASSWORD: ['admin', 'password', 'keycloak'],
  KC_BOOTSTRAP_ADMIN_PASSWORD: ['admin', 'password', 'keycloak'],
  DOCKER_INFLUXDB_INIT_PASSWORD: ['admin', 'password', 'influxdb', 'admin123'],
  ELASTIC_PASSWORD: ['changeme', 'elastic', 'password'],
  SA_PASSWORD: ['Password123', 'yourStrong(!)Password', 'P@ssw0rd'],
};

/** DG085: anybody who reaches the port is in. */
export const defaultPasswords: Rule<ComposeFiles> = {
  code: 'DG085',
  summary: 'A default password on a published port',
  level: 'note',
  worst: 'warning',
  why: 'A port that Compose publishes is open on every interface of the machine, past its firewall (`ufw` does not see docker’s rules). With `admin`/`admin` on Grafana or `postgres`/`postgres` on the database, whoever reaches it is in: on a server at once, on a laptop from the same network.',
  how: 'Looks at the services of `compose.yaml` and `docker-compose*.yml` that publish a port on more than the loopback interface, or share the network of the machine: the variables that set the password of Grafana, PostgreSQL, pgAdmin, MySQL, MariaDB, MongoDB, RabbitMQ, MinIO, Keycloak, InfluxDB, Elasticsearch and SQL Server, where they have one of the values that everybody tries (also as the default of a variable); a Grafana that is given none, neither by a file (`env_file`, a `grafana.ini` that is mounted) nor as a secret; a PostgreSQL that trusts everybody. For Grafana it is a warning: its data sources reach into the network behind it, and whoever logs in may ask them. Files for tests, CI and development are left alone, by their names and folders. Values are never shown.',
  fix: 'Take the password from the environment, with no default, and publish the port for this machine alone:\n\n```yaml\nservices:\n  grafana:\n    ports: ["127.0.0.1:3000:3000"]\n    environment:\n      GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_PASSWORD:?set it in .env}\n```',
  source: 'https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw',
  see: "git grep -n -i -E 'password|_pass\\b' -- '*compose*.y*ml'",
  examples: {
    fails: [
      {
        name: 'Grafana and PostgreSQL',
        files: {
          'docker-compose.yml':
            'services:\n  db:\n    image: postgres:17\n    ports: ["5432:5432"]\n    environment:\n      POSTGRES_USER: postgres\n      POSTGRES_PASSWORD: postgres\n  grafana:\n    image: grafana/grafana:12.1.0\n    ports:\n      - 3000:3000\n    environment:\n      - GF_SECURITY_ADMIN_PASSWORD=${GRAFANA_PASSWORD:-admin}\n',
        },
        at: ['docker-compose.yml:7', 'docker-compose.yml:13'],
      },
      {
        name: 'a Grafana that is given none, and a merge',
        files: {
          'monitoring/compose.yaml':
            'x-db: &db\n  POSTGRES_HOST_AUTH_METHOD: trust\nservices:\n  grafana:\n    image: grafana/grafana:12.1.0\n    ports:\n      - target: 3000\n        published: 3000\n  db:\n    image: postgres:17\n    ports: ["0.0.0.0:5432:5432"]\n    environment:\n      <<: *db\n',
        },
        at: ['monitoring/compose.yaml:5', 'monitoring/compose.yaml:2'],
      },
      {
        name: 'in the network of the machine, and with readers who need no name',
        files: {
          'compose.yaml':
            'services:\n  grafana:\n    image: grafana/grafana-oss\n    network_mode: host\n    environment:\n      GF_AUTH_ANONYMOUS_ENABLED: "true"\n',
        },
        at: ['compose.yaml:3'],
      },
    ],
    passes: [
      {
        name: 'from the environment',
        files: {
          'compose.yaml':
            'services:\n  grafana:\n    image: grafana/grafana:12.1.0\n    ports: ["3000:3000"]\n    environment:\n      GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_PASSWORD:?}\n',
        },
      },
      {
        name: 'from a file or a secret',
        files: {
          'compose.yaml':
            'services:\n  a:\n    image: grafana/grafana:12.1.0\n    ports: ["3000:3000"]\n    env_file: grafana.env\n  b:\n    image: grafana/grafana:12.1.0\n    ports: ["3001:3000"]\n    volumes: ["./grafana.ini:/etc/grafana/grafana.ini:ro"]\n  c:\n    image: grafana/grafana:12.1.0\n    ports: ["3002:3000"]\n    environment:\n      GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/grafana\n',
        },
      },
      {
        name: 'for this machine alone, or for the other services',
        files: {
          'compose.yaml':
            'services:\n  db:\n    image: postgres:17\n    ports: ["127.0.0.1:5432:5432"]\n    environment: { POSTGRES_PASSWORD: postgres }\n  queue:\n    image: rabbitmq:4\n    environment: ["RABBITMQ_DEFAULT_PASS=guest"]\n',
        },
      },
      {
        name: 'a folder for development',
        files: {
          'docker/development/compose.yml':
            'services:\n  db:\n    image: postgres:17\n    ports: ["5432:5432"]\n    environment:\n      POSTGRES_PASSWORD: postgres\n',
          'docker-compose.local.yml':
            'services:\n  db:\n    image: postgres:17\n    ports: ["5432:5432"]\n    environment:\n      POSTGRES_PASSWORD: postgres\n',
        },
      },
      {
        name: 'a file for tests',
        files: {
          'docker-compose.test.yml':
            'services:\n  db:\n    image: postgres:17\n    ports: ["5432:5432"]\n    environment:\n      POSTGRES_PASSWORD: postgres\n',
        },
      },
    ],
  },
  find: ({ files }) =>
    files
      .filter(({ file }) => !isForDevelopment(file))
      .flatMap(({ file, services }) =>
        services
          .filter(({ isPublished }) => isPublished)
          .flatMap((service) => [...defaultsIn(service, file), ...unsetGrafana(service, file)]),
      ),
};

function defaultsIn({ name: service, environment }: Service, file: string): readonly Hit[] {
  return environment.flatMap(({ name, value, line }) => {
    const isOpen = name === 'POSTGRES_HOST_AUTH_METHOD' && value === 'trust';
    const known = Object.hasOwn(DEFAULTS, name) ? DEFAULTS[name] : undefined;
    if (!isOpen && (value === undefined || !known?.includes(value))) return [];
    return [
      {
        where: { file, line },
        ...(name.startsWith('GF_') ? { level: 'warning' as const } : {}),
        title: isOpen
          ? `PostgreSQL of service ${service} asks nobody for a password, and its port is open to the network.`
          : `${name} of service ${service} is a password that everybody tries first, and its port is open to the network.`,
        fix: isOpen
          ? 'Set `POSTGRES_PASSWORD` instead, or publish the port as `127.0.0.1:5432:5432`.'
          : `Write \`${name}: \${${name}:?}\` and set it in \`.env\`, which git ignores, or publish the port for \`127.0.0.1\` alone.`,
      },
    ];
  });
}

/** Where Grafana reads its settings: https://grafana.com/docs/grafana/latest/setup-grafana/configure-docker/ */
const SETTINGS = /^\/etc\/grafana(\/(grafana|custom)\.ini)?\/?$/;

/** Grafana's own default is admin/admin. */
function unsetGrafana(service: Service, file: string): readonly Hit[] {
  const { name, image, environment, extendsOther, hasEnvFile, mounts } = service;
  if (extendsOther || hasEnvFile || mounts.some((path) => SETTINGS.test(path))) return [];
  if (!image || !/(^|\/)grafana(-oss|-enterprise)?(:|@|$)/.test(image.text)) return [];
  const settles =
    /^GF_(SECURITY_ADMIN_PASSWORD|SECURITY_DISABLE_INITIAL_ADMIN_CREATION|AUTH_(?!ANONYMOUS)|PATHS_CONFIG)/;
  if (environment.some((variable) => settles.test(variable.name))) return [];
  return [
    {
      where: { file, line: image.line },
      level: 'warning',
      title: `Grafana of service ${name} starts with its default password, and its port is open to the network.`,
      fix: 'Add `GF_SECURITY_ADMIN_PASSWORD: ${GF_SECURITY_ADMIN_PASSWORD:?}` to its environment, and set it in `.env`, which git ignores.',
    },
  ];
}
