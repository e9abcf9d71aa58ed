import type { Rule } from '../rule.ts';
import { type Dockerfiles, inEach } from './dockerfile.ts';
import { packageAction, packagesOf, removesPackages } from './packages.ts';

/** DG017: apt brought what nobody asked for. */
export const recommendedPackages: Rule<Dockerfiles> = {
  code: 'DG017',
  summary: 'Recommended packages installed as well',
  level: 'note',
  why: 'apt also installs what a package recommends, which is meant for a desktop or a server that people log in to: `git` brings an SSH client, `python3-pip` a whole compiler. Each task pulls it, and a scanner of the registry lists its vulnerabilities.',
  how: 'Looks at `apt-get install` and `apt install` in the stage that is built and those it is `FROM`, without `--no-install-recommends`. Left alone where the image switches it off for good (`APT::Install-Recommends`), where the same `RUN` removes packages again, and for files (`./app.deb`).',
  fix: 'Add the option, and name what is then missing (most often `ca-certificates`):\n\n```dockerfile\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends git ca-certificates \\\n    && rm -rf /var/lib/apt/lists/*\n```',
  source: 'https://docs.docker.com/build/building/best-practices/#apt-get',
  see: "git grep -n -E 'apt(-get)? .*install' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'without the option',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nRUN apt-get update \\\n    && apt-get install -y git \\\n    && rm -rf /var/lib/apt/lists/*\n',
        },
        at: ['Dockerfile:3'],
      },
      {
        name: 'an autoremove that removes nothing of it',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nRUN apt-get update && apt-get autoremove -y && apt-get install -y git\n',
        },
        at: ['Dockerfile:2'],
      },
    ],
    passes: [
      {
        name: 'with the option, in either form',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends git\nRUN apt-get -o APT::Install-Recommends=false install -y jq\n',
        },
      },
      {
        name: 'switched off for good',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nRUN echo \'APT::Install-Recommends "0";\' > /etc/apt/apt.conf.d/01small\nRUN apt-get update && apt-get install -y git\n',
        },
      },
      {
        name: 'in a stage that is left behind, and removed again',
        files: {
          Dockerfile:
            'FROM debian:12 AS build\nRUN apt-get install -y git\nFROM debian:12-slim\nRUN apt-get install -y gnupg && apt-key add a && apt-get purge -y --auto-remove gnupg\nRUN apt-get install -y ./app.deb\n',
        },
      },
    ],
  },
  find: inEach(({ file, final }) => {
    if (final.lineage.some(({ text }) => /APT::Install-Recommends/i.test(text))) return [];
    return final.lineage.flatMap((run) => {
      if (run.keyword !== 'RUN' || removesPackages(run)) return [];
      return run.commands
        .filter(
          (command) =>
            /(^|\/)apt(-get)?$/.test(command.words[0] ?? '') &&
            packageAction(command) === 'install' &&
            !command.words.some((word) => /^--no-install-recommends/.test(word)) &&
            packagesOf(command).some((name) => !/[/$]/.test(name) && name !== 'install'),
        )
        .map(({ line }) => ({
          where: { file, line },
          title: `apt installs recommended packages into the image of ${file} as well.`,
          fix: 'Write `apt-get install -y --no-install-recommends …`, and name what is then missing.',
        }));
    });
  }),
};
