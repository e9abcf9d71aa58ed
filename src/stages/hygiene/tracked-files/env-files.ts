import type { Hit, Rule } from '../rule.ts';
import type { SeenFile, TrackedFiles } from './subject.ts';
import { someOf, untrack } from './untrack.ts';

/** DG026: a file of environment variables that is tracked. */
export const trackedEnvFiles: Rule<TrackedFiles> = {
  code: 'DG026',
  summary: 'A file of environment variables is tracked by git',
  level: 'note',
  worst: 'error',
  why: 'What is in a `.env` file is in every clone and in the history for good. Where the image copies the whole context it is in every image too, and wins over what the task definition sets, in frameworks that read it at start.',
  how: 'Looks at tracked `.env`, `.env.*` and `*.env`. One that gives a real value to a variable such as `API_TOKEN`, or an address with a password, is an error at the first such line. `.env`, `.env.local` and those of production and staging are a warning where they set such a variable to a stand-in (`changeme`, `postgres`, a short word), because the real value will be written in its place; without such variables (`PORT=3000`, or the public settings of Vite, Next.js and Create React App) they are one note together; others are left alone. Symfony means its `.env` to be tracked: there a real `APP_SECRET` is a warning, and a stand-in no more than the note. Left alone are names that say example, sample, template, test or vault, files for tests, encrypted values, references (`$OTHER`, `op://…`), and an address with the password of a local database such as `postgres`.',
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
        name: 'a stand-in where the secret will be written',
        files: { '.env': 'DEBUG=1\nSECRET_KEY=changethis\nPOSTGRES_PASSWORD=postgres\n' },
        at: ['.env:2'],
      },
      {
        name: "Laravel's key, and a mail server",
        files: {
          '.env':
            'APP_NAME=Shop\nAPP_KEY=base64:h7Kq2mVx9Zr4pT1wLc8Yd3Nf6Bg5Js0aHa1uQe7R2Vk=\nMAIL_PASS=k2Vq9mZr7p\n',
        },
        at: ['.env:2'],
      },
      {
        name: 'the APP_SECRET of Symfony',
        files: {
          '.env':
            '###> symfony/framework-bundle ###\nAPP_ENV=dev\nAPP_SECRET=2ca64f8d83b9e89f5f19d672841d6bb8\n###< symfony/framework-bundle ###\n',
        },
        at: ['.env:3'],
      },
      {
        name: "Symfony's own defaults, and the public settings of a web page",
        files: {
          '.env':
            '###> symfony/framework-bundle ###\nAPP_ENV=dev\nAPP_SECRET=\n###< symfony/framework-bundle ###\nMAILER_PASSWORD=null\nDATABASE_URL="postgresql://app:!ChangeMe!@127.0.0.1:5432/app"\nMERCURE_JWT_SECRET="!ChangeThisMercureHubJWTSecretKey!"\n',
          'web/.env': 'REACT_APP_API_KEY=pub9f8s7dKq2mVx\nPORT=3000\n',
        },
        at: ['.env'],
      },
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
    const hits = files.flatMap(secretHits);
    const named = new Set(hits.map(({ where }) => where.file));
    return [
      ...hits,
      ...withoutSecrets(files.filter(({ path, isText }) => isText && isWatched(path) && !named.has(path))),
    ];
  },
};

/** Files that are for more than a developer's own machine, by their names. */
function isWatched(path: string): boolean {
  return /(^|\/)\.env(\.(local|prod(uction)?|stag(e|ing)))?(\.local)?$/i.test(path);
}

function secretHits({ path, assignments, standIns, isFramework }: SeenFile): readonly Hit[] {
  const [first] = assignments;
  if (first !== undefined && isFramework && assignments.every(({ name }) => name === 'APP_SECRET')) {
    return [
      {
        where: { file: path, line: first.line },
        level: 'warning',
        title:
          'The APP_SECRET in this tracked file is what production signs with, unless its container is given another.',
        fix: 'Leave `APP_SECRET=` empty here, write one for developers to `.env.dev`, and give the container its own by `secrets` in the task definition.',
      },
    ];
  }
  if (first !== undefined) {
    return [
      {
        where: { file: path, line: first.line },
        level: 'error',
        title: `This file is tracked by git, and holds what looks like a secret: ${someOf(assignments.map(({ name }) => name))}.`,
        fix: `Change the secret, because the history keeps it. ${untrack(path)}`,
      },
    ];
  }
  const [standIn] = standIns;
  if (standIn === undefined || isFramework || !isWatched(path)) return [];
  return [
    {
      where: { file: path, line: standIn.line },
      level: 'warning',
      title: `This file is tracked by git, and is where secrets will be written: ${someOf(standIns.map(({ name }) => name))} ${standIns.length === 1 ? 'has a stand-in' : 'have stand-ins'} now.`,
      fix: `Keep the stand-ins in a tracked \`.env.example\`, and each one's own values in \`.env\`. ${untrack(path)}`,
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
      fix: `Keep secrets out of ${files.length === 1 ? 'it' : 'them'}: where public settings alone are meant to be there, say so by \`hygiene-ignore: DG026 ${first.path}\`. ${files.length === 1 ? `Else: ${untrack(first.path)}` : 'Else take them out of git by `git rm --cached`.'}`,
    },
  ];
}
