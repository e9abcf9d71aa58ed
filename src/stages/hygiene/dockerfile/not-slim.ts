import type { Rule } from '../rule.ts';
import { nameOf, smallerImage } from './base-images.ts';
import { type Dockerfiles, inEach } from './dockerfile.ts';

/** DG003: the base has far more in it than the application needs. */
export const notSlim: Rule<Dockerfiles> = {
  code: 'DG003',
  summary: 'A full base image where a slim one exists',
  level: 'note',
  why: 'The full images of Python, Node.js or Ruby bring compilers, Mercurial, ImageMagick and their headers: about 1 GB instead of some 150 MB. Each task pulls that before it starts, so deployments, scaling and the recovery of a crashed task take longer, and a scanner of the registry lists hundreds of vulnerabilities in packages that nothing uses.',
  how: 'Looks at the image that the stage which is built comes from. Only where Docker Hub has a slim variant of the same tag: `python`, `node`, `ruby`, `perl`, `rust`, `elixir`, `erlang`, `swift` and `debian`; for `eclipse-temurin` the JRE instead of the JDK, and for `openjdk`, which gets no more updates, the same. Other stages may be built on what they like.',
  fix: 'Take the slim variant of the same version, and install what is then missing by name:\n\n```dockerfile\nFROM python:3.13-slim\n```',
  source: 'https://hub.docker.com/_/python',
  see: "git grep -n '^FROM' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'the full image of Python',
        files: { Dockerfile: 'FROM python:3.13\nCMD ["python", "-V"]\n' },
        at: ['Dockerfile:1'],
      },
      {
        name: 'a version from an ARG, and another registry',
        files: {
          Dockerfile:
            'ARG NODE=22-bookworm\nFROM public.ecr.aws/docker/library/node:${NODE} AS build\nRUN npm ci\nFROM public.ecr.aws/docker/library/node:$NODE\nCOPY --from=build /app /app\n',
        },
        at: ['Dockerfile:4'],
      },
      {
        name: 'a JDK to run with',
        files: { Dockerfile: 'FROM eclipse-temurin:21-jdk-alpine\nCMD ["java", "-jar", "app.jar"]\n' },
        at: ['Dockerfile:1'],
      },
    ],
    passes: [
      {
        name: 'slim images, and a full one to build in',
        files: {
          Dockerfile: 'FROM python:3.13 AS build\nRUN pip wheel .\nFROM python:3.13-slim-bookworm\n',
        },
      },
      { name: 'Alpine', files: { Dockerfile: 'FROM node:22-alpine\n' } },
      { name: 'a JRE', files: { Dockerfile: 'FROM eclipse-temurin:21-jre-jammy\n' } },
      {
        name: 'a JRE of an exact version',
        files: {
          Dockerfile:
            'FROM docker.io/library/eclipse-temurin:24.0.2_12-jre@sha256:8cb2387a28af84cf0db0948d9c67d4480192f4e567027a3963f145d218e8b4f2\n',
        },
      },
      { name: 'a base of one’s own', files: { Dockerfile: 'FROM example.com/python:3.13\n' } },
      { name: 'a version that only the build knows', files: { Dockerfile: 'ARG V\nFROM python:$V\n' } },
    ],
  },
  find: inEach(({ file, final }) => {
    const image = final.image && smallerImage(final.image);
    if (!final.image || image === undefined) return [];
    const isJdk = /jre/.test(image);
    const isOld = nameOf(final.image.text).endsWith('openjdk');
    const what = isOld ? 'which gets no more updates' : isJdk ? 'a whole JDK' : 'a full image';
    return [
      {
        where: { file, line: final.imageLine },
        title: `The image of ${file} is built on ${final.image.text}, ${what}: ${image} ${isJdk ? 'runs the same' : 'is a fraction of its size'}.`,
        fix: `Write \`FROM ${image}\`, and install what is then missing by name.`,
      },
    ];
  }),
};
