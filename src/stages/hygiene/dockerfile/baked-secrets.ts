import type { Hit, Rule } from '../rule.ts';
import { type Dockerfile, type Dockerfiles, inEach } from './dockerfile.ts';
import type { Assignment, Instruction } from './instructions.ts';
import { hasUrlPassword, isStandIn, namesSecret } from './secret-names.ts';

/** DG009: who can pull the image can read the secret. */
export const bakedSecrets: Rule<Dockerfiles> = {
  code: 'DG009',
  summary: 'A secret in ARG or ENV',
  level: 'warning',
  why: 'The values of `ENV`, and of each `ARG` that a `RUN` may use, stand in the image for good: `docker history` and `docker inspect` show them to everybody who can pull it, also when a later layer unsets them. A literal value is in the history of git as well. BuildKit writes build arguments into the provenance of the image too.',
  how: 'Looks at `ARG` and `ENV` of all stages that take part in the build: names that end as a secret’s do (`…PASSWORD`, `…TOKEN`, `…SECRET`, `…API_KEY`), and in every instruction a password in a URL. (Keys and tokens that their form gives away are named by DG030 and DG031, in whatever file.) Empty values, placeholders, switches, numbers and paths are left alone, and names whose values go to browsers anyway (`NEXT_PUBLIC_…`, `VITE_…`). Values are never shown.',
  fix: 'For the build, mount the secret where it is used, and pass it by the input `secrets`:\n\n```dockerfile\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\n```\n\nFor the running application, take the line out and name the secret in the task definition: `"secrets": [{"name": "JWT_SECRET", "valueFrom": "arn:aws:secretsmanager:…"}]`. A value that was committed or pushed is known: make a new one.',
  source: 'https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/',
  see: "git grep -n -i -E '^ *(ARG|ENV) .*(password|secret|token|key)' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'a literal value',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nENV APP_ENV=production \\\n    JWT_SECRET="hunter2-but-longer"\n',
        },
        at: ['Dockerfile:3'],
      },
      {
        name: 'an argument of the build, in a stage that builds',
        files: {
          Dockerfile:
            'FROM node:22 AS build\nARG NPM_TOKEN\nRUN npm ci\nFROM node:22-slim\nCOPY --from=build /app /app\n',
        },
        at: ['Dockerfile:2'],
      },
      {
        name: 'an argument that becomes a variable of the image',
        files: {
          Dockerfile: 'FROM node:22-slim\nARG VERSION\nENV apiToken=$VERSION DB_PASSWORD=${VERSION}\n',
        },
        at: ['Dockerfile:3', 'Dockerfile:3'],
      },
      {
        name: 'a password in a URL',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nENV DATABASE_URL=postgres://app:k3Vw9ahz@db.example.com/app\nRUN git clone https://x:k3Vw9ahz@git.example.com/app.git\n',
        },
        at: ['Dockerfile:2', 'Dockerfile:3'],
      },
      {
        name: 'an argument that a stage which is left behind makes a variable',
        files: {
          Dockerfile:
            'FROM node:22 AS build\nARG APP_TOKEN=""\nENV APP_TOKEN="$APP_TOKEN"\nRUN npm run build\nFROM node:22-slim\nCOPY --from=build /app /app\n',
        },
        at: ['Dockerfile:2'],
      },
      {
        name: 'the old form of ENV',
        files: { Dockerfile: 'FROM python:3.13-slim\nENV SECRET_KEY k3Vw9ahz and more\n' },
        at: ['Dockerfile:2'],
      },
    ],
    passes: [
      {
        name: 'placeholders, switches and paths',
        files: {
          Dockerfile:
            'FROM ruby:3.4-slim\nENV SECRET_KEY_BASE_DUMMY=1 DB_PASSWORD= API_TOKEN=changeme ALLOW_EMPTY_PASSWORD=yes ENCRYPTION_KEY=CAFEBABE\nENV GOOGLE_APPLICATION_CREDENTIALS=/run/secrets/google.json DB_PASSWORD_FILE=/run/secrets/db MAX_TOKENS=4096\nENV DATABASE_URL=postgres://postgres:postgres@localhost/dev\n',
        },
      },
      {
        name: 'a secret that is mounted',
        files: {
          Dockerfile: 'FROM node:22-slim\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm ci\n',
        },
      },
      {
        name: 'what a browser gets',
        files: {
          Dockerfile:
            'FROM node:22-slim\nARG NEXT_PUBLIC_MAPBOX_TOKEN\nENV PWD=/app TOKENIZERS_PARALLELISM=false\n',
        },
      },
      {
        name: 'a URL whose password is a variable',
        files: { Dockerfile: 'FROM node:22-slim\nRUN git clone https://x:${PASS}@git.example.com/app.git\n' },
      },
      {
        name: 'a stage that nothing needs',
        files: { Dockerfile: 'FROM node:22 AS test\nENV DB_PASSWORD=k3Vw9ahz\nFROM node:22-slim\n' },
      },
    ],
  },
  find: inEach((dockerfile) =>
    dockerfile.stages.flatMap((stage) =>
      stage.own.flatMap((instruction) => hitsIn(instruction, dockerfile, stage === dockerfile.final)),
    ),
  ),
};

function hitsIn(instruction: Instruction, { file, final }: Dockerfile, isFinal: boolean): readonly Hit[] {
  const { keyword, line, text, assignments } = instruction;
  const isDeployed = isFinal || final.lineage.includes(instruction);
  if (keyword === 'ARG' || keyword === 'ENV') {
    return assignments.flatMap((assignment) => {
      const hit = judge(keyword, assignment, file, isDeployed);
      return hit ? [hit] : [];
    });
  }
  if (!hasUrlPassword(text)) return [];
  return [{ where: { file, line }, title: `${keyword} in ${file} holds a password in a URL.` }];
}

function judge(
  keyword: 'ARG' | 'ENV',
  { name, value = '', line }: Assignment,
  file: string,
  isDeployed: boolean,
): Hit | undefined {
  const where = { file, line };
  const level = isDeployed ? 'warning' : 'note';
  const place = isDeployed ? 'the image' : 'the build cache';
  if (hasUrlPassword(value)) {
    return {
      where,
      title: `${keyword} ${name} in ${file} holds a password in a URL: it is in git and in ${place}.`,
    };
  }
  if (!namesSecret(name)) return undefined;
  if (value.includes('$')) {
    // A stage that is left behind has it from an ARG, which is named already.
    if (!isDeployed) return undefined;
    return {
      where,
      title: `${keyword} ${name} in ${file} takes a secret from a build argument: everybody who can pull the image can read it.`,
    };
  }
  if (value !== '') {
    if (isStandIn(value)) return undefined;
    return {
      where,
      level,
      title: `${keyword} ${name} in ${file} has a literal value: it is in git and in ${place}.`,
    };
  }
  if (keyword === 'ENV') return undefined;
  return {
    where,
    level,
    title: isDeployed
      ? `ARG ${name} in ${file} puts a secret into the history of the image.`
      : `ARG ${name} in ${file} puts a secret into the build cache and the provenance of the image.`,
    fix: `Mount it where it is used: \`RUN --mount=type=secret,id=${name},env=${name} …\`, and pass it by the input \`secrets\`.`,
  };
}
