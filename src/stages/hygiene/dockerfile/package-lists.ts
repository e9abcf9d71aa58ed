import type { Rule } from '../rule.ts';
import { type Dockerfiles, inEach, isMounted } from './dockerfile.ts';
import type { Instruction } from './instructions.ts';
import { packageAction } from './packages.ts';

type Command = Instruction['commands'][number];

/** DG007: the package index of the distribution is in the image. */
export const packageLists: Rule<Dockerfiles> = {
  code: 'DG007',
  summary: 'Package lists left in the image',
  level: 'note',
  why: '`apt-get update` downloads lists of every package there is, some 20 to 50 MB, and `dnf` and `yum` keep about as much. Nothing reads them in a running task, and each new one pulls them. A later `RUN rm` does not help: the layer before it still has them.',
  how: 'Looks for `apt-get update`, and for what `dnf`, `yum` and `microdnf` install, in the stage that is built and those it is `FROM`, where the same `RUN` does not clean up. A cache or tmpfs mount is left alone, and so are earlier stages.',
  fix: 'Remove them in the same `RUN`:\n\n```dockerfile\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends curl \\\n    && rm -rf /var/lib/apt/lists/*\n```\n\nWith dnf or yum: `&& dnf clean all`.',
  source: 'https://docs.docker.com/build/building/best-practices/#apt-get',
  see: "git grep -n -E 'apt(-get)? update|(dnf|yum) install|apt/lists' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'apt-get',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nRUN set -eux; \\\n    apt-get update; \\\n    apt-get install -y curl\n',
        },
        at: ['Dockerfile:3'],
      },
      {
        name: 'removed by another RUN',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nRUN apt update && apt install -y curl\nRUN rm -rf /var/lib/apt/lists/*\n',
        },
        at: ['Dockerfile:2'],
      },
      {
        name: 'dnf',
        files: { Dockerfile: 'FROM amazonlinux:2023\nRUN dnf install -y nodejs\n' },
        at: ['Dockerfile:2'],
      },
    ],
    passes: [
      {
        name: 'removed by the same RUN',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nRUN apt-get update && \\\n    apt-get install -y curl && \\\n    rm -rf /var/lib/apt/lists/* /tmp/*\nRUN apt-get -qq update; apt-get install -y jq; rm -fr /var/lib/apt/lists\n',
        },
      },
      {
        name: 'with a cache mount',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n    --mount=type=cache,target=/var/lib/apt,sharing=locked \\\n    apt-get update && apt-get install -y curl\n',
        },
      },
      {
        name: 'in a stage that is left behind',
        files: {
          Dockerfile:
            'FROM debian:12 AS build\nRUN apt-get update\nFROM debian:12-slim\nCOPY --from=build /a /a\n',
        },
      },
      {
        name: 'dnf clean all',
        files: { Dockerfile: 'FROM amazonlinux:2023\nRUN dnf -y install nodejs && dnf clean all\n' },
      },
    ],
  },
  find: inEach(({ file, final }) =>
    final.lineage.flatMap((run) => {
      if (run.keyword !== 'RUN') return [];
      const apt = run.commands.find(isAptUpdate);
      const rpm = run.commands.find(isRpmInstall);
      const left = [
        ...(apt && !cleansApt(run)
          ? [{ line: apt.line, what: 'apt’s package lists', cure: 'rm -rf /var/lib/apt/lists/*' }]
          : []),
        ...(rpm && !cleansRpm(run)
          ? [{ line: rpm.line, what: 'the package cache', cure: `${rpm.words[0]} clean all` }]
          : []),
      ];
      return left.map(({ line, what, cure }) => ({
        where: { file, line },
        title: `This RUN leaves ${what} in the image of ${file}.`,
        fix: `End the same RUN with \`&& ${cure}\`.`,
      }));
    }),
  ),
};

const isAptUpdate = (command: Command) =>
  /apt(-get)?$/.test(command.words[0] ?? '') && packageAction(command) === 'update';

const isRpmInstall = (command: Command) =>
  /(^|\/)(yum|dnf|microdnf)$/.test(command.words[0] ?? '') && packageAction(command) === 'install';

function cleansApt(run: Instruction): boolean {
  return (
    isMounted(run, /^\/var\/lib(\/apt)?/) ||
    run.commands.some(
      ({ words }) =>
        (words[0] === 'rm' && words.some((word) => /^\/var\/(lib\/?)?(\{|\*|apt|lib)/.test(word))) ||
        (words[0] === 'find' && words.includes('/var/lib/apt/lists')) ||
        (/apt(-get)?$/.test(words[0] ?? '') && /^dist-?clean$/.test(words[1] ?? '')),
    )
  );
}

function cleansRpm(run: Instruction): boolean {
  return (
    isMounted(run, /^\/var\/cache/) ||
    run.commands.some(
      ({ words }) =>
        (/(^|\/)(yum|dnf|microdnf)$/.test(words[0] ?? '') && words.includes('clean')) ||
        (words[0] === 'rm' && words.some((word) => /^\/var\/cache/.test(word))),
    )
  );
}
