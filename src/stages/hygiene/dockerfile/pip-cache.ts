import type { Rule } from '../rule.ts';
import { type Dockerfiles, inEach, isMounted } from './dockerfile.ts';
import type { Instruction } from './instructions.ts';
import type { ShellCommand } from './shell-commands.ts';

/** DG006: what pip downloaded is in the image twice. */
export const pipCache: Rule<Dockerfiles> = {
  code: 'DG006',
  summary: '`pip install` keeps its cache in the image',
  level: 'note',
  why: 'pip keeps what it downloads and the wheels it builds in `~/.cache/pip`, for the next installation. In an image there is none: the layer holds every package twice, and each new task pulls it.',
  how: 'Looks at each `pip install`, `pip wheel` and `pip download` of the stage that is built and those it is `FROM`. Left alone with `--no-cache-dir`, with `PIP_NO_CACHE_DIR` set by `ENV`, `ARG` or in front of the command, with a cache mount, and where the same `RUN` removes the cache. Earlier stages are not deployed.',
  fix: 'Add the option, or mount a cache, which makes the next build faster as well:\n\n```dockerfile\nRUN pip install --no-cache-dir -r requirements.txt\nRUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt\n```',
  source: 'https://pip.pypa.io/en/stable/topics/caching/',
  see: "git grep -n 'pip3* install' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'without the option',
        files: {
          Dockerfile: 'FROM python:3.13-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n',
        },
        at: ['Dockerfile:3'],
      },
      {
        name: 'as a module, in a heredoc, and by sh -c',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nRUN <<EOF\npip install --upgrade pip\n/opt/venv/bin/python3 -m pip install flask\nEOF\nRUN ["/bin/sh", "-c", "set -e; pip3.13 install gunicorn"]\n',
        },
        at: ['Dockerfile:3', 'Dockerfile:4', 'Dockerfile:6'],
      },
      {
        name: 'PIP_NO_CACHE_DIR comes too late',
        files: { Dockerfile: 'FROM python:3.13-slim\nRUN pip install flask\nENV PIP_NO_CACHE_DIR=1\n' },
        at: ['Dockerfile:2'],
      },
      {
        name: 'put off by ONBUILD to the stage that is deployed',
        files: {
          Dockerfile:
            'FROM python:3.13-slim AS base\nONBUILD RUN pip install flask\nFROM base\nCMD ["flask"]\n',
        },
        at: ['Dockerfile:2'],
      },
    ],
    passes: [
      {
        name: 'with the option, in two stages',
        files: {
          Dockerfile:
            'FROM python:3.13 AS build\nRUN pip install build\nFROM python:3.13-slim\nRUN pip --no-cache-dir install flask && pip install gunicorn --no-cache-dir\n',
        },
      },
      {
        name: 'by a variable',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nENV PYTHONUNBUFFERED=1 \\\n    PIP_NO_CACHE_DIR=1\nRUN pip install flask\n',
        },
      },
      {
        name: 'by a variable in front of the command',
        files: { Dockerfile: 'FROM python:3.13-slim\nRUN PIP_NO_CACHE_DIR=1 pip install flask\n' },
      },
      {
        name: 'with a cache mount',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nRUN --mount=type=cache,target=/root/.cache \\\n    pip install -r requirements.txt\n',
        },
      },
      {
        name: 'removed by the same RUN',
        files: { Dockerfile: 'FROM python:3.13-slim\nRUN pip install flask && rm -rf /root/.cache/pip\n' },
      },
      {
        name: 'no command: text, a comment, another program',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\n# RUN pip install flask\nRUN echo "run pip install flask" && \\\n    # pip install flask\n    uv pip install --system flask\n',
        },
      },
    ],
  },
  find: inEach(({ file, final }) => {
    const isOff = ({ assignments }: Instruction) =>
      assignments.some(({ name, value }) => name === 'PIP_NO_CACHE_DIR' && value !== '');
    const off = final.lineage.findIndex(isOff);
    const before = off === -1 ? final.lineage : final.lineage.slice(0, off);
    return before.flatMap((run) => {
      if (run.keyword !== 'RUN' || isMounted(run, /\.cache|pip/) || removesCache(run)) return [];
      return run.commands.filter(keepsCache).map(({ line }) => ({
        where: { file, line },
        title: `pip keeps its cache in the image of ${file}: every package is in it twice.`,
        fix: 'Write `pip install --no-cache-dir …`, or `ENV PIP_NO_CACHE_DIR=1` once before the first.',
      }));
    });
  }),
};

function keepsCache({ words, assignments }: ShellCommand): boolean {
  const pip = /^(\/\S*\/)?python[\d.]*$/.test(words[0] ?? '') && words[1] === '-m' ? words.slice(2) : words;
  if (!/^(\/\S*\/)?pip[\d.]*$/.test(pip[0] ?? '')) return false;
  const action = pip.slice(1).find((word) => !word.startsWith('-'));
  if (!/^(install|wheel|download)$/.test(action ?? '')) return false;
  const off = pip.some((word) => word === '--no-cache-dir' || word === '--no-cache');
  return !off && !assignments.some((each) => each.startsWith('PIP_NO_CACHE_DIR='));
}

function removesCache({ commands }: Instruction): boolean {
  return commands.some(
    ({ words }) =>
      (words[0] === 'rm' && words.some((word) => /\/\.cache(\/|$)/.test(word))) ||
      (/^(\/\S*\/)?pip[\d.]*$/.test(words[0] ?? '') && words[1] === 'cache' && words[2] === 'purge') ||
      (/pip[\d.]*$/.test(words[0] ?? '') &&
        words.some((word) => /no-cache-dir$/.test(word)) &&
        words[1] === 'config'),
  );
}
