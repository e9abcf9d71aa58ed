import { posix } from 'node:path';
import type { Rule } from '../rule.ts';
import { copiedSources, coversAll } from './copies.ts';
import { type Dockerfile, type Dockerfiles, inEach } from './dockerfile.ts';

/** DG010: the whole checkout, git's history and all, goes into the image. */
export const noDockerignore: Rule<Dockerfiles> = {
  code: 'DG010',
  summary: 'The whole context copied without a .dockerignore',
  level: 'warning',
  why: '`COPY . .` takes everything that stands in the folder: `.git` with its history (and the token that the checkout may have left in its configuration), `.env` files, tests, documentation. Whoever can pull the image has them. And as each commit changes `.git`, no layer behind it ever comes from the cache.',
  how: 'Looks for a `COPY` or `ADD` of the whole context in the stages that take part in the build, where neither the context’s `.dockerignore` nor one beside the Dockerfile (`Dockerfile.dockerignore`) has a pattern. A note where the context is a folder within the repository: `.git` is not in it. A context that is not in the repository is left alone.',
  fix: 'Add a `.dockerignore` to the context, with what the image does not need:\n\n```text\n.git\n.github\n**/.env\n**/.env.*\n**/__pycache__\n**/.pytest_cache\n**/node_modules\n**/.DS_Store\ndocs\ninfra\n```',
  source: 'https://docs.docker.com/build/concepts/context/#dockerignore-files',
  see: "git ls-files '*.dockerignore'",
  examples: {
    fails: [
      {
        name: 'no .dockerignore',
        files: { Dockerfile: 'FROM python:3.13-slim\nWORKDIR /app\nCOPY --chown=app . .\n' },
        at: ['Dockerfile:3'],
      },
      {
        name: 'one with nothing but comments, and another folder’s',
        files: {
          Dockerfile:
            'FROM node:22 AS build\nADD ["./", "/src/"]\nFROM nginx:1.29\nCOPY --from=build /src/dist /srv\n',
          '.dockerignore': '# nothing yet\n\n',
          'web/.dockerignore': '.git\n',
        },
        at: ['Dockerfile:2'],
      },
    ],
    passes: [
      {
        name: 'a .dockerignore',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY . .\n', '.dockerignore': '.git\n' },
      },
      {
        name: 'one beside the Dockerfile',
        files: {
          'docker/app.Dockerfile': 'FROM python:3.13-slim\nCOPY . .\n',
          'docker/app.Dockerfile.dockerignore': '*\n!src\n',
        },
        facts: { dockerfile: 'docker/app.Dockerfile', context: '.' },
      },
      {
        name: 'what is copied has names',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY src ./src\nCOPY requirements.txt .\n' },
      },
      {
        name: 'from another stage',
        files: { Dockerfile: 'FROM node:22 AS build\nFROM nginx:1.29\nCOPY --from=build . .\n' },
      },
      {
        name: 'a context elsewhere',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY . .\n' },
        facts: { context: undefined },
      },
    ],
  },
  find: inEach((dockerfile) => {
    const { file, context, ignored, stages } = dockerfile;
    if (context === undefined || ignored?.length) return [];
    const copy = stages.flatMap(({ own }) => own).find((each) => copiedSources(each).some(coversAll));
    if (copy === undefined) return [];
    const place = posix.join(context, '.dockerignore');
    const isRoot = posix.normalize(context) === '.';
    return [
      {
        where: { file, line: copy.line },
        ...(isRoot ? {} : { level: 'note' as const }),
        title: `${file} copies all of ${isRoot ? 'the checkout, `.git` and all' : context}, and ${place} ${ignored ? 'has no pattern' : 'does not exist'}.`,
        fix: `${ignored ? 'Add to' : 'Create'} ${place}:\n${linesFor(dockerfile)
          .map((line) => `  ${line}`)
          .join('\n')}`,
      },
    ];
  }),
};

/** What is in nearly every checkout, and of the rest what this one has. */
function linesFor({ context, contextFiles }: Dockerfile): readonly string[] {
  const has = (pattern: RegExp) => [...contextFiles].some((path) => pattern.test(path));
  const python = has(/\.py$/) ? ['**/__pycache__', '**/*.py[co]', '**/.pytest_cache', '.venv'] : [];
  const node = has(/(^|\/)package\.json$/) ? ['**/node_modules', '**/npm-debug.log'] : [];
  const folders = ['.github', 'docs', 'infra', 'terraform', 'monitoring'].filter((folder) =>
    has(new RegExp(`^${folder.replace('.', '\\.')}/`)),
  );
  // What is tracked may be what a framework reads its defaults from, at build time as well.
  const environment = has(/(^|\/)\.env(\.[\w-]+)?$/)
    ? ['**/.env.local', '**/.env.*.local']
    : ['**/.env', '**/.env.*'];
  const git = context === undefined || posix.normalize(context) === '.' ? ['.git'] : [];
  return [...git, ...environment, '**/.DS_Store', ...python, ...node, ...folders];
}
