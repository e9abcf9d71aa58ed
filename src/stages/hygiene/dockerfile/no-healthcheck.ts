import type { Rule } from '../rule.ts';
import { type Dockerfile, type Dockerfiles, inEach, last } from './dockerfile.ts';
import { likelyPort, probeOf } from './probes.ts';

/** DG001: neither docker nor ECS can tell whether the application in the image answers. */
export const noHealthcheck: Rule<Dockerfiles> = {
  code: 'DG001',
  summary: 'No HEALTHCHECK',
  level: 'note',
  why: 'Without a health check, a container counts as healthy for as long as its process runs, also when it hangs. `docker ps`, Compose (`condition: service_healthy`) and Swarm use the `HEALTHCHECK` of the image. Amazon ECS does not: it reads the `healthCheck` of the task definition alone, so that a deployment needs it there, or a load balancer that asks.',
  how: 'Looks for a `HEALTHCHECK` in the stage that is built and in those it is `FROM`. `HEALTHCHECK NONE` is a decision, and is left alone. So is an image whose container has a `healthCheck` in the task definition, where the run could read that. A `HEALTHCHECK` that the base image brings is not known.',
  fix: [
    'For docker and Compose, in the last stage, with your own port and path:',
    '',
    '```dockerfile',
    'HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \\',
    '    CMD ["python", "-c", "import urllib.request as r; r.urlopen(\'http://localhost:8000/health\', timeout=2)"]',
    '```',
    '',
    'For ECS, in the container of the task definition:',
    '',
    '```json',
    '"healthCheck": {',
    '  "command": ["CMD-SHELL", "curl -f http://localhost:8000/health || exit 1"],',
    '  "startPeriod": 20',
    '}',
    '```',
    '',
    'Both run inside the container: use a program that the image has.',
  ].join('\n'),
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html',
  see: "git grep -n HEALTHCHECK -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'an image without one',
        files: { Dockerfile: 'FROM python:3.13-slim\nCOPY app.py .\nCMD ["python", "app.py"]\n' },
        at: ['Dockerfile:1'],
      },
      {
        name: 'a HEALTHCHECK in a stage that is left behind',
        files: {
          Dockerfile:
            'FROM python:3.13 AS build\nHEALTHCHECK CMD python check.py\nFROM python:3.13-slim\nCOPY --from=build /app /app\n',
        },
        at: ['Dockerfile:3'],
      },
      {
        name: 'a task definition without one either',
        files: { Dockerfile: 'FROM node:22-slim\nCMD ["node", "server.js"]\n' },
        containers: [{ name: 'app' }],
        at: ['Dockerfile:1'],
      },
    ],
    passes: [
      {
        name: 'a HEALTHCHECK in a stage that the last one is FROM',
        files: {
          Dockerfile:
            'FROM python:3.13-slim AS base\nHEALTHCHECK CMD ["python", "check.py"]\nFROM base\nCMD ["python", "app.py"]\n',
        },
      },
      {
        name: 'the task definition has the check that ECS reads',
        files: { Dockerfile: 'FROM node:22-slim\nCMD ["node", "server.js"]\n' },
        containers: [{ name: 'app', healthCheck: { command: ['CMD', 'node', 'check.js'] } }],
      },
      {
        name: 'switched off on purpose',
        files: { Dockerfile: 'FROM example.com/worker:4\nHEALTHCHECK NONE\n' },
      },
    ],
  },
  find: inEach((dockerfile) => {
    const { file, final, containers } = dockerfile;
    if (last(final, 'HEALTHCHECK') || containers?.some((each) => each.healthCheck?.command?.length))
      return [];
    return [
      {
        where: { file, line: final.line },
        title: `The image of ${file} has no HEALTHCHECK${containers ? ', and its container in the task definition has no healthCheck' : ''}: an application that hangs counts as healthy.`,
        detail:
          'ECS reads the healthCheck of the task definition alone; docker and Compose read the HEALTHCHECK of the image.',
        fix: fixFor(dockerfile),
      },
    ];
  }),
};

/** A check made of what such an image has: slim images have no curl, and distroless ones nothing at all. */
function fixFor({ final, containers }: Dockerfile): string {
  const known = exposedPort(final.lineage) ?? containers?.[0]?.portMappings?.[0]?.containerPort;
  const port = known ?? likelyPort(final);
  const probe = probeOf(final, port);
  const command = probe ?? [programOf(final.lineage), 'healthcheck'];
  return [
    probe === undefined
      ? 'The image has no program to ask with, so the application has to learn an argument with which it asks itself. For docker and Compose in the last stage:'
      : 'With your own path, for docker and Compose in the last stage:',
    `  HEALTHCHECK --interval=30s --timeout=3s --start-period=20s CMD ${JSON.stringify(command)}`,
    'For ECS, in the container of the task definition:',
    `  "healthCheck": {"command": ${JSON.stringify(['CMD', ...command])}, "startPeriod": 20}`,
  ].join('\n');
}

/** What the image starts, as far as that is written down. */
function programOf(lineage: Dockerfile['final']['lineage']): string {
  const start =
    lineage.findLast(({ keyword }) => keyword === 'ENTRYPOINT') ??
    lineage.findLast(({ keyword }) => keyword === 'CMD');
  return start?.json?.[0] ?? '/app';
}

function exposedPort(lineage: Dockerfile['final']['lineage']): number | undefined {
  const words = lineage.flatMap(({ keyword, words }) => (keyword === 'EXPOSE' ? words : []));
  const port = words.map((word) => /^(\d{1,5})(\/tcp)?$/.exec(word)?.[1]).find(Boolean);
  return port === undefined ? undefined : Number(port);
}
