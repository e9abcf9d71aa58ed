import type { Rule } from '../rule.ts';
import type { ComposeFiles } from './group.ts';
import { storeOf } from './no-waiting.ts';

/** DG088: the next pull may bring a database that can't read its files. */
export const movingImages: Rule<ComposeFiles> = {
  code: 'DG088',
  summary: 'A database image without a version',
  level: 'note',
  why: 'A database of a new major version does not start on the files of an old one (PostgreSQL and MySQL), or changes them so that there is no way back. With `latest`, the next `docker compose pull` decides when. And tests run against another version than the one in production.',
  how: 'Looks at the services in `compose.yaml` and `docker-compose*.yml` that have a volume and whose image is PostgreSQL, MySQL, MariaDB, MongoDB or RabbitMQ: without a tag, or with `latest`, `alpine` or another tag that has no number. Other images are left alone.',
  fix: 'Name the version that production runs:\n\n```yaml\nimage: postgres:17-alpine\n```',
  source: 'https://www.postgresql.org/docs/current/upgrading.html',
  see: "git grep -n 'image:' -- '*compose*.y*ml'",
  examples: {
    fails: [
      {
        name: 'latest, and no tag',
        files: {
          'docker-compose.yml':
            'services:\n  db:\n    image: postgres:${PG:-latest}\n    volumes: ["db:/var/lib/postgresql/data"]\n  queue:\n    image: "rabbitmq:management-alpine"\n    volumes: ["queue:/var/lib/rabbitmq"]\n',
        },
        at: ['docker-compose.yml:3', 'docker-compose.yml:6'],
      },
    ],
    passes: [
      {
        name: 'a database that keeps nothing, and a Redis, which reads what an older one wrote',
        files: {
          'compose.yaml':
            'services:\n  cache:\n    image: redis\n    volumes: ["cache:/data"]\n  db:\n    image: postgres\n',
        },
      },
      {
        name: 'versions, a digest, and other images',
        files: {
          'docker-compose.yml':
            'services:\n  db:\n    image: postgres:17-alpine\n    volumes: ["db:/var/lib/postgresql/data"]\n  cache:\n    image: redis:${REDIS_VERSION}\n  docs:\n    image: nginx\n  old:\n    image: mysql@sha256:0b2a1c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9\n',
        },
      },
    ],
  },
  find: ({ files }) =>
    files.flatMap(({ file, services }) =>
      services.flatMap(({ name, image, keepsData }) => {
        const store = image && storeOf(image.text);
        if (
          !image ||
          store === undefined ||
          /^(redis|valkey)$/.test(store) ||
          !keepsData ||
          image.text.includes('@')
        )
          return [];
        const tag = image.text.split(':')[1] ?? 'latest';
        if (/\d/.test(tag)) return [];
        return [
          {
            where: { file, line: image.line },
            title: `The ${store} of service ${name} has no version: the next pull may bring one that cannot read its files.`,
            fix: `Write \`image: ${image.text.split(':')[0]}:\` and the version that production runs.`,
          },
        ];
      }),
    ),
};
