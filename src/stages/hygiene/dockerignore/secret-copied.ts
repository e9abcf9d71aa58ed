import { posix } from 'node:path';
import { oneLine } from '../../../runner/text.ts';
import type { Hit, Rule } from '../rule.ts';
import type { BuildContext } from './build-context.ts';
import type { SecretInContext } from './secrets.ts';
import { addLines, copyText, intoText } from './words.ts';

/** DG020: secrets in the image. */
export const secretCopied: Rule<BuildContext> = {
  code: 'DG020',
  summary: 'A file with secrets is copied into the image',
  level: 'error',
  why: 'Whoever may pull the image has every file in it, also one that a later layer deletes. A `.env` in the image is moreover read at start by many frameworks, and then the container runs with its values where the task definition has none.',
  how: "Looks at what is in the checkout, tracked or not, also in submodules and in folders that git lists as one, is not left out by `.dockerignore`, and is taken by a `COPY` or `ADD` of the stages that are built. A `.env` or `*.tfvars` with real values, a private key, Terraform's state, and files with logins (`.npmrc` with a token, the credentials file of google-github-actions/auth) are errors; by the name alone, or in a stage that only helps to build, they are warnings. Certificates, `.env.example` and files for tests are left alone.",
  fix: 'In `.dockerignore`:\n\n```text\n**/.env\n**/.env.*\n!**/.env.example\n**/*.tfvars\n**/*.pem\n```\n\nGive the container its secrets by `secrets` in the task definition, and the build by `RUN --mount=type=secret`. Change what was in an image that was pushed.',
  source: 'https://docs.docker.com/build/concepts/context/#dockerignore-files',
  see: 'docker run --rm --entrypoint ls IMAGE -la .',
  examples: {
    fails: [
      {
        name: 'a .env that a step wrote',
        files: { Dockerfile: 'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n', 'app.py': '' },
        untracked: { '.env': 'API_TOKEN=9f8s7dKq2mVx41\n' },
        at: ['Dockerfile:3'],
      },
      {
        name: 'in a folder of which git lists no file',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY . /app\n', 'app.py': '' },
        untracked: { 'deploy/': '', 'deploy/prod/.env': 'API_TOKEN=9f8s7dKq2mVx41\n' },
        at: ['Dockerfile:2'],
      },
      {
        name: 'in a folder that is left out but for it',
        files: {
          Dockerfile: 'FROM python:3.13-slim\nCOPY . /app\n',
          '.dockerignore': 'deploy\n!deploy/prod\n',
        },
        untracked: { 'deploy/': '', 'deploy/prod/.env': 'API_TOKEN=9f8s7dKq2mVx41\n' },
        at: ['Dockerfile:2'],
      },
      {
        name: 'the context is a folder that a step before made',
        files: { 'docker/Dockerfile': 'FROM python:3.13-slim\nCOPY . /app\n' },
        untracked: { 'build/': '', 'build/app/.env': 'API_TOKEN=9f8s7dKq2mVx41\n' },
        facts: { context: 'build/app', dockerfile: 'docker/Dockerfile' },
        at: ['docker/Dockerfile:2'],
      },
      {
        name: 'in a submodule',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY . /app\n', '.gitmodules': '' },
        untracked: { 'lib/auth/.git': 'gitdir: x\n', 'lib/auth/.env': 'API_TOKEN=9f8s7dKq2mVx41\n' },
        submodules: ['lib/auth/'],
        at: ['Dockerfile:2'],
      },
      {
        name: 'a folder that is copied has one in it, and the stage only helps to build',
        files: {
          'api/Dockerfile':
            'FROM node:22 AS build\nCOPY src ./src\nFROM nginx:1.29\nCOPY --from=build /src/dist /www\n',
          'api/src/.npmrc': '//registry.npmjs.org/:_authToken=9f8s7dKq2mVx41\n',
          'api/.dockerignore': '.npmrc\n',
        },
        facts: { context: 'api', dockerfile: 'api/Dockerfile' },
        at: ['api/Dockerfile:2'],
      },
    ],
    passes: [
      {
        name: 'a folder of another step, of which one part is left out and the other has no secrets',
        files: {
          Dockerfile: 'FROM nginx:1.29\nCOPY . /www\n',
          '.dockerignore': 'deploy/config\n**/*.key\n',
        },
        untracked: {
          'deploy/': '',
          'deploy/config/.env': 'API_TOKEN=9f8s7dKq2mVx41\n',
          'deploy/node_modules/x/.env': 'API_TOKEN=9f8s7dKq2mVx41\n',
          'deploy/tls.key': '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n',
        },
      },
      {
        name: 'it is left out',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY . .\n', '.dockerignore': '**/.env\n' },
        untracked: { '.env': 'API_TOKEN=9f8s7dKq2mVx41\n' },
      },
      {
        name: 'nothing copies it',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY app.py requirements.txt ./\n', 'app.py': '' },
        untracked: { '.env': 'API_TOKEN=9f8s7dKq2mVx41\n' },
      },
      {
        name: 'what Symfony tracks, and needs in the image',
        files: {
          Dockerfile: 'FROM php:8.4-fpm\nCOPY . .\n',
          '.env':
            '###> symfony/framework-bundle ###\nAPP_SECRET=2ca64f8d83b9e89f5f19d672841d6bb8\n###< symfony/framework-bundle ###\n',
        },
      },
      {
        name: 'a pattern, a certificate, and defaults without a secret',
        files: {
          Dockerfile: 'FROM php:8.4-fpm\nCOPY . .\n',
          '.env': 'APP_ENV=prod\n',
          '.env.example': 'API_TOKEN=9f8s7dKq2mVx41\n',
          'rds-ca.pem': '-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n',
        },
      },
    ],
  },
  find: (context) =>
    context.copies.flatMap((copy) =>
      hitsOf(
        context,
        context.secrets.filter((each) => each.copy === copy),
      ),
    ),
};

function hitsOf(context: BuildContext, secrets: readonly SecretInContext[]): readonly Hit[] {
  const [first] = secrets;
  if (first === undefined) return [];
  const isError = first.copy.into === 'image' && secrets.some(({ isSure }) => isSure);
  const named = secrets.slice(0, 5).map(({ path }) => oneLine(path, 80));
  const more = secrets.length - named.length;
  return [
    {
      where: { file: context.dockerfile, line: first.copy.line },
      ...(isError ? {} : { level: 'warning' }),
      title: `${copyText(first.copy)} puts ${secrets.length === 1 ? 'a file' : `${secrets.length} files`} with secrets ${intoText(first.copy)}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
      fix: addLines(
        context,
        secrets.map(({ path }) => patternFor(path, context, secrets)),
      ),
    },
  ];
}

/** By its name wherever it is; by its path where a file of that name is tracked and has no secret: that one may be needed. */
function patternFor(path: string, { tracked }: BuildContext, secrets: readonly SecretInContext[]): string {
  const name = posix.basename(path);
  const withSecrets = new Set(secrets.map((each) => each.path));
  const isShared = [...tracked].some((each) => posix.basename(each) === name && !withSecrets.has(each));
  return isShared ? path : `**/${name}`;
}
