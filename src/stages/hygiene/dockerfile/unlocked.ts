import type { Hit, Rule } from '../rule.ts';
import { type Dockerfile, type Dockerfiles, inEach } from './dockerfile.ts';
import type { ShellCommand } from './shell-commands.ts';

/** DG014: what was tested is not what is deployed. */
export const unlocked: Rule<Dockerfiles> = {
  code: 'DG014',
  summary: 'Dependencies that the build chooses anew',
  level: 'note',
  why: 'Tests ran with the versions of the lock file. `npm install` may change them on the way, and `pip install flask` takes what is newest at that minute: the image then holds code that nobody tested, the same commit built again is another application, and going back to an earlier commit does not bring the earlier versions back.',
  how: 'Looks at the stages that take part in the build: `npm install` without `npm ci`, Yarn without `--immutable` or `--frozen-lockfile`, and pnpm without `--frozen-lockfile`, where git tracks their lock file in the context; `pip install` and `npm install --global` of packages by name without a version. Left alone: pip, setuptools, wheel, npm and corepack themselves, constraints (`-c`), URLs, paths and variables.',
  fix: 'Install what the lock file says, and name versions where there is none:\n\n```dockerfile\nRUN npm ci\nRUN yarn install --immutable\nRUN pnpm install --frozen-lockfile\nRUN pip install --no-cache-dir gunicorn==23.0.0\n```',
  source: 'https://docs.npmjs.com/cli/commands/npm-ci',
  see: "git grep -n -E 'npm (i|install)|yarn|pnpm (i|install)|pip3? install' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'npm install beside a lock file',
        files: {
          Dockerfile:
            'FROM node:22-slim\nCOPY package*.json ./\nRUN npm install --omit=dev && npm cache clean --force\n',
          'package-lock.json': '{}',
        },
        at: ['Dockerfile:3'],
      },
      {
        name: 'Yarn and pnpm, in stages that are left behind',
        files: {
          Dockerfile:
            'FROM node:22 AS web\nRUN yarn\nFROM node:22 AS admin\nRUN corepack enable && pnpm i --prod\nFROM nginx:1.29\nCOPY --from=web /a /a\nCOPY --from=admin /b /b\n',
          'web/yarn.lock': '',
          'admin/pnpm-lock.yaml': '',
        },
        at: ['Dockerfile:2', 'Dockerfile:4'],
      },
      {
        name: 'a tool of npm by name',
        files: {
          Dockerfile:
            'FROM node:22-slim\nRUN npm install -g pnpm && \\\n    npm i --global --loglevel notice @scope/tool turbo@2\n',
        },
        at: ['Dockerfile:2', 'Dockerfile:3'],
      },
      {
        name: 'packages by name',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nRUN pip install --upgrade pip && \\\n    pip install --no-cache-dir -r requirements.txt gunicorn "uvicorn[standard]"\n',
        },
        at: ['Dockerfile:3'],
      },
    ],
    passes: [
      {
        name: 'what the lock file says',
        files: {
          Dockerfile:
            'FROM node:22-slim\nRUN npm ci\nRUN yarn install --frozen-lockfile\nRUN yarn --immutable\nRUN pnpm install --frozen-lockfile --prod\nRUN npm install -g serve@14 @scope/tool@1.2 npm $TOOL\nRUN yarn build\n',
          'package-lock.json': '{}',
          'yarn.lock': '',
          'pnpm-lock.yaml': '',
        },
      },
      {
        name: 'no lock file to go by',
        files: { Dockerfile: 'FROM node:22-slim\nCOPY package.json .\nRUN npm install\n' },
      },
      {
        name: 'versions, files, paths and pip itself',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nRUN pip install -U pip setuptools wheel\nRUN pip install flask==3.1 "gunicorn>=23,<24" ./app.whl . -r requirements.txt $EXTRA git+https://example.com/a.git\nRUN pip install -c constraints.txt flask\nRUN pip install --prefix /install --extra-index-url https://pypi.example.com/simple poetry==2.2\n',
        },
      },
    ],
  },
  find: inEach((dockerfile) =>
    dockerfile.stages.flatMap(({ own }) =>
      own.flatMap(({ keyword, commands }) =>
        keyword === 'RUN' ? commands.flatMap((command) => hitsOf(command, dockerfile)) : [],
      ),
    ),
  ),
};

interface Manager {
  readonly lock: RegExp;
  readonly isFrozen: (words: readonly string[]) => boolean;
  readonly instead: string;
}

const MANAGERS: Readonly<Record<string, Manager>> = {
  npm: {
    lock: /(^|\/)(package-lock|npm-shrinkwrap)\.json$/,
    isFrozen: (words) => !/^(i|install)$/.test(words[0] ?? ''),
    instead: 'npm ci',
  },
  yarn: {
    lock: /(^|\/)yarn\.lock$/,
    isFrozen: (words) =>
      (words.length > 0 && words[0] !== 'install' && !words[0]?.startsWith('-')) ||
      words.some((word) => /^--(immutable|frozen-lockfile|version|help)/.test(word)),
    instead: 'yarn install --immutable',
  },
  pnpm: {
    lock: /(^|\/)pnpm-lock\.yaml$/,
    isFrozen: (words) =>
      !/^(i|install)$/.test(words[0] ?? '') || words.some((word) => /^--frozen-lockfile/.test(word)),
    instead: 'pnpm install --frozen-lockfile',
  },
};

function hitsOf(command: ShellCommand & { readonly line: number }, dockerfile: Dockerfile): readonly Hit[] {
  const { file, contextFiles } = dockerfile;
  const [program = '', ...words] = command.words;
  const where = { file, line: command.line };
  const manager = Object.hasOwn(MANAGERS, program) ? MANAGERS[program] : undefined;
  if (manager === undefined) {
    return unversionedHits(where, `pip in ${file}`, unversioned(command.words), '`name==1.2.3`');
  }
  const named = words
    .slice(1)
    .filter((word, at) => !word.startsWith('-') && !NPM_VALUE.test(words[at] ?? ''));
  if (words.some((word) => /^(-g|--global)$/.test(word))) {
    const isInstall = /^(i|install|add)$/.test(words.find((word) => !word.startsWith('-')) ?? '');
    return unversionedHits(
      where,
      `${program} in ${file}`,
      isInstall ? named.filter(isUnversioned) : [],
      '`name@1.2.3`',
    );
  }
  const isLocked = [...contextFiles].some((path) => manager.lock.test(path));
  if (named.length > 0 || !isLocked || manager.isFrozen(words)) return [];
  const did = ['install', 'i'].includes(words[0] ?? '') ? `${program} install` : program;
  return [
    {
      where,
      title: `\`${did}\` in ${file} may take other versions than the lock file has.`,
      fix: `Write \`${manager.instead}\`.`,
    },
  ];
}

/** Options of npm and pnpm that take the next word. */
const NPM_VALUE =
  /^--(loglevel|registry|prefix|cache|filter|network-timeout|reporter|store-dir|omit|include)$/;

/** The package managers themselves are what the base image has, a little newer. */
const isUnversioned = (word: string) =>
  /^(@[\w.-]+\/)?[A-Za-z][\w.-]*$/.test(word) && !/^(npm|corepack|i|install|add)$/.test(word);

function unversionedHits(
  where: Hit['where'],
  who: string,
  packages: readonly string[],
  form: string,
): readonly Hit[] {
  if (packages.length === 0) return [];
  return [
    {
      where,
      title: `${who} takes the newest version at build time: ${packages.slice(0, 5).join(', ')}.`,
      fix: `Write the version that was tested (${form}), or put it into the file of dependencies.`,
    },
  ];
}

/** Options of pip that take the next word. */
const WITH_VALUE =
  /^(-r|-c|-e|-t|-i|-f|--(requirement|constraint|editable|target|prefix|root|src|index-url|extra-index-url|find-links|trusted-host|platform|python-version|only-binary|no-binary|cache-dir|timeout|retries|proxy|progress-bar|upgrade-strategy|config-settings))$/;

/** Packages that `pip install` is given by name alone. */
function unversioned(all: readonly string[]): readonly string[] {
  const words = /^(\/\S*\/)?python[\d.]*$/.test(all[0] ?? '') && all[1] === '-m' ? all.slice(2) : all;
  const start = words.indexOf('install');
  if (!/^(\/\S*\/)?pip[\d.]*$/.test(words[0] ?? '') || start === -1) return [];
  const rest = words.slice(start + 1);
  if (rest.some((word) => /^(-c|--constraint)/.test(word))) return [];
  return rest.filter(
    (word, at) =>
      !WITH_VALUE.test(rest[at - 1] ?? '') &&
      /^[A-Za-z][\w.-]*(\[[\w,.-]+\])?$/.test(word) &&
      !/^(pip|setuptools|wheel|install)$/.test(word) &&
      !/\.(whl|gz|zip|txt)$/.test(word),
  );
}
