import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Hit, Rule } from '../rule.ts';
import { familyOf, lacks } from './base-images.ts';
import { type Dockerfile, type Dockerfiles, inEach, last } from './dockerfile.ts';
import { mayBring } from './packages.ts';
import { shellCommands } from './shell-commands.ts';

type Program = 'curl' | 'wget';

/** DG013: the health check fails because its own program is missing. */
export const missingProbe: Rule<Dockerfiles> = {
  code: 'DG013',
  summary: 'A health check with a program that the image lacks',
  level: 'warning',
  why: 'A health check runs inside the container. Slim and distroless images have neither curl nor wget, Alpine has the wget of busybox alone: the check then fails each time, whatever the application does. In a task definition that means that ECS kills each new task and the deployment never completes.',
  how: 'Looks at the `HEALTHCHECK` of the image and, where the run could read it, at the `healthCheck` of its container in the task definition. Named where that runs curl or wget, the base is known to lack it (`debian`, `ubuntu`, the slim images of Python, Node.js, Ruby, Perl, Rust, Elixir and Erlang, .NET, distroless, `scratch`; for curl Alpine and its Python, Node.js, Ruby, Go and Rust), and no `RUN`, `COPY` or `ADD` brings it.',
  fix: 'Use what the image has:\n\n```dockerfile\nHEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen(\'http://localhost:8000/health\')"]\nHEALTHCHECK CMD ["node", "-e", "fetch(\'http://localhost:3000/health\').then((r) => process.exit(r.ok ? 0 : 1))"]\nHEALTHCHECK CMD wget -q --spider http://localhost:8000/health\n```\n\nOr install curl in the stage that is deployed.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html',
  see: "git grep -n -E 'HEALTHCHECK|curl|wget' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'curl in a slim image',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nHEALTHCHECK --interval=30s \\\n    CMD curl -f http://localhost:8000/health || exit 1\n',
        },
        at: ['Dockerfile:2'],
      },
      {
        name: 'curl in Alpine, installed where it is left behind',
        files: {
          Dockerfile:
            'FROM node:22-alpine AS build\nRUN apk add --no-cache curl\nFROM node:22-alpine\nHEALTHCHECK CMD ["curl", "-f", "http://localhost:3000"]\n',
        },
        at: ['Dockerfile:4'],
      },
      {
        name: 'the check of the task definition',
        files: { Dockerfile: 'FROM gcr.io/distroless/static-debian12:nonroot\nCOPY app /\n' },
        containers: [
          {
            name: 'app',
            healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ || exit 1'] },
          },
        ],
        at: ['Dockerfile:1'],
      },
    ],
    passes: [
      {
        name: 'curl is installed',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl=8.* && rm -rf /var/lib/apt/lists/*\nHEALTHCHECK CMD curl -f http://localhost:8000\n',
        },
      },
      {
        name: 'wget of busybox',
        files: {
          Dockerfile:
            'FROM node:22-alpine\nHEALTHCHECK CMD wget -q --spider http://localhost:3000 || exit 1\n',
        },
      },
      {
        name: 'a full image has it',
        files: { Dockerfile: 'FROM python:3.13\nHEALTHCHECK CMD curl -f http://localhost:8000\n' },
      },
      {
        name: 'copied as a binary, or a base that is not known',
        files: {
          Dockerfile:
            'FROM debian:bookworm-slim\nCOPY --from=static/curl /bin/curl /usr/bin/curl\nHEALTHCHECK CMD curl -f http://localhost\n',
          'other.Dockerfile': 'FROM example.com/base:1\nHEALTHCHECK CMD curl -f http://localhost\n',
        },
        facts: { dockerfile: undefined },
      },
    ],
  },
  find: inEach((dockerfile) => {
    const { file, final, containers } = dockerfile;
    const check = last(final, 'HEALTHCHECK');
    const own = check ? programIn(check.commands, dockerfile) : undefined;
    const inImage = own && check ? [hit(dockerfile, own, check.line, `HEALTHCHECK in ${file}`)] : [];
    const inTask = (containers ?? []).flatMap((container) => {
      const program = programIn(commandsOf(container), dockerfile);
      const what = `The healthCheck of container ${container.name ?? '?'} in the task definition`;
      return program ? [hit(dockerfile, program, final.line, what)] : [];
    });
    return [...inImage, ...inTask];
  }),
};

function commandsOf({ healthCheck }: ContainerDefinition) {
  const [form, ...words] = healthCheck?.command ?? [];
  if (form === 'CMD-SHELL') return shellCommands(words.join(' '));
  return form === 'CMD' ? [{ words }] : [];
}

/** The program of the check that the image is known to lack; undefined where there is none such. */
function programIn(
  commands: readonly { readonly words: readonly string[] }[],
  { final }: Dockerfile,
): Program | undefined {
  const image = final.image;
  if (image === undefined) return undefined;
  const programs = commands.map(({ words }) => (words[0] ?? '').replace(/^\/(usr\/)?(local\/)?bin\//, ''));
  return (['curl', 'wget'] as const).find(
    (program) => programs.includes(program) && lacks(program, image) && !mayBring(program, final.lineage),
  );
}

function hit({ file, final }: Dockerfile, program: Program, line: number, what: string): Hit {
  const family = final.image && familyOf(final.image);
  const instead: Readonly<Record<string, string>> = {
    alpine:
      'Use `wget -q --spider URL`, which Alpine has, or install curl in the last stage: `RUN apk add --no-cache curl`.',
    debian: `Use the application’s own language for it, or install ${program} in the last stage: \`RUN apt-get update && apt-get install -y --no-install-recommends ${program} && rm -rf /var/lib/apt/lists/*\`.`,
  };
  return {
    where: { file, line },
    title: `${what} runs ${program}, which ${final.image?.text} does not have and nothing installs: it always fails.`,
    fix:
      instead[family ?? ''] ??
      'Give the application a command of its own that asks its health URL, and run that.',
  };
}
