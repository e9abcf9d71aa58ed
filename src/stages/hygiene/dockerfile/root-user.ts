import type { Rule } from '../rule.ts';
import { runsAsRoot } from './base-images.ts';
import { type Dockerfile, type Dockerfiles, inEach, last } from './dockerfile.ts';
import { familyOfStage } from './packages.ts';
import { fillIn } from './stages.ts';

/** DG008: the application runs as root. */
export const rootUser: Rule<Dockerfiles> = {
  code: 'DG008',
  summary: 'The container runs as root',
  level: 'warning',
  why: 'Who gets into the application is then root in the container: they can change its files, install what they like, and, on EC2 instances, use each hole in the kernel or the runtime from the best place. A user of its own costs two lines.',
  how: 'Looks at the last `USER` of the stage that is built and those it is `FROM`, and without one at the base: only official images of languages and distributions, .NET and distroless ones are known to run as root, all others are left alone. So are tags with `nonroot`, `rootless` or `unprivileged`, images that start as root to drop it themselves (nginx, Apache, PHP-FPM; `gosu`, `su-exec`, `setpriv`, s6 or supervisord in the image or in the script that it starts), and containers whose task definition names a `user`.',
  fix: 'Create a user and switch to it at the end, after what needs root:\n\n```dockerfile\nRUN useradd --system --uid 10001 --no-create-home app\nUSER app\n```\n\nIn Alpine: `RUN adduser -S -u 10001 app`. Folders that the application writes to have to belong to it: `COPY --chown=app`. An image that has to start as root says why above its last `FROM` or `USER`: `# deploy-guard ignore=DG008 it drops root by itself`.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html',
  see: "git grep -n -E '^(USER|FROM)' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'no USER',
        files: { Dockerfile: 'FROM python:3.13-slim\nCMD ["python", "app.py"]\n' },
        at: ['Dockerfile:1'],
      },
      {
        name: 'back to root at the end',
        files: { Dockerfile: 'FROM node:22-slim\nUSER node\nRUN npm ci\nUSER 0:0\nCMD ["node", "."]\n' },
        at: ['Dockerfile:4'],
      },
      {
        name: 'a USER in a stage that is left behind',
        files: {
          Dockerfile:
            'FROM node:22 AS build\nUSER node\nFROM gcr.io/distroless/nodejs22-debian12\nCOPY --from=build /app /app\n',
        },
        at: ['Dockerfile:3'],
      },
      {
        name: 'a variable that stands for root',
        files: { Dockerfile: 'FROM alpine:3.22\nARG RUN_AS=root\nUSER ${RUN_AS}\n' },
        at: ['Dockerfile:3'],
      },
    ],
    passes: [
      {
        name: 'a user',
        files: { Dockerfile: 'FROM python:3.13-slim\nRUN useradd app\nUSER app\nCMD ["python", "app.py"]\n' },
      },
      {
        name: 'a user of the stage that this one is FROM',
        files: { Dockerfile: 'FROM node:22-slim AS base\nUSER node\nFROM base\nCMD ["node", "."]\n' },
      },
      {
        name: 'distroless as nonroot',
        files: { Dockerfile: 'FROM gcr.io/distroless/static-debian12:nonroot\n' },
      },
      { name: 'a base that is not known', files: { Dockerfile: 'FROM example.com/base:3\n' } },
      {
        name: 'the script that it starts drops root',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nCOPY docker/entrypoint.sh /\nENTRYPOINT ["/entrypoint.sh"]\n',
          'docker/entrypoint.sh': '#!/bin/sh\nchown app /data\nexec gosu app "$@"\n',
        },
      },
      {
        name: 'the task definition names a user',
        files: { Dockerfile: 'FROM python:3.13-slim\n' },
        containers: [{ name: 'app', user: '10001' }],
      },
    ],
  },
  find: inEach((dockerfile) => {
    const { file, final, containers } = dockerfile;
    const user = last(final, 'USER');
    const name = user && fillIn(user.text, assignmentsOf(dockerfile));
    const asRoot = user ? isRoot(name) : final.image !== undefined && runsAsRoot(final.image);
    const elsewhere = containers?.length && containers.every((each) => each.user && !isRoot(each.user));
    if (!asRoot || elsewhere || dropsRoot(dockerfile)) return [];
    return [
      {
        where: { file, line: user?.line ?? final.line },
        title: user
          ? `The last USER of ${file} is root: the application runs as root.`
          : `${file} names no USER, and ${final.image?.text.split('@', 1)[0]} runs as root.`,
        fix: fixFor(dockerfile),
      },
    ];
  }),
};

const isRoot = (user: string | undefined) => user !== undefined && /^(root|0+)(:|$)/.test(user);

const assignmentsOf = ({ final }: Dockerfile) => final.lineage.flatMap(({ assignments }) => assignments);

/** Programs that start as root and run the application as another user. */
const DROPS =
  /\b(gosu|su-exec|setpriv|runuser|s6-overlay|s6-setuidgid|supervisord?|chpst|start-stop-daemon)\b|(^|[\s;&|])su\s/;

function dropsRoot({ final, startScript }: Dockerfile): boolean {
  if (startScript && DROPS.test(startScript.text)) return true;
  return final.lineage.some(
    ({ keyword, text }) => /^(RUN|COPY|ADD|CMD|ENTRYPOINT)$/.test(keyword) && DROPS.test(text),
  );
}

function fixFor({ final }: Dockerfile): string {
  const image = final.image;
  const switchTo = 'In the last stage, after what needs root:';
  if (image?.repository === 'node') return `${switchTo}\n  USER node`;
  if (image?.repository === 'oven/bun') return `${switchTo}\n  USER bun`;
  if (image && /dotnet\//.test(image.repository)) return `${switchTo}\n  USER $APP_UID`;
  const family = familyOfStage(final);
  if (family === 'distroless') return `Write \`FROM ${image?.text.split(':', 1)[0]}:nonroot\`.`;
  if (family === 'scratch') return `${switchTo}\n  USER 10001`;
  const create =
    family === 'alpine'
      ? 'RUN adduser -S -u 10001 app'
      : 'RUN useradd --system --uid 10001 --no-create-home app';
  return `${switchTo}\n  ${create}\n  USER app`;
}
