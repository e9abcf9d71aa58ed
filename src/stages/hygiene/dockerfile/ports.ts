import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Rule } from '../rule.ts';
import { type Dockerfiles, inEach } from './dockerfile.ts';
import type { Stage } from './stages.ts';
import { fillIn } from './stages.ts';

/** DG012: traffic may go to a port where nothing listens. */
export const ports: Rule<Dockerfiles> = {
  code: 'DG012',
  summary: 'EXPOSE and the containerPort of the task definition differ',
  level: 'note',
  why: '`EXPOSE` says where the application listens, `containerPort` where ECS and the load balancer send traffic to. Where they differ, one of them is out of date. If it is `containerPort`, the new tasks run and never get healthy.',
  how: 'Compares the `EXPOSE` of the stage that is built and those it is `FROM` with the port mappings of the containers that run the image, where the run could read them. Named where none of the exposed TCP ports is mapped. Left alone without an `EXPOSE` or a mapping, with a variable in it that has no default, and where the task definition gives the port to the application (a variable `PORT`, or one that ends in `_PORT`, with that value).',
  fix: 'Write the port on which the application listens into both: `EXPOSE` in the Dockerfile, and `containerPort` in the task definition and in the load balancer of the service.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html',
  see: "git grep -n EXPOSE -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'another port',
        files: { Dockerfile: 'FROM python:3.13-slim\nEXPOSE 8000\n' },
        containers: [{ name: 'app', portMappings: [{ containerPort: 8080 }] }],
        at: ['Dockerfile:2'],
      },
      {
        name: 'from a variable, in a stage that the last one is FROM',
        files: { Dockerfile: 'FROM node:22-slim AS base\nENV PORT=3000\nEXPOSE $PORT/tcp 9229\nFROM base\n' },
        containers: [{ name: 'app', portMappings: [{ containerPort: 80, protocol: 'tcp' }] }],
        at: ['Dockerfile:3'],
      },
    ],
    passes: [
      {
        name: 'the same port',
        files: { Dockerfile: 'FROM python:3.13-slim\nEXPOSE 9000\nEXPOSE 8000/tcp\n' },
        containers: [{ name: 'app', portMappings: [{ containerPort: 8000 }] }],
      },
      {
        name: 'within a range',
        files: { Dockerfile: 'FROM python:3.13-slim\nEXPOSE 7990-8010\n' },
        containers: [{ name: 'app', portMappings: [{ containerPort: 8000 }] }],
      },
      {
        name: 'the task definition tells the application its port',
        files: { Dockerfile: 'FROM node:22-slim\nEXPOSE 3000\n' },
        containers: [
          {
            name: 'app',
            portMappings: [{ containerPort: 8080 }],
            environment: [{ name: 'PORT', value: '8080' }],
          },
        ],
      },
      {
        name: 'no mapping is known',
        files: { Dockerfile: 'FROM node:22-slim\nEXPOSE 3000\n' },
      },
      {
        name: 'a variable without a default',
        files: { Dockerfile: 'FROM node:22-slim\nARG PORT\nEXPOSE $PORT\n' },
        containers: [{ name: 'app', portMappings: [{ containerPort: 8080 }] }],
      },
    ],
  },
  find: inEach(({ file, final, containers }) => {
    const exposed = exposedPorts(final);
    const expose = final.lineage.find(({ keyword }) => keyword === 'EXPOSE');
    if (!expose || exposed === undefined || exposed.length === 0) return [];
    return (containers ?? []).flatMap((container) => {
      const mapped = mappedPorts(container);
      const met = mapped.some((port) => exposed.some(([from, to]) => port >= from && port <= to));
      if (mapped.length === 0 || met || tellsPort(container, mapped)) return [];
      const written = exposed.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
      return [
        {
          where: { file, line: expose.line },
          title: `${file} exposes ${written}, and container ${container.name ?? '?'} of the task definition gets its traffic on ${mapped.join(', ')}.`,
        },
      ];
    });
  }),
};

/** Ports as first and last of a range; undefined where a variable's value is not known. */
function exposedPorts({ lineage }: Stage): readonly (readonly [number, number])[] | undefined {
  const assignments = lineage.flatMap((each) => each.assignments);
  const words = lineage.flatMap(({ keyword, words }) => (keyword === 'EXPOSE' ? words : []));
  const ports: [number, number][] = [];
  for (const word of words) {
    const [, from, to, protocol] =
      /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(\w+))?$/.exec(fillIn(word, assignments) ?? '') ?? [];
    if (from === undefined) return undefined;
    if (protocol?.toLowerCase() !== 'udp') ports.push([Number(from), Number(to ?? from)]);
  }
  return ports;
}

function mappedPorts({ portMappings = [] }: ContainerDefinition): readonly number[] {
  return portMappings.flatMap(({ containerPort, protocol }) =>
    containerPort && protocol !== 'udp' ? containerPort : [],
  );
}

function tellsPort({ environment = [] }: ContainerDefinition, mapped: readonly number[]): boolean {
  return environment.some(
    ({ name = '', value }) => /(^|_)PORT$/i.test(name) && mapped.some((port) => String(port) === value),
  );
}
