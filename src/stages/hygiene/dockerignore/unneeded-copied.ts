import { size } from '../../report/words.ts';
import type { Hit, Rule } from '../rule.ts';
import type { BuildContext, Copy, SentEntry } from './build-context.ts';
import { addLines, copyText, intoText, sizedList } from './words.ts';

/** From here on each deployment is felt to be slower. In bytes. */
const LARGE = 20_000_000;
const LARGE_IN_STAGE = 1_000_000;

/** DG022: what no container needs is in the image. */
export const unneededCopied: Rule<BuildContext> = {
  code: 'DG022',
  summary: 'What the image does not need is copied into it',
  level: 'note',
  worst: 'warning',
  why: 'Caches, documentation and infrastructure code make the image larger, and each new task pulls it. Each change of them also builds the layer and all after it anew. A `node_modules` or `.venv` of the runner moreover replaces what the image installed for itself.',
  how: 'Looks for what `.dockerignore` does not leave out and a `COPY` of the context takes: `.github`, `docs`, `monitoring`, `infra`, `db/data` at the top; `__pycache__`, `*.pyc`, `.pytest_cache`, `node_modules`, `.venv`, `.terraform`, `coverage`, `.DS_Store`, `*.log` and the like wherever they are. What the Dockerfile names is left alone. From 20 MB on it is a warning; into a stage that only helps to build, less than 1 MB is left alone.',
  fix: 'In `.dockerignore`, as far as you have it:\n\n```text\n.git\n.github\n**/__pycache__\n**/*.pyc\n**/*.pyo\n**/.pytest_cache\n**/.env\n**/.DS_Store\n**/node_modules\ndb/data\nmonitoring\ndocs\ninfra\n```',
  source: 'https://docs.docker.com/build/concepts/context/#dockerignore-files',
  see: 'docker history --no-trunc IMAGE',
  examples: {
    fails: [
      {
        name: 'documentation, and what Python leaves behind',
        files: {
          Dockerfile: 'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n',
          'docs/guide.md': 'text',
          'infra/main.tf': '',
          '.github/workflows/ci.yml': '',
          'app/main.py': '',
        },
        untracked: { 'app/__pycache__/': '', 'app/x.pyc': '' },
        at: ['Dockerfile:3'],
      },
      {
        name: 'so much that each deployment is slower',
        files: { Dockerfile: 'FROM node:22-slim\nCOPY . .\n' },
        untracked: { 'coverage/': '', 'coverage/all.json': 'x'.repeat(20_000_000) },
        at: ['Dockerfile:2'],
      },
    ],
    passes: [
      {
        name: 'all of it is left out',
        files: {
          Dockerfile: 'FROM python:3.13-slim\nCOPY . .\n',
          '.dockerignore': '.github\ndocs\n**/__pycache__\n',
          'docs/guide.md': 'text',
          '.github/workflows/ci.yml': '',
        },
        untracked: { 'app/__pycache__/': '' },
      },
      {
        name: 'the folder of the code is copied, or the Dockerfile names what it needs',
        files: {
          Dockerfile: 'FROM python:3.13-slim\nCOPY app /app\nCOPY docs /docs\n',
          'docs/guide.md': 'text',
          'app/docs/guide.md': '',
        },
      },
    ],
  },
  find: (context) => {
    const copied = context.unneeded.filter(({ copy }) => copy !== undefined);
    return context.copies.flatMap((copy) =>
      hitsOf(
        context,
        copied.filter((each) => each.copy === copy),
        copy,
      ),
    );
  },
};

function hitsOf(context: BuildContext, entries: readonly SentEntry[], copy: Copy): readonly Hit[] {
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  // What helps to build is cached, and pulled by nobody.
  if (entries.length === 0 || (copy.into === 'stage' && bytes < LARGE_IN_STAGE)) return [];
  const others = context.others.filter((each) => each.copy === copy && each.bytes > 0);
  return [
    {
      where: { file: context.dockerfile, line: copy.line },
      ...(bytes >= LARGE && copy.into === 'image' ? { level: 'warning' } : {}),
      title: `${copyText(copy)} puts ${size(bytes)} ${intoText(copy)} that it does not need: ${sizedList(entries)}.`,
      ...(others.length > 0
        ? { detail: `Not tracked by git either, and copied too: ${sizedList(others)}.` }
        : {}),
      fix: addLines(
        context,
        entries.map(({ path }) => path),
      ),
    },
  ];
}
