import type { Hit, Rule } from '../rule.ts';
import type { SeenFile, TrackedFiles } from './subject.ts';
import { someOf, untrack } from './untrack.ts';

/** DG026: a file of environment variables that is tracked. */
export const trackedEnvFiles: Rule<TrackedFiles> = {
  code: 'DG026',
  summary: 'A file of environment variables is tracked by git',
  level: 'note',
  why: 'What is in a `.env` file is in every clone and in the history for good. Where the image copies the whole context it is in every image too, and wins over what the task definition sets, in frameworks that read it at start.',
  how: 'Looks at tracked `.env`, `.env.*` and `*.env`. One that gives a real value to a variable such as `API_TOKEN`, or an address with a password, is an error at the first such line. `.env`, `.env.local` and those of production and staging without any are one note together; others are left alone. So are names that say example, sample, template, test or vault, files for tests, encrypted values, references (`$OTHER`, `op://…`), placeholders, and passwords of a local database such as `postgres`.',
  fix: 'Take it out of git, keep it out, and change the secrets that were in it:\n\n```sh\ngit rm --cached .env\necho ".env" >> .gitignore\n```\n\nECS gives a container its secrets by `secrets` in the task definition; for others, commit a `.env.example` without values.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html',
  see: "git ls-files '.env*' '*.env' '**/.env*'",
  examples: {
    fails: [
      {
        name: 'a token and a database address',
        files: {
          '.env':
            'LOG_LEVEL=info\nAPI_TOKEN=9f8s7dKq2mVx41\nDATABASE_URL=postgres://app:k2Vq9mZr7p@db.internal/app\n',
        },
        at: ['.env:2'],
      },
      { name: 'nothing secret in it yet', files: { '.env': 'PORT=8000\n' }, at: ['.env'] },
      {
        name: 'of production',
        files: { 'app/.env.production': 'export SECRET_KEY="Zr7pk2Vq9m"\n' },
        at: ['app/.env.production:1'],
      },
    ],
    passes: [
      {
        name: 'a pattern, a local database, references, public settings',
        files: {
          '.env.example': 'API_TOKEN=9f8s7dKq2mVx41\n',
          '.env.test': 'SECRET_KEY=9f8s7dKq2mVx41\n',
          '.env.development':
            'POSTGRES_PASSWORD=postgres\nSECRET_KEY=changethis\nORDERS_PASSWORD=orders_password  # as in init.sql\nDATABASE_URL=postgres://app:postgres@db/app\nAPI_TOKEN=$TOKEN\nVITE_API_KEY=pub9f8s7dKq2mVx\nTOKEN_URL=https://id.example.com\n',
          'docker/local.env': 'PORT=8000\n',
        },
      },
    ],
  },
  find: ({ seen }) => {
    const files = seen.filter(({ kind, isTest }) => kind === 'environment' && !isTest);
    const others = files.filter(
      ({ assignments, path }) => assignments.length === 0 && WITHOUT_SECRETS.test(path),
    );
    return [...files.flatMap(secretHits), ...withoutSecrets(others)];
  },
};

const WITHOUT_SECRETS = /(^|\/)\.env(\.(local|prod(uction)?|stag(e|ing)))?(\.local)?$/i;

function secretHits({ path, assignments }: SeenFile): readonly Hit[] {
  const [first] = assignments;
  if (first === undefined) return [];
  return [
    {
      where: { file: path, line: first.line },
      level: 'error',
      title: `This file is tracked by git, and holds what looks like a secret: ${someOf(assignments.map(({ name }) => name))}.`,
      fix: `Change the secret, because the history keeps it. ${untrack(path)}`,
    },
  ];
}

/** All of them in one note: some frameworks keep public settings there. */
function withoutSecrets(files: readonly SeenFile[]): readonly Hit[] {
  const [first] = files;
  if (first === undefined) return [];
  const names = someOf(files.map(({ path }) => path));
  return [
    {
      where: { file: first.path },
      title: `Environment variables are tracked by git (${names}): a secret that is written there is in the history for good.`,
      fix:
        files.length === 1
          ? untrack(first.path)
          : 'Keep secrets out of them. Where they hold public settings alone, ignore this code by `hygiene-ignore`.',
    },
  ];
}
