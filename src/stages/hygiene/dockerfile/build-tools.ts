import type { Hit, Rule } from '../rule.ts';
import { isToolchain } from './base-images.ts';
import { type Dockerfile, type Dockerfiles, inEach } from './dockerfile.ts';
import { packageAction, packagesOf, removesPackages } from './packages.ts';

/** Compilers and build systems: of no use to an application that is built already. */
const TOOLS =
  /^(build-essential|build-base|gcc(-\d+|-c\+\+)?|g\+\+(-\d+)?|clang(-\d+)?|make|cmake|musl-dev|rustc|cargo|golang(-go|-\d.*)?|go|maven|gradle|default-jdk(-headless)?|openjdk-?\d+-jdk(-headless)?)$/;
/** Headers are named with the tools; alone they are often a library's name that somebody knew. */
const HEADERS = /-dev(el)?$/;

/** DG002: what the image was built with is deployed with it. */
export const buildTools: Rule<Dockerfiles> = {
  code: 'DG002',
  summary: 'Build tools in the image that is deployed',
  level: 'note',
  why: 'A compiler and headers make the image larger by hundreds of megabytes, which every new task pulls before it starts: on Fargate nothing is cached between tasks. They are also what an intruder needs, and their packages fill the list of vulnerabilities that a scanner of the registry shows.',
  how: 'Looks at the stage that is built and those it is `FROM`: a base that is a tool chain (`golang`, `rust`, `maven`, `gradle`, the .NET SDK), and compilers or build systems that `apt-get`, `apk`, `dnf` or `yum` install there and no command of the same `RUN` removes. Headers alone are left alone. Earlier stages may have all of it.',
  fix: 'Build in a stage of its own, and copy what came of it:\n\n```dockerfile\nFROM python:3.13-slim AS build\nRUN apt-get update && apt-get install -y --no-install-recommends build-essential\nCOPY requirements.txt .\nRUN pip install --prefix=/install -r requirements.txt\n\nFROM python:3.13-slim\nCOPY --from=build /install /usr/local\nCOPY . /app\n```',
  source: 'https://docs.docker.com/build/building/multi-stage/',
  see: "git grep -n -E 'FROM|build-essential|build-base|gcc' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'a compiler beside the application',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nRUN apt-get update && \\\n    # for psycopg2\n    apt-get install -y libpq5 \\\n      gcc libpq-dev && \\\n    rm -rf /var/lib/apt/lists/*\nCOPY . .\n',
        },
        at: ['Dockerfile:4'],
      },
      {
        name: 'a tool chain as the base',
        files: { Dockerfile: 'FROM golang:1.25\nCOPY . .\nRUN go build -o /app .\nCMD ["/app"]\n' },
        at: ['Dockerfile:1'],
      },
      {
        name: 'in a stage that the last one is FROM, by a heredoc',
        files: {
          Dockerfile:
            'ARG BASE=public.ecr.aws/docker/library/node:22-alpine\nFROM ${BASE} AS base\nRUN <<EOF\nset -e\napk add --no-cache build-base\nEOF\nFROM base\nCOPY . .\n',
        },
        at: ['Dockerfile:5'],
      },
    ],
    passes: [
      {
        name: 'libraries with their headers, and no compiler',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y libssl-dev libpq-dev curl\n',
        },
      },
      {
        name: 'the tools stay in the stage that builds',
        files: {
          Dockerfile:
            'FROM golang:1.25 AS build\nRUN apt-get update && apt-get install -y gcc\nRUN go build -o /app .\nFROM gcr.io/distroless/static-debian12:nonroot\nCOPY --from=build /app /app\n',
        },
      },
      {
        name: 'removed by the same RUN',
        files: {
          Dockerfile:
            'FROM python:3.13-alpine\nRUN apk add --no-cache --virtual .build-deps gcc musl-dev && pip install -r requirements.txt && apk del .build-deps\n',
        },
      },
      {
        name: 'the stage of `target` has none',
        files: {
          Dockerfile:
            'FROM python:3.13-slim AS run\nCOPY . .\nFROM run AS test\nRUN apt-get install -y gcc\n',
        },
        facts: { target: 'run' },
      },
    ],
  },
  find: inEach((dockerfile) => [...toolchainBase(dockerfile), ...installedTools(dockerfile)]),
};

function toolchainBase({ file, final }: Dockerfile): readonly Hit[] {
  if (!final.image || !isToolchain(final.image)) return [];
  return [
    {
      where: { file, line: final.imageLine },
      title: `The image of ${file} is deployed with its whole tool chain, ${final.image.text}.`,
      fix: `Build in one stage and run in another:\n  FROM ${final.image.text} AS build\n  …\n  ${runtimeOf(final.image.repository)}\n  COPY --from=build …`,
    },
  ];
}

function runtimeOf(repository: string): string {
  if (repository === 'golang') return 'FROM gcr.io/distroless/static-debian12:nonroot';
  if (/^(maven|gradle|clojure)$|sbt/.test(repository)) return 'FROM eclipse-temurin:21-jre';
  if (/dotnet/.test(repository)) return 'FROM mcr.microsoft.com/dotnet/aspnet:9.0';
  return 'FROM debian:trixie-slim';
}

function installedTools({ file, final }: Dockerfile): readonly Hit[] {
  return final.lineage.flatMap((run) => {
    if (run.keyword !== 'RUN' || removesPackages(run)) return [];
    return run.commands.flatMap((command) => {
      if (packageAction(command) !== 'install') return [];
      const packages = packagesOf(command);
      const tools = packages.filter((name) => TOOLS.test(name) || HEADERS.test(name));
      if (!packages.some((name) => TOOLS.test(name))) return [];
      return [
        {
          where: { file, line: command.line },
          title: `The image of ${file} is deployed with what only its build needs: ${tools.slice(0, 5).join(', ')}.`,
        },
      ];
    });
  });
}
