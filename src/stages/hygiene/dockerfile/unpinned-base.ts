import type { Rule } from '../rule.ts';
import { type Dockerfiles, inEach } from './dockerfile.ts';
import type { ImageName } from './image-name.ts';

/** Tags that name no version: what they stand for changes from one day to the next. */
const MOVING =
  /^(latest|lts|current|stable|edge|mainline|rolling|sid|unstable|testing|experimental|nightly|master|main|dev|alpine|slim|fpm|apache|cli|jdk|jre)$/;

/** DG004: the same commit may be built on another base tomorrow. */
export const unpinnedBase: Rule<Dockerfiles> = {
  code: 'DG004',
  summary: 'A base image without a version',
  level: 'warning',
  why: '`latest` is another image after each release of it. The same commit, built again, can then run on a new major version that nobody tested: the deployment fails for a change that no diff shows, and building the earlier commit does not bring the earlier image back.',
  how: 'Looks at every `FROM` that takes part in the build, variables filled in with their defaults (then it is a note, because the build may give another): no tag, `latest`, or a tag made of words that name no version (`lts`, `alpine`, `slim`, `stable-slim`). A digest is a version. Left alone are `scratch`, stages, names that only the build knows, and distroless images with their Debian release in the name.',
  fix: 'Name a version, at least the major and minor one:\n\n```dockerfile\nFROM node:22-alpine\n```\n\nFor the very same bytes each time, add the digest that `docker buildx imagetools inspect node:22-alpine` shows, and let Dependabot or Renovate move it.',
  source: 'https://docs.docker.com/build/building/best-practices/#pin-base-image-versions',
  see: "git grep -n -E '^FROM +[^ :@]+( |$)|:latest' -- '*Dockerfile*'",
  examples: {
    fails: [
      { name: 'no tag', files: { Dockerfile: 'FROM python\n' }, at: ['Dockerfile:1'] },
      {
        name: 'in a stage that is copied from',
        files: {
          Dockerfile:
            'FROM node:lts-alpine AS assets\nRUN npm ci\nFROM localhost:5000/nginx:1.29\nCOPY --from=assets /a /a\n',
        },
        at: ['Dockerfile:1'],
      },
      {
        name: 'the default of a variable',
        files: { Dockerfile: 'ARG TAG=latest\nFROM --platform=$TARGETPLATFORM debian:${TAG}\n' },
        at: ['Dockerfile:2'],
      },
      {
        name: 'names that roll on',
        files: {
          Dockerfile:
            'FROM gcr.io/distroless/static AS a\nFROM debian:sid-slim AS b\nFROM nginx:mainline-alpine-slim\nCOPY --from=a / /\nCOPY --from=b / /\n',
        },
        at: ['Dockerfile:1', 'Dockerfile:2', 'Dockerfile:3'],
      },
    ],
    passes: [
      {
        name: 'a distroless image by its digest',
        files: {
          Dockerfile:
            'FROM gcr.io/distroless/static@sha256:0b2a1c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9\n',
        },
      },
      { name: 'a version', files: { Dockerfile: 'FROM python:3.13-slim\n' } },
      {
        name: 'a digest',
        files: {
          Dockerfile: 'FROM node@sha256:0b2a1c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9\n',
        },
      },
      { name: 'scratch, and a stage', files: { Dockerfile: 'FROM scratch AS base\nFROM base\n' } },
      { name: 'the code name of a release', files: { Dockerfile: 'FROM debian:bookworm-slim\n' } },
      {
        name: 'distroless has its release in the name',
        files: { Dockerfile: 'FROM gcr.io/distroless/static-debian12:nonroot\n' },
      },
      {
        name: 'a stage that nothing needs',
        files: { Dockerfile: 'FROM node AS tests\nFROM node:22-slim\n' },
      },
      { name: 'a version that only the build knows', files: { Dockerfile: 'ARG V\nFROM python:$V\n' } },
    ],
  },
  find: inEach(({ file, stages }) =>
    stages.flatMap(({ parent, image, line, base }) => {
      if (parent || !image || !isMoving(image)) return [];
      return [
        {
          where: { file, line },
          // The build may give another.
          ...(base.includes('$') ? { level: 'note' as const } : {}),
          title: `${image.text} in ${file} names no version${image.tag === undefined ? ' (so it means `latest`)' : ''}: the same commit can be built on another image tomorrow.`,
          fix: fixFor(image),
        },
      ];
    }),
  ),
};

function isMoving({ repository, tag, digest }: ImageName): boolean {
  if (digest !== undefined || repository === 'scratch') return false;
  if (/distroless\/.*-debian\d+$/.test(repository)) return false;
  return (tag ?? 'latest').split('-').every((word) => MOVING.test(word));
}

function fixFor({ repository, text }: ImageName): string {
  const inspect = `\`docker buildx imagetools inspect ${text}\` shows the digest of today's.`;
  // Distroless images have no versions: their Debian release is in the name.
  if (/(^|\/)distroless\/[a-z]+$/.test(repository))
    return `Write \`${repository}-debian12:nonroot\`, or add the digest: ${inspect}`;
  return `Write a version after \`${repository}:\`; ${inspect}`;
}
