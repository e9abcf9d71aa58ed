import { likelyPort, probeOf } from '../dockerfile/probes.ts';
import type { Hit, Rule } from '../rule.ts';
import { stageKey } from './built-stages.ts';
import { type ComposeFile, isForDevelopment, type Service } from './compose-file.ts';
import type { ComposeFiles } from './group.ts';
import { PROBES, storeOf, waitsIn } from './no-waiting.ts';

/** DG089: Compose calls a service that hangs running. */
export const noHealthchecks: Rule<ComposeFiles> = {
  code: 'DG089',
  summary: 'Services of a Compose file without a health check',
  level: 'note',
  why: 'Without a health check, `docker compose ps` calls a service that hangs running, `docker compose up --wait` is done before it answers, and no other service can wait for it.',
  how: 'Looks at the services of `compose.yaml` and `docker-compose*.yml` that are built here and have a port or another service that depends on them, and at PostgreSQL, MySQL, MariaDB, MongoDB and RabbitMQ with a published port: those without a `healthcheck`, in the file or in one beside it, whose Dockerfile has no `HEALTHCHECK` either. One finding for each file. Left alone are workers without a port, services that run once or that extend others, what `depends_on` was told of already, a Dockerfile that could not be read, other images, which may bring a check, and overrides and files for development and tests.',
  fix: 'With its own port and path, and a program that the image has:\n\n```yaml\nservices:\n  api:\n    healthcheck:\n      test: ["CMD", "curl", "-fsS", "http://localhost:8000/health"]\n      interval: 10s\n      timeout: 3s\n      retries: 5\n      start_period: 20s\n```\n\nOr a `HEALTHCHECK` in its Dockerfile, which serves docker as well. ECS reads neither: it reads the `healthCheck` of the task definition.',
  source: 'https://docs.docker.com/reference/compose-file/services/#healthcheck',
  see: "git grep -c healthcheck: -- '*compose*.y*ml'",
  examples: {
    fails: [
      {
        name: 'two that are built, and a database that is open',
        files: {
          'docker-compose.yml':
            'services:\n  web:\n    build: web\n    ports: ["8080:3000"]\n    depends_on: [api]\n  api:\n    build:\n      context: .\n      dockerfile: api/Dockerfile\n  db:\n    image: postgres:17\n    ports: ["127.0.0.1:5432:5432"]\n',
          'web/Dockerfile': 'FROM node:22-slim\nCMD ["node", "."]\n',
          'api/Dockerfile': 'FROM python:3.13-slim\nCMD ["python", "app.py"]\n',
        },
        at: ['docker-compose.yml:2'],
      },
      {
        name: 'the stage that is built has none',
        files: {
          'compose.yaml': 'services:\n  web:\n    build: { context: ., target: app }\n    expose: ["80"]\n',
          Dockerfile: 'FROM nginx:1.29 AS app\nFROM app\nHEALTHCHECK CMD curl -f http://localhost/\n',
        },
        at: ['compose.yaml:2'],
      },
    ],
    passes: [
      {
        name: 'one in the Compose file, one in the Dockerfile, one that is switched off',
        files: {
          'compose.yaml':
            'services:\n  a:\n    build: .\n    ports: ["80:80"]\n  b:\n    build: b\n    ports: ["81:80"]\n    healthcheck: { test: ["CMD", "true"] }\n  c:\n    build: b\n    ports: ["82:80"]\n    healthcheck: { disable: true }\n',
          Dockerfile: 'FROM nginx:1.29\nHEALTHCHECK CMD curl -f http://localhost/\n',
          'b/Dockerfile': 'FROM nginx:1.29\n',
        },
      },
      {
        name: 'a worker, migrations that run once, an image of others, and what has no Dockerfile here',
        files: {
          'compose.yaml':
            'services:\n  worker:\n    build: .\n    command: celery worker\n  migrate:\n    build: .\n  api:\n    build: https://github.com/acme/api.git\n    ports: ["80:80"]\n    depends_on:\n      migrate: { condition: service_completed_successfully }\n  grafana:\n    image: grafana/grafana:12.2.0\n    ports: ["127.0.0.1:3000:3000"]\n  lost:\n    build: lost\n    ports: ["81:80"]\n',
          Dockerfile: 'FROM python:3.13-slim\n',
        },
      },
      {
        name: 'a database that DG087 names already',
        files: {
          'compose.yaml':
            'services:\n  worker:\n    build: .\n    depends_on: [db]\n  db:\n    image: postgres:17\n    ports: ["5432:5432"]\n',
          Dockerfile: 'FROM python:3.13-slim\n',
        },
      },
      {
        name: 'a file for development, and what a developer adds',
        files: {
          'compose.dev.yaml': 'services:\n  a:\n    build: .\n    ports: ["80:80"]\n',
          'compose.override.yml': 'services:\n  e2e:\n    build: .\n    ports: ["80:80"]\n',
          Dockerfile: 'FROM nginx:1.29\n',
        },
      },
    ],
  },
  find: (subject) => subject.files.flatMap((file) => hitsIn(file, subject)),
};

function hitsIn(compose: ComposeFile, subject: ComposeFiles): readonly Hit[] {
  // Compose adds an override by itself on a developer's machine alone.
  if (isForDevelopment(compose.file) || /override\.ya?ml$/i.test(compose.file)) return [];
  const told = new Set(waitsIn(compose).map(({ on }) => on));
  const dependedOn = new Set(
    compose.services.flatMap(({ dependsOn }) =>
      dependsOn
        .filter(({ condition }) => condition !== 'service_completed_successfully')
        .map(({ name }) => name),
    ),
  );
  const without = compose.services.filter(
    (service) =>
      !service.decidesHealthcheck &&
      !service.extendsOther &&
      !told.has(service.name) &&
      (service.isBuilt
        ? (service.port !== undefined || dependedOn.has(service.name)) && lacksCheck(service, subject)
        : service.hasPorts && hasNoCheck(service)),
  );
  const [first] = without;
  if (first === undefined) return [];
  const names = without.map(({ name }) => name);
  const listed = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  return [
    {
      where: { file: compose.file, line: first.line },
      title: `${names.length === 1 ? 'Service' : 'Services'} ${listed} ${names.length === 1 ? 'has' : 'have'} no health check: one that hangs counts as running.`,
      fix: fixFor(without.slice(0, 3), subject),
    },
  ];
}

/** Whether the Dockerfile that a service is built from could be read, and has no HEALTHCHECK. */
function lacksCheck({ build }: Service, { stages }: ComposeFiles): boolean {
  const stage = build && stages.get(stageKey(build));
  return stage !== undefined && !stage.lineage.some(({ keyword }) => keyword === 'HEALTHCHECK');
}

/** Whether its image is known to bring no check; Redis and Valkey are there at once. */
function hasNoCheck({ image }: Service): boolean {
  const store = storeOf(image?.text ?? '');
  return store !== undefined && store !== 'redis' && store !== 'valkey';
}

function fixFor(services: readonly Service[], { stages }: ComposeFiles): string {
  const blocks = services.flatMap((service) => {
    const store = storeOf(service.image?.text ?? '');
    const stage = service.build && stages.get(stageKey(service.build));
    const probe = (stage && probeOf(stage, service.port ?? likelyPort(stage))) ?? ['/app', 'healthcheck'];
    const asks = JSON.stringify(['CMD', ...probe]).replaceAll('$', '$$$$');
    return [
      `  ${service.name}:`,
      '    healthcheck:',
      `      test: ${(store && PROBES[store]) ?? asks}`,
      '      interval: 10s',
      '      timeout: 3s',
      '      retries: 5',
    ];
  });
  return [
    'With its own path, and a program that the image has:',
    '```yaml',
    'services:',
    ...blocks,
    '```',
  ].join('\n');
}
