import type { Hit, Rule } from '../rule.ts';
import { type Dockerfile, type Dockerfiles, inEach, last } from './dockerfile.ts';
import type { Instruction } from './instructions.ts';
import { familyOfStage } from './packages.ts';
import { shellCommands } from './shell-commands.ts';

/** DG011: a shell stands between ECS and the application. */
export const shellForm: Rule<Dockerfiles> = {
  code: 'DG011',
  summary: 'A shell between ECS and the application',
  level: 'warning',
  why: 'ECS stops a task by sending SIGTERM to its first process, and kills it after `stopTimeout` (30 seconds) if it is still there. A shell that waits for the application does not pass the signal on: requests that are under way break off, and each old task of each deployment takes the whole 30 seconds. An `ENTRYPOINT` in shell form also ignores its arguments: the `command` of a task definition or of a one-off task (a migration) has no effect.',
  how: 'Looks at the last `ENTRYPOINT` and `CMD` of the stage that is built and those it is `FROM`. Shell form is named where the shell stays: Debian’s and Ubuntu’s `sh` waits for its command, while those of Alpine and of Red Hat’s family are replaced by a single one. Also named is a start script in the repository whose last line starts the application without `exec`. Left alone: `exec` before the command, a script with a `trap`, an init as the entry point (`tini`, `dumb-init`, s6), `initProcessEnabled` in the task definition, and a `CMD` that is the argument of a program.',
  fix: 'Write it as a JSON array, or put `exec` in front:\n\n```dockerfile\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]\nCMD exec gunicorn --bind 0.0.0.0:$PORT app:app\n```\n\nIn a start script, the last line is `exec "$@"`.',
  source: 'https://docs.docker.com/reference/dockerfile/#shell-form-entrypoint-example',
  see: "git grep -n -E '^(CMD|ENTRYPOINT) +[^[]' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'CMD in shell form',
        files: { Dockerfile: 'FROM python:3.13-slim\nCMD uvicorn app:app --host 0.0.0.0\n' },
        at: ['Dockerfile:2'],
      },
      {
        name: 'several commands, and sh in JSON form',
        files: {
          Dockerfile: 'FROM node:22-slim\nCMD ["sh", "-c", "npx prisma migrate deploy && node server.js"]\n',
        },
        at: ['Dockerfile:2'],
      },
      {
        name: 'the package manager tells whose shell it is',
        files: {
          Dockerfile:
            'FROM envoyproxy/envoy:v1.39.0\nRUN apt-get update && apt-get install -y gettext-base\nENTRYPOINT ["/bin/sh", "-c", "envoy -c envoy.yaml"]\n',
        },
        at: ['Dockerfile:3'],
      },
      {
        name: 'ENTRYPOINT in shell form, with any shell',
        files: {
          Dockerfile:
            'FROM node:22-alpine AS base\nENTRYPOINT node server.js\nFROM base\nCMD ["--port", "80"]\n',
        },
        at: ['Dockerfile:2'],
      },
      {
        name: 'single quotes are no JSON',
        files: { Dockerfile: "FROM debian:bookworm-slim\nCMD ['/app', 'serve']\n" },
        at: ['Dockerfile:2'],
      },
      {
        name: 'a start script without exec',
        files: {
          Dockerfile: 'FROM python:3.13-slim\nCOPY . /app\nENTRYPOINT ["/app/start.sh"]\n',
          'start.sh': '#!/bin/sh\nset -e\n\npython migrate.py\ngunicorn \\\n  app:app\n\n# that is all\n',
        },
        at: ['start.sh:5'],
      },
    ],
    passes: [
      { name: 'JSON form', files: { Dockerfile: 'FROM python:3.13-slim\nCMD ["uvicorn", "app:app"]\n' } },
      {
        name: 'exec',
        files: { Dockerfile: 'FROM python:3.13-slim\nCMD ./migrate && exec gunicorn --bind :$PORT app\n' },
      },
      {
        name: 'a shell that steps aside',
        files: { Dockerfile: 'FROM node:22-alpine\nCMD node server.js --port $PORT\n' },
      },
      {
        name: 'an init',
        files: {
          Dockerfile: 'FROM debian:bookworm-slim\nENTRYPOINT ["/usr/bin/tini", "--"]\nCMD python app.py\n',
        },
      },
      {
        name: 'replaced by a stage behind it',
        files: { Dockerfile: 'FROM debian:12 AS base\nCMD serve\nFROM base\nCMD ["/app"]\n' },
      },
      {
        name: 'another Dockerfile’s script of the same name',
        files: {
          'web/Dockerfile': 'FROM ruby:3.4-slim\nCOPY web /web\nENTRYPOINT ["./docker/start.sh"]\n',
          'admin/docker/start.sh': '#!/bin/sh\nrails server\n',
          'web/docker/start.sh': '#!/bin/sh\nexec rails server\n',
        },
        facts: { dockerfile: 'web/Dockerfile' },
      },
      {
        name: 'a start script with exec, and one with a trap',
        files: {
          Dockerfile: 'FROM python:3.13-slim\nENTRYPOINT ["./entrypoint.sh"]\nCMD ["gunicorn"]\n',
          'entrypoint.sh': '#!/bin/sh\nif [ "$1" = test ]; then\n  pytest\n  exit\nfi\nexec "$@"\n',
        },
      },
    ],
  },
  find: inEach((dockerfile) => {
    const { final, startScript } = dockerfile;
    const entrypoint = last(final, 'ENTRYPOINT');
    const command = last(final, 'CMD');
    if ([entrypoint, command].some((each) => each && hasInit(dockerfile, each))) return [];
    if (entrypoint && entrypoint.json === undefined) {
      return entrypoint.commands.at(-1)?.replacesShell ? [] : [entrypointHit(dockerfile, entrypoint)];
    }
    // A script gets the CMD as its arguments, shell and all; what another program makes of it is not known.
    const isScript = /entrypoint|\.sh$/.test(entrypoint?.json?.at(-1) ?? '');
    const start = entrypoint && !isScript ? entrypoint : command;
    if (start && shellStays(dockerfile, start)) return [commandHit(dockerfile, start)];
    return startScript ? scriptHits(startScript) : [];
  }),
};

/** Programs that pass signals on, and wait for what they started. */
const INITS = /(^|\/)(tini(-static)?|dumb-init|docker-init|catatonit|init|s6-\S+|supervisord|pm2-runtime)$/;

function hasInit({ containers }: Dockerfile, { commands }: Instruction): boolean {
  const byEcs = containers?.length && containers.every((each) => each.linuxParameters?.initProcessEnabled);
  return Boolean(byEcs) || commands.some(({ words }) => words.some((word) => INITS.test(word)));
}

function entrypointHit({ file }: Dockerfile, { line, text }: Instruction): Hit {
  return {
    where: { file, line },
    title: `ENTRYPOINT in ${file} is in shell form: it ignores the arguments and the \`command\` of a task, and its shell may not pass on the signal to stop.`,
    fix:
      arrayOf(text) ??
      'Write it as a JSON array, or move what the shell does into a script that ends with `exec "$@"`.',
  };
}

function commandHit({ file, final }: Dockerfile, { keyword, line, text, json, commands }: Instruction): Hit {
  const isKnown = familyOfStage(final) !== undefined;
  return {
    where: { file, line },
    ...(isKnown ? {} : { level: 'note' as const }),
    title: `${keyword} in ${file} leaves a shell in front of the application: ECS’s signal to stop ${isKnown ? 'does' : 'may'} not reach it, and each stop then takes the 30 seconds of stopTimeout.`,
    fix:
      (json ? undefined : arrayOf(text)) ?? execBefore(json ? scriptIn(json) : text, commands.at(-1)?.words),
  };
}

/** The same with `exec` before the last command, where that stands in it once and as it is. */
function execBefore(script: string | undefined, words: readonly string[] | undefined): string {
  const program = words?.[0] ?? '';
  if (script === undefined || !/^[\w./-]+$/.test(program) || script.length > 150 || /[`\n]/.test(script)) {
    return 'Put `exec` before the last command: `… && exec gunicorn app:app`.';
  }
  const found = [...script.matchAll(/(?<![^\s;&|(])[\w./-]+(?![^\s;&|)])/g)].filter(
    ([word]) => word === program,
  );
  if (found.length !== 1) return `Put \`exec\` before the last \`${program}\`.`;
  const index = found[0]?.index ?? 0;
  return `Put \`exec\` before the last command: \`${script.slice(0, index)}exec ${script.slice(index)}\`.`;
}

/** The same command as a JSON array, where it needs no shell. */
function arrayOf(text: string): string | undefined {
  if (!/^[\w./:=@,+-]+( +[\w./:=@,+-]+)*$/.test(text) || text.length > 200) return undefined;
  return `Write it as \`${JSON.stringify(text.split(/ +/)).replaceAll('","', '", "')}\`.`;
}

/**
 * Whether the shell stays while its last command runs. Debian's dash always does; busybox's and bash put a last command
 * in their own place. Tried with dash 0.5.12, busybox 1.35 and bash 5.2.
 */
function shellStays({ final }: Dockerfile, start: Instruction): boolean {
  const script = start.json ? scriptIn(start.json) : start.text;
  const command = start.commands.at(-1);
  if (script === undefined || command === undefined || command.replacesShell) return false;
  const shell = start.json?.[0] ?? last(final, 'SHELL')?.json?.[0] ?? '/bin/sh';
  if (!/(^|\/)(ba|da|a|z)?sh$/.test(shell)) return false;
  const family = familyOfStage(final);
  const stepsAside = /bash$|zsh$/.test(shell) || family === 'alpine' || family === 'redhat';
  if (stepsAside) return /[^|]\|[^|]|\|\| *exit|[^&>]&\s*$/.test(script);
  return family === 'debian' || start.commands.length > 1;
}

function scriptIn([program = '', ...rest]: readonly string[]): string | undefined {
  if (!/(^|\/)(ba|da|a|z)?sh$/.test(program)) return undefined;
  const flag = rest.findIndex((word) => /^-[a-z]*c$/.test(word));
  return flag === -1 ? undefined : rest[flag + 1];
}

/** What may end a script that has started its application before, or that starts none. */
const NO_APPLICATION =
  /^(exit|wait|echo|printf|true|:|return|\.|source|cd|export|set|rm|chown|chmod|\}|done|esac)$/;

function scriptHits({ file, text }: NonNullable<Dockerfile['startScript']>): readonly Hit[] {
  const isShell = /^#!.*\b(ba|da|a)?sh\b/.test(text) || (!text.startsWith('#!') && file.endsWith('.sh'));
  if (!isShell || /^[ \t]*trap\s/m.test(text)) return [];
  const commands = shellCommands(text);
  const end = commands.findLast(({ words }) => words[0] !== 'fi' && words[0] !== ';;');
  if (end === undefined || commands.some(({ replacesShell }) => replacesShell)) return [];
  if (NO_APPLICATION.test(end.words[0] ?? '')) return [];
  return [
    {
      where: { file, line: text.slice(0, end.offset).split('\n').length },
      title: `${file} starts the application without \`exec\`: the shell stays in front of it, and ECS’s signal to stop does not reach it.`,
      fix: 'Put `exec` before the last command: `exec "$@"`, or `exec` and the command that is there.',
    },
  ];
}
