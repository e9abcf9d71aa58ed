import type { Rule } from '../rule.ts';
import { type Dockerfiles, inEach, isMounted } from './dockerfile.ts';
import { packageAction } from './packages.ts';

/** DG016: the list of packages is from the day that it was cached. */
export const staleLists: Rule<Dockerfiles> = {
  code: 'DG016',
  summary: '`apt-get update` in a RUN of its own',
  level: 'note',
  why: 'The layer of `RUN apt-get update` never changes, so it comes from the cache for weeks. The `install` behind it then asks for packages that the mirror has replaced meanwhile: the build fails with 404 on the day that something is added to it, or installs versions with known holes.',
  how: 'Looks at the stages that take part in the build: a `RUN` with `apt-get update` and no `install`, and a later one of the same stage that installs without it. A cache mount on `/var/lib/apt` is left alone.',
  fix: 'Put both into one `RUN`:\n\n```dockerfile\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends curl \\\n    && rm -rf /var/lib/apt/lists/*\n```',
  source: 'https://docs.docker.com/build/building/best-practices/#apt-get',
  see: "git grep -n -E 'apt(-get)? (update|install)' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'update first, install later',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nRUN apt-get update -qq\nRUN apt-get install -y curl\nRUN apt-get install -y jq\n',
        },
        at: ['Dockerfile:2'],
      },
    ],
    passes: [
      {
        name: 'in one RUN, and with a script between',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y curl\nRUN apt update\nRUN ./setup.sh && apt update && apt install -y nodejs\n',
        },
      },
    ],
  },
  find: inEach(({ file, stages }) =>
    stages.flatMap(({ own }) => {
      const runs = own
        .filter(({ keyword }) => keyword === 'RUN')
        .map((run) => {
          const actions = run.commands.map(packageAction);
          return { run, updates: actions.indexOf('update'), installs: actions.includes('install') };
        });
      const at = runs.findIndex(({ updates, installs }) => updates !== -1 && !installs);
      const alone = runs[at];
      const next = runs.slice(at + 1).find(({ installs }) => installs);
      const command = alone?.run.commands[alone.updates];
      if (!command || !next || next.updates !== -1 || !/apt(-get)?$/.test(command.words[0] ?? '')) return [];
      if (isMounted(alone.run, /^\/var\/lib(\/apt)?/)) return [];
      return [
        {
          where: { file, line: command.line },
          title: `${file} updates apt’s package lists in a RUN of its own: the install in line ${next.run.line} uses those that the cache has.`,
        },
      ];
    }),
  ),
};
