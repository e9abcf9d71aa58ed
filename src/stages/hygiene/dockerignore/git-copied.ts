import { size } from '../../report/words.ts';
import type { Rule } from '../rule.ts';
import type { BuildContext } from './build-context.ts';
import { addLines, copyText, intoText } from './words.ts';

/** DG021: the repository in the image. */
export const gitCopied: Rule<BuildContext> = {
  code: 'DG021',
  summary: 'The git repository is copied into the image',
  level: 'warning',
  why: '`.git` holds every version of every file, also the ones that were deleted because they had a secret in them, and until version 6 actions/checkout leaves its token in `.git/config`. It changes with each commit, so that the layer and all after it are built, pushed and pulled anew each time.',
  how: 'Where `.git` is in the build context, `.dockerignore` does not leave it out, and a `COPY` or `ADD` of the whole context takes it. Into a stage that only helps to build it is a note: some builds read their version from it.',
  fix: 'In `.dockerignore`:\n\n```text\n.git\n```\n\nA build that needs the version takes it as an argument: `build-args: VERSION=${{ github.sha }}`.',
  source: 'https://docs.docker.com/build/concepts/context/#dockerignore-files',
  see: 'docker run --rm --entrypoint ls IMAGE -la .git',
  examples: {
    fails: [
      {
        name: 'no .dockerignore',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY . /app\n', 'app.py': '' },
        untracked: { '.git/': '' },
        at: ['Dockerfile:2'],
      },
      {
        name: 'with the token of actions/checkout',
        files: {
          Dockerfile: 'FROM golang:1.25 AS build\nADD . /src\nFROM scratch\nCOPY --from=build /a /a\n',
          '.dockerignore': '.github\n',
        },
        untracked: {
          '.git/': '',
          '.git/config': '[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic x\n',
        },
        at: ['Dockerfile:2'],
      },
    ],
    passes: [
      {
        name: 'it is left out',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY . /app\n', '.dockerignore': '.git\n' },
        untracked: { '.git/': '' },
      },
      {
        name: 'only the code is copied, or the context is a folder without it',
        files: { 'app/Dockerfile': 'FROM python:3.13-slim\nCOPY . /app\n' },
        untracked: { '.git/': '' },
        facts: { context: 'app', dockerfile: 'app/Dockerfile' },
      },
    ],
  },
  find: (context) => {
    const { git, hasLogin, dockerfile } = context;
    if (git?.copy === undefined) return [];
    const login = hasLogin ? ', and the token that actions/checkout left in it' : '';
    return [
      {
        where: { file: dockerfile, line: git.copy.line },
        ...(git.copy.into === 'stage' && !hasLogin ? { level: 'note' as const } : {}),
        title: `${copyText(git.copy)} puts .git (${size(git.bytes)}) ${intoText(git.copy)}: the whole history${login}.`,
        fix: addLines(context, ['.git', ...context.unneeded.map(({ path }) => path)]),
      },
    ];
  },
};
