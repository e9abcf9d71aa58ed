import { posix } from 'node:path';
import type { Hit, Rule } from '../rule.ts';
import { copiedSources, coversAll } from './copies.ts';
import { type DependencyTool, dependencyTool, preparingTool } from './dependency-tools.ts';
import { type Dockerfile, type Dockerfiles, inEach, isMounted } from './dockerfile.ts';
import type { Instruction } from './instructions.ts';
import type { Stage } from './stages.ts';

/** DG005: each change of the code gets all dependencies again. */
export const copyOrder: Rule<Dockerfiles> = {
  code: 'DG005',
  summary: 'Dependencies installed after the code is copied',
  level: 'note',
  why: 'A layer is built again when what was copied before it has changed. With the whole code copied first, each commit downloads and installs every dependency anew: minutes that each deployment waits, a layer that each task pulls in full, and a build that fails when the package index does.',
  how: 'Looks for the first command of a stage that gets the dependencies (pip with `-r`, Poetry, uv, Pipenv, npm, Yarn, pnpm, Go, Maven, Gradle, Bundler, Composer, Cargo) behind a `COPY` of the whole context, or of a folder that has the manifest and the code. A cache mount for the tool, workspaces of several packages, and a Go module without `go.sum` or with `vendor/` are left alone.',
  fix: 'Copy the files that name the dependencies, install, and copy the code then:\n\n```dockerfile\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\n```',
  source: 'https://docs.docker.com/build/cache/optimize/#order-your-layers',
  see: "git grep -n -E '^(COPY|ADD|RUN) ' -- '*Dockerfile*'",
  examples: {
    fails: [
      {
        name: 'pip',
        files: {
          Dockerfile:
            'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install --upgrade pip && \\\n    pip install -r requirements.txt\n',
          'requirements.txt': 'fastapi\n',
        },
        at: ['Dockerfile:5'],
      },
      {
        name: 'npm, in a stage that builds',
        files: {
          Dockerfile:
            'FROM node:22 AS build\nADD ./ /src/\nRUN npm ci && npm run build\nFROM nginx:1.29\nCOPY --from=build /src/dist /usr/share/nginx/html\n',
        },
        at: ['Dockerfile:3'],
      },
      {
        name: 'a folder with the code and the manifest in it',
        files: {
          Dockerfile: 'FROM ruby:3.4-slim\nCOPY app /app\nWORKDIR /app\nRUN bundle install\n',
          'app/Gemfile': '',
          'app/main.rb': '',
        },
        at: ['Dockerfile:4'],
      },
      {
        name: 'go build without the modules first',
        files: {
          Dockerfile: 'FROM golang:1.25 AS build\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app ./cmd/app\n',
          'go.mod': '',
          'go.sum': '',
        },
        at: ['Dockerfile:3'],
      },
      ...manifestExamples(),
    ],
    passes: [
      {
        name: 'the manifest first',
        files: {
          Dockerfile:
            'FROM node:22-slim\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build && npm install --omit=dev\n',
        },
      },
      {
        name: 'the manifest in the stage that this one is FROM',
        files: {
          Dockerfile:
            'FROM php:8.4-fpm AS deps\nCOPY composer.* ./\nRUN composer install --no-scripts\nFROM deps\nCOPY . .\nRUN composer install --no-dev\n',
        },
      },
      {
        name: 'a task of Gradle that gets them first, and cargo-chef',
        files: {
          Dockerfile:
            'FROM rust:1.90 AS server\nCOPY --from=plan /recipe.json .\nRUN cargo chef cook --release\nCOPY . .\nRUN cargo build --release --features x\nFROM eclipse-temurin:21 AS build\nCOPY ["build.gradle", "gradlew", "./"]\nRUN ./gradlew downloadRepos\nCOPY . .\nRUN ./gradlew installDist\nFROM build\nCOPY --from=server /a /a\n',
        },
      },
      {
        name: 'a package of one’s own that the manifest names',
        files: {
          Dockerfile:
            'FROM ruby:3.4-alpine\nCOPY /engines/client /app/vendor/client/\nCOPY /web/Gemfile /web/Gemfile.lock /app/\nRUN bundle install\nCOPY /web /app\n',
          'engines/client/Gemfile': '',
          'engines/client/client.rb': '',
          'web/Gemfile': '',
        },
      },
      {
        name: 'a cache mount',
        files: {
          Dockerfile:
            'FROM rust:1.90 AS build\nCOPY . .\nRUN --mount=type=cache,target=/usr/local/cargo/registry cargo build --release\n',
        },
      },
      {
        name: 'the project itself, or single packages',
        files: {
          Dockerfile: 'FROM python:3.13-slim\nCOPY . .\nRUN pip install . && npm install -g serve\n',
        },
      },
      {
        name: 'a Go module without dependencies',
        files: { Dockerfile: 'FROM golang:1.25\nCOPY . .\nRUN go build .\n', 'go.mod': '' },
      },
      {
        name: 'workspaces of several packages',
        files: {
          Dockerfile: 'FROM node:22\nCOPY . .\nRUN yarn install\n',
          'lerna.json': '{}',
          'package.json': '{}',
        },
      },
    ],
  },
  find: inEach((dockerfile) => dockerfile.stages.flatMap((stage) => lateInstalls(dockerfile, stage))),
};

function manifestExamples() {
  const commands = [
    ['poetry install --no-root', 'python:3.13-slim'],
    ['. venv/bin/activate && poetry install -E pgsql --only main', 'python:3.13-slim'],
    ['uv sync --locked', 'python:3.13-slim'],
    ['pipenv install --system', 'python:3.13-slim'],
    ['corepack enable && pnpm install --frozen-lockfile', 'node:22-slim'],
    ['yarn', 'node:22-slim'],
    ['./mvnw -q package', 'eclipse-temurin:21'],
    ['gradle :app:bootJar', 'gradle:9'],
    ['composer install', 'php:8.4-fpm'],
    ['bundle install --jobs 4 --without development', 'ruby:3.4-slim'],
    ['cargo build --release --features a', 'rust:1.90'],
  ] as const;
  return commands.map(([command, image]) => ({
    name: command,
    files: { Dockerfile: `FROM ${image}\nCOPY . .\nRUN ${command}\n` },
    at: ['Dockerfile:3'] as const,
  }));
}

function lateInstalls(dockerfile: Dockerfile, stage: Stage): readonly Hit[] {
  const seen = new Set<DependencyTool>();
  const copies: Instruction[] = [];
  const hits: Hit[] = [];
  for (const instruction of stage.lineage) {
    if (/^(COPY|ADD)$/.test(instruction.keyword)) copies.push(instruction);
    if (instruction.keyword !== 'RUN') continue;
    for (const command of instruction.commands) {
      const tool = dependencyTool(command) ?? preparingTool(command);
      if (tool === undefined || seen.has(tool)) continue;
      const copy = copies.find((each) => bringsAll(each, tool, dockerfile, copies));
      if (copy && dependencyTool(command) === undefined) continue;
      seen.add(tool);
      const cached = isMounted(instruction, tool.cache) || isLeftAlone(tool, dockerfile.contextFiles);
      if (copy && !cached && stage.own.includes(instruction)) {
        hits.push(toHit(dockerfile, tool, copy, command.line));
      }
    }
  }
  return hits;
}

/** Whether a COPY brings the manifest together with the code. */
function bringsAll(
  copy: Instruction,
  tool: DependencyTool,
  { contextFiles }: Dockerfile,
  copies: readonly Instruction[],
): boolean {
  const sources = copiedSources(copy);
  if (sources.some(coversAll)) return true;
  const isManifest = (source: string) => tool.manifests.test(posix.basename(source.replaceAll('*', '')));
  // A folder beside the manifest is what the manifest needs: a package of one's own.
  if (copies.flatMap(copiedSources).some(isManifest)) return false;
  return sources.some((source) => {
    const folder = `${source.replace(/^(\.?\/)+|\/+$/g, '')}/`;
    const within = [...contextFiles].filter((path) => path.startsWith(folder));
    const manifests = within.filter((path) => tool.manifests.test(path.slice(folder.length)));
    return manifests.length > 0 && within.length > manifests.length;
  });
}

/** Where the manifests alone are not enough, or there is nothing to get. */
function isLeftAlone({ name }: DependencyTool, files: ReadonlySet<string>): boolean {
  if (/^(npm|yarn|pnpm)$/.test(name)) return files.has('lerna.json') || files.has('pnpm-workspace.yaml');
  return name === 'go' && files.has('go.mod') && (!files.has('go.sum') || files.has('vendor/modules.txt'));
}

function toHit(
  { file, contextFiles }: Dockerfile,
  tool: DependencyTool,
  copy: Instruction,
  line: number,
): Hit {
  const tracked = [...contextFiles].filter((path) => tool.manifests.test(path)).slice(0, 6);
  const from = tracked.length > 0 ? tracked.join(' ') : 'the files that name the dependencies';
  return {
    where: { file, line },
    title: `${file} copies the code (line ${copy.line}) before ${tool.name} gets the dependencies: each commit gets all of them again.`,
    fix: `Before the COPY of line ${copy.line}:\n  COPY ${tracked.length > 0 ? `${from} ./` : `<${from}> ./`}\n  RUN ${tool.install}`,
  };
}
