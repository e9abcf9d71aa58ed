import picomatch from 'picomatch';
import { oneLine } from '../../../runner/text.ts';
import type { Hit, Rule } from '../rule.ts';
import type { BuildContext } from './build-context.ts';

/** Patterns that are meant for wherever such a thing stands. */
const MEANT_EVERYWHERE =
  /^\/?(__pycache__|\*\.py\[co[d]?\]|\*\.py[co]|\.env(\.\*|\*)?|node_modules|\.DS_Store|\*\.log|\.pytest_cache|\.mypy_cache|\.venv|venv|\*\.(pem|key|tfstate|tfvars|swp)|\.terraform|coverage)\/?$/;

/** DG024: a pattern that leaves out less than its writer thinks. */
export const topOnlyPattern: Rule<BuildContext> = {
  code: 'DG024',
  summary: 'A pattern of .dockerignore leaves out only what is at the top',
  level: 'warning',
  why: "A pattern of `.gitignore` without a slash holds in every folder; the same pattern in `.dockerignore` holds in the context's own folder alone. So `.env` leaves `api/.env` in, and `__pycache__` all but one.",
  how: 'Where a pattern that is meant for everywhere (`.env`, `__pycache__`, `*.pyc`, `node_modules`, `*.pem` and the like) has no `**/` before it, and something deeper in the build context that it would leave out is taken by a `COPY`. A tracked `.env` is left alone: the build may read its settings from it.',
  fix: 'Write `**/` before it, which also holds at the top:\n\n```text\n**/.env\n**/__pycache__\n```',
  source: 'https://docs.docker.com/build/concepts/context/#matching',
  see: "grep -n -v -E '^(#|!|$)|/' .dockerignore",
  examples: {
    fails: [
      {
        name: 'as in a .gitignore',
        files: {
          Dockerfile: 'FROM python:3.13-slim\nCOPY . .\n',
          '.dockerignore': '# caches\n__pycache__\n*.pyc\n.env\n',
          'api/main.py': '',
        },
        untracked: { 'api/__pycache__/': '', 'api/.env': 'PORT=1\n' },
        at: ['.dockerignore:2', '.dockerignore:4'],
      },
    ],
    passes: [
      {
        name: 'the tracked settings of a web page',
        files: {
          Dockerfile: 'FROM node:22-slim\nCOPY . .\n',
          '.dockerignore': '.env\n',
          'web/.env': 'NEXT_PUBLIC_API_URL=https://api.example.org\n',
        },
      },
      {
        name: 'everywhere, or only at the top',
        files: {
          Dockerfile: 'FROM node:22-slim\nCOPY . .\n',
          '.dockerignore': '**/__pycache__\nnode_modules\nREADME.md\n',
          'api/README.md': '',
        },
        untracked: { 'api/__pycache__/': '', 'node_modules/': '' },
      },
      {
        name: 'nothing copies it',
        files: { Dockerfile: 'FROM node:22-slim\nCOPY web /web\n', '.dockerignore': 'node_modules\n' },
        untracked: { 'api/node_modules/': '' },
      },
    ],
  },
  find: (context) => context.patterns.flatMap((pattern, index) => hitsOf(context, pattern, index + 1)),
};

function hitsOf(
  { sent, tracked, copies, ignoreFile }: BuildContext,
  pattern: string,
  line: number,
): readonly Hit[] {
  if (!MEANT_EVERYWHERE.test(pattern)) return [];
  const name = pattern.replaceAll(/^\/|\/$/g, '');
  const matches = picomatch(name, { dot: true });
  // A tracked `.env` may be what the build reads its public settings from; one with secrets is DG020's.
  const mayBeNeeded = (path: string) => name.startsWith('.env') && tracked.has(path);
  const left = sent.filter((path) => {
    if (mayBeNeeded(path)) return false;
    const deeper = path.split('/').slice(1);
    return deeper.some((part) => matches(part)) && copies.some(({ takes }) => takes(path));
  });
  const [first] = left;
  if (first === undefined) return [];
  const more = left.length > 1 ? ` and ${left.length - 1} more` : '';
  return [
    {
      where: { file: ignoreFile.path, line },
      title: `\`${name}\` leaves out only what is in the context's own folder: ${oneLine(first, 100)}${more} is copied all the same.`,
      fix: `Write \`**/${name}\`, which holds in every folder.`,
    },
  ];
}
