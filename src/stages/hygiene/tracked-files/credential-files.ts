import type { Rule } from '../rule.ts';
import type { TrackedFiles } from './subject.ts';
import { untrack } from './untrack.ts';

/** A value for the examples that no scanner takes for a real one. */
const value = Buffer.from('octocat:hunter22').toString('base64');

/** DG029: a file with the logins of a program that is tracked. */
export const trackedCredentials: Rule<TrackedFiles> = {
  code: 'DG029',
  summary: 'A file with logins is tracked by git',
  level: 'error',
  why: 'Package managers, docker, git, kubectl and the AWS CLI keep their logins in files. Committed once, the login works for everybody who reads the repository, until it is taken back.',
  how: 'Looks into the files in which programs keep logins for a line that has one: `.npmrc`, `.yarnrc.yml`, `.pypirc`, `pip.conf`, `.netrc`, `.git-credentials`, `.aws/credentials`, `.docker/config.json`, a kubeconfig, `.pgpass`, `config/master.key` of Rails. A `${VARIABLE}` is no login. Files for tests and patterns to copy are left alone.',
  fix: 'Take the login back where it was given out, because the history keeps it, and write a variable in its place: `//registry.npmjs.org/:_authToken=${NPM_TOKEN}`. In a Dockerfile, hand it over by `RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci`.',
  source: 'https://docs.docker.com/build/building/secrets/',
  see: "git grep -n -I -E '_authToken|aws_secret_access_key' | grep -v -F '${'",
  examples: {
    fails: [
      {
        name: 'npm and docker',
        files: {
          '.npmrc': `registry=https://registry.npmjs.org/\n//registry.npmjs.org/:_authToken=${value}\n`,
          'deploy/.docker/config.json': `{\n  "auths": {\n    "index.docker.io": {\n      "auth": "${value}"\n    }\n  }\n}\n`,
        },
        at: ['.npmrc:2', 'deploy/.docker/config.json:4'],
      },
      {
        name: 'a git server and a host',
        files: {
          '.git-credentials': 'https://octo:k2Vq9mZr7p@github.com\n',
          '.netrc': 'machine api.acme.org login octo password k2Vq9mZr7p\n',
        },
        at: ['.git-credentials:1', '.netrc:1'],
      },
    ],
    passes: [
      {
        name: 'variables, and a configuration without a login',
        files: {
          '.npmrc': '//registry.npmjs.org/:_authToken=${NPM_TOKEN}\nengine-strict=true\n',
          '.docker/config.json': '{ "credsStore": "ecr-login" }\n',
          'tests/.netrc': 'machine localhost login octo password k2Vq9mZr7p\n',
        },
      },
    ],
  },
  find: ({ seen }) =>
    seen
      .filter(({ isTest }) => !isTest)
      .flatMap(({ path, credentials }) =>
        credentials.slice(0, 1).map(({ line, what }) => ({
          where: { file: path, line },
          title: `This file is tracked by git, and holds ${what}.`,
          fix: `Take it back where it was given out, because the history keeps it. ${untrack(path)}`,
        })),
      ),
};
