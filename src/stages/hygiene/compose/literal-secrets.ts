import { hasUrlPassword, isStandIn, namesSecret } from '../dockerfile/secret-names.ts';
import type { Rule } from '../rule.ts';
import type { Variable } from './compose-file.ts';
import type { ComposeFiles } from './group.ts';

/** DG086: who can read the repository has the secret. */
export const literalSecrets: Rule<ComposeFiles> = {
  code: 'DG086',
  summary: 'A secret written into a Compose file',
  level: 'warning',
  why: 'What stands in a tracked file is in git for good: in each clone, each fork and each runner’s checkout. If the value is used anywhere else than on a laptop, whoever can read the repository can use it.',
  how: 'Looks at the `environment` of services in `compose.yaml` and `docker-compose*.yml`: a password in a URL to another host, and values that look made by a generator under a name that ends as a secret’s does. Keys and tokens that their form gives away are named by DG030 and DG031. Variables, their placeholders, paths and words that somebody made up for a laptop are left alone. Values are never shown.',
  fix: 'Take it from the environment, and make a new value, because this one is known:\n\n```yaml\nenvironment:\n  JWT_SECRET: ${JWT_SECRET:?set it in .env}\n```',
  source: 'https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/',
  see: "git grep -n -i -E 'secret|token|_key' -- '*compose*.y*ml'",
  examples: {
    fails: [
      {
        name: 'by its name, and in a URL',
        files: {
          'compose.yaml':
            'services:\n  api:\n    build: .\n    environment:\n      JWT_SECRET: 7f3c9a1be0d24c5f8a6b1d2e3f405162\n      DATABASE_URL: postgres://app:k3Vw9ahz@db.example.com/app\n',
        },
        at: ['compose.yaml:5', 'compose.yaml:6'],
      },
    ],
    passes: [
      {
        name: 'from the environment, or made up for a laptop',
        files: {
          'docker-compose.yml':
            'services:\n  api:\n    build: .\n    environment:\n      JWT_SECRET: ${JWT_SECRET}\n      SECRET_KEY: not-for-production\n      API_TOKEN: changeme\n      DATABASE_URL: postgres://postgres:postgres@db:5432/app\n      DB_PASSWORD_FILE: /run/secrets/db\n',
        },
      },
    ],
  },
  find: ({ files }) =>
    files.flatMap(({ file, services }) =>
      services.flatMap((service) =>
        service.environment.flatMap((variable) => {
          const kind = kindOf(variable);
          if (kind === undefined) return [];
          return [
            {
              where: { file, line: variable.line },
              title: `${variable.name} of service ${service.name} is ${kind}, written into git.`,
              fix: `Write \`${variable.name}: \${${variable.name}:?}\`, set it in \`.env\`, which git ignores, and make a new value.`,
            },
          ];
        }),
      ),
    ),
};

function kindOf({ name, value }: Variable): string | undefined {
  if (value === undefined) return undefined;
  if (hasUrlPassword(value)) return 'a URL with a password';
  return namesSecret(name) && !isStandIn(value) && looksGenerated(value) ? 'a secret' : undefined;
}

/** 20 characters or more without a word in them: digits all over, or three classes that take turns. */
function looksGenerated(value: string): boolean {
  if (!/^[\w+/=.~-]{20,}$/.test(value)) return false;
  const turns = value.match(/\d(?=[A-Za-z])|[A-Za-z](?=\d)|[a-z](?=[A-Z])/g)?.length ?? 0;
  return turns >= value.length / 5;
}
