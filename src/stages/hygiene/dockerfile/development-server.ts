import type { Rule } from '../rule.ts';
import { type Dockerfiles, inEach, last } from './dockerfile.ts';
import type { ShellCommand } from './shell-commands.ts';

/** DG015: what is deployed is meant for a laptop. */
export const developmentServer: Rule<Dockerfiles> = {
  code: 'DG015',
  summary: 'The image starts a development server',
  level: 'warning',
  why: 'Development servers reload on changes, show stack traces and debuggers to whoever causes an error, serve one request at a time or keep the whole build in memory. Their own documentation says not to use them in production.',
  how: 'Looks at the last `ENTRYPOINT` and `CMD` of the stage that is built: `flask run`, `manage.py runserver`, `uvicorn --reload`, `fastapi dev`, `gunicorn --reload`, `next dev`, `nuxt dev`, `vite`, `ng serve`, `react-scripts start`, `webpack serve`, `nodemon`, `npm run dev`, `php artisan serve`, `php -S`. A server that a script starts is not known.',
  fix: 'Start what the framework has for production:\n\n```dockerfile\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]\nCMD ["uvicorn", "app:app", "--host", "0.0.0.0"]\nCMD ["node", "server.js"]\n```\n\nFor development, give the same Dockerfile another stage and name it in Compose: `target: dev`.',
  source: 'https://flask.palletsprojects.com/en/stable/deploying/',
  see: "git grep -n -E '^(CMD|ENTRYPOINT)' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'Flask',
        files: {
          Dockerfile: 'FROM python:3.13-slim\nCMD ["flask", "--app", "app", "run", "--host=0.0.0.0"]\n',
        },
        at: ['Dockerfile:2'],
      },
      {
        name: 'Django, split over ENTRYPOINT and CMD',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nENTRYPOINT ["python3"]\nCMD ["manage.py", "runserver", "0.0.0.0:8000"]\n',
        },
        at: ['Dockerfile:3'],
      },
      {
        name: 'reloading, behind a migration',
        files: {
          Dockerfile: 'FROM python:3.13-slim\nCMD alembic upgrade head && exec uvicorn app:app --reload\n',
        },
        at: ['Dockerfile:2'],
      },
      {
        name: 'a script of package.json',
        files: { Dockerfile: 'FROM node:22-slim AS base\nCMD ["npm", "run", "dev"]\nFROM base\nCOPY . .\n' },
        at: ['Dockerfile:2'],
      },
    ],
    passes: [
      {
        name: 'production servers',
        files: { Dockerfile: 'FROM python:3.13-slim\nCMD ["fastapi", "run", "app.py"]\n' },
      },
      {
        name: 'a stage for development that is not deployed',
        files: {
          Dockerfile:
            'FROM node:22-slim AS dev\nCMD ["npm", "run", "dev"]\nFROM node:22-slim\nCMD ["node", "server.js"]\n',
        },
      },
      {
        name: 'a build, a preview and a file of that name',
        files: {
          Dockerfile: 'FROM node:22-slim\nRUN npx vite build\nCMD ["node", "dist/nodemon.js", "vite"]\n',
        },
      },
    ],
  },
  find: inEach(({ file, final }) => {
    const starts = [last(final, 'ENTRYPOINT'), last(final, 'CMD')].filter((each) => each !== undefined);
    const commands: readonly (ShellCommand & { readonly line: number })[] = starts.flatMap(
      (each) => each.commands,
    );
    const [entrypoint, command] = starts;
    // Together they are one command, where both are arrays.
    const joined =
      entrypoint?.json && command?.json
        ? [{ words: [...entrypoint.json, ...command.json], line: command.line }]
        : [];
    const found = [...commands, ...joined].find(({ words }) => developmentCommand(words) !== undefined);
    if (found === undefined) return [];
    return [
      {
        where: { file, line: found.line },
        title: `The image of ${file} starts a development server: \`${developmentCommand(found.words)}\`.`,
        ...fixFor(developmentCommand(found.words)),
      },
    ];
  }),
};

const SERVERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['flask run', /^(python[\d.]* -m )?flask (\S+ )*run( |$)/],
  ['manage.py runserver', /^(python[\d.]* )?(\S+\/)?manage\.py runserver( |$)/],
  ['--reload', /^(python[\d.]* -m )?(uvicorn|gunicorn|hypercorn|daphne) (.* )?--reload( |$)/],
  ['fastapi dev', /^fastapi dev( |$)/],
  ['php artisan serve', /^php artisan serve( |$)/],
  ['php -S', /^php (.* )?-S /],
  ['nodemon', /^(npx )?nodemon( |$)/],
  ['vite', /^(npx )?vite( (dev|serve|--host|--port)( |$)|$)/],
  ['next dev', /^(npx )?(next|nuxt|astro|remix) dev( |$)/],
  ['ng serve', /^(npx )?ng serve( |$)/],
  ['react-scripts start', /^(npx )?react-scripts start( |$)/],
  ['webpack serve', /^(npx )?(webpack serve|webpack-dev-server)( |$)/],
  ['npm run dev', /^(npm|pnpm|yarn|bun) (run )?(dev|start:dev|watch)( |$)/],
];

const PAGE =
  'Build the page in a stage before (`npm run build`), and copy what comes of it into a stage `FROM nginx`, which serves it.';
const FIXES: Readonly<Record<string, string>> = {
  'fastapi dev': 'Write `fastapi run` in its place.',
  '--reload': 'Leave `--reload` out.',
  'flask run':
    'Write `CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]`, with your own module, and install gunicorn.',
  'manage.py runserver':
    'Write `CMD ["gunicorn", "--bind", "0.0.0.0:8000", "project.wsgi"]`, with your own project, and install gunicorn.',
  nodemon: 'Start the same file by `node`.',
  'next dev':
    'Run the build in the image (`next build`, or your framework’s own), and start what comes of it (`next start`).',
  vite: PAGE,
  'ng serve': PAGE,
  'react-scripts start': PAGE,
  'webpack serve': PAGE,
};

/** The rule's own, which names several, where none is known for a command. */
function fixFor(command: string | undefined): { readonly fix?: string } {
  const fix = FIXES[command ?? ''];
  return fix === undefined ? {} : { fix };
}

function developmentCommand(words: readonly string[]): string | undefined {
  const [program = '', ...rest] = words;
  // A long list of arguments tells nothing that its start doesn't.
  const text = [program.slice(program.lastIndexOf('/') + 1), ...rest.slice(0, 30)].join(' ').slice(0, 1_000);
  return SERVERS.find(([, pattern]) => pattern.test(text))?.[0];
}
