import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitHubReleases } from '../../scripts/release/github-releases.ts';
import { moveTags } from '../../scripts/release/move-tags.ts';
import { remoteTags } from '../../scripts/release/remote-tags.ts';
import { makeBareRepository } from '../scripts/release/bare-repository.ts';
import { RELEASES_TOKEN, type StoredRelease, startReleasesApi } from '../scripts/release/releases-api.ts';
import { type ActRun, runAct } from './act.ts';

/**
 * This repository on a server of its own, with the workflows as they are. Standing in are GitHub (its releases, its
 * attestations, the checkout), `.ci/run`, and the stories that the smoke test tells, which all have runs of their own.
 */
export interface Rehearsal {
  /** Commits a version to main, without releasing it. */
  commit(version: string, files?: Readonly<Record<string, string>>): string;
  /** The same, released before the story begins, with `v1` and its like moved to it. */
  released(version: string): Promise<string>;
  /** Pushes a release's tag, and runs what GitHub then starts. */
  pushTag(tag: string): Promise<ActRun>;
  /** Pushes main, and runs CI. */
  pushMain(): Promise<ActRun>;
  /** Presses the button of a workflow on main. */
  press(workflow: string, inputs: Readonly<Record<string, string>>): Promise<ActRun>;
  tags(): Readonly<Record<string, string>>;
  releases(): readonly StoredRelease[];
  /** Paths that were attested. */
  attested(): readonly string[];
  /** How often all tests were run. */
  testRuns(): number;
  remove(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');
const PATIENCE_MS = 300_000;
const PARTS = [
  ...['action.yml', 'dist', 'src', 'sandbox', 'scripts', '.github', '.gitignore', '.gitattributes'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'vitest.config.ts'],
  ...['LICENSE', 'README.md'],
];
const STORY = "import { expect, it } from 'vitest';\nit('is told', () => expect(1).toBe(1));\n";
const STAND_INS = {
  '.ci/run': '#!/usr/bin/env bash\necho tested >> "$REHEARSED/tests"\n',
  '__tests__/e2e/success.test.ts': STORY,
  '__tests__/e2e/scenarios.test.ts': STORY,
};
/** For what is rehearsed after a build: building twice a minute tells nothing new. */
export const QUICK_BUILD = {
  'scripts/build.ts': "process.stdout.write('dist/ is what the source builds.\\n');\n",
};

// As actions/checkout does it: one commit without tags, unless it is asked for all. Packages are there already.
const CHECKOUT = `const { execFileSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { GITHUB_WORKSPACE, GITHUB_SHA, ORIGIN, MODULES, INPUT_PATH = '', INPUT_REF = '' } = process.env;
const folder = join(GITHUB_WORKSPACE, INPUT_PATH);
const git = (...args) => execFileSync('git', ['-C', folder, ...args], { stdio: 'inherit' });
execFileSync('git', ['init', '--quiet', folder], { stdio: 'inherit' });
git('remote', 'add', 'origin', ORIGIN);
if (process.env['INPUT_FETCH-DEPTH'] === '0') git('fetch', '--quiet', '--tags', 'origin', GITHUB_SHA);
else git('fetch', '--quiet', '--no-tags', '--depth=1', 'origin', INPUT_REF || GITHUB_SHA);
git('checkout', '--quiet', '--force', INPUT_REF ? 'FETCH_HEAD' : GITHUB_SHA);
const modules = join(folder, 'node_modules');
if (INPUT_PATH === '' && !existsSync(modules)) {
  try {
    execFileSync('cp', ['-al', MODULES, modules], { stdio: 'ignore' });
  } catch {
    execFileSync('cp', ['-a', MODULES, folder]);
  }
}
`;
const ATTEST = `const { appendFileSync, globSync } = require('node:fs');
const patterns = process.env['INPUT_SUBJECT-PATH'].split('\\n').map((line) => line.trim()).filter(Boolean);
const found = globSync(patterns, { cwd: process.env.GITHUB_WORKSPACE });
if (found.length === 0) throw new Error('there is nothing to attest');
appendFileSync(process.env.REHEARSED + '/attested', found.map((path) => path + '\\n').join(''));
`;

/** Sets the stage. */
export async function makeRehearsal(act: string): Promise<Rehearsal> {
  const repository = makeBareRepository();
  const api = await startReleasesApi();
  const rehearsed = mkdtempSync(join(tmpdir(), 'deploy-guard-rehearsal-'));
  const local = standInActions(rehearsed);
  execFileSync('cp', ['-a', ...PARTS, repository.clone], { cwd: root });
  // As docs/releases.md asks of whoever releases it.
  const reusable = join(repository.clone, '.github', 'workflows', 'deploy.yml');
  writeFileSync(reusable, readFileSync(reusable, 'utf8').replaceAll(/[\w-]+(?=\/deploy-guard@)/g, 'acme'));

  const commit: Rehearsal['commit'] = (version, files = {}) => {
    const described = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object;
    const text = `${JSON.stringify({ ...described, version }, undefined, 2)}\n`;
    return repository.commit({ ...STAND_INS, 'package.json': text, ...files }, `Release ${version}`);
  };

  /** What the runner has in its folder, for act to read the workflow and the event's commit from. */
  async function run(
    ref: string,
    workflow: string,
    name: string,
    payload: Readonly<Record<string, unknown>>,
  ): Promise<ActRun> {
    const folder = mkdtempSync(join(rehearsed, 'started-'));
    const git = (...args: readonly string[]) => execFileSync('git', ['-C', folder, ...args]);
    git('clone', '--quiet', '--no-checkout', repository.url, '.');
    git('checkout', '--quiet', '--force', ref.replace(/^refs\/(tags\/|heads\/)/, ''));
    git('remote', 'set-url', 'origin', 'https://github.com/acme/deploy-guard');
    const home = mkdtempSync(join(rehearsed, 'home-'));
    return runAct({
      act,
      folder,
      home,
      workflow: `.github/workflows/${workflow}`,
      event: { name, payload: { ref, ...payload } },
      local,
      environment: {
        GITHUB_API_URL: api.url,
        ORIGIN: `file://${repository.url}`,
        MODULES: join(root, 'node_modules'),
        REHEARSED: rehearsed,
      },
      secrets: { GITHUB_TOKEN: RELEASES_TOKEN },
      patienceMs: PATIENCE_MS,
    });
  }

  return {
    commit,
    async released(version) {
      const tag = `v${version}`;
      const made = commit(version);
      const tags = remoteTags(repository.clone, undefined);
      tags.make(tag, made);
      api.publish(tag);
      const github = gitHubReleases({
        GITHUB_API_URL: api.url,
        GITHUB_REPOSITORY: 'acme/deploy-guard',
        GITHUB_TOKEN: RELEASES_TOKEN,
      });
      await moveTags(tag, false, tags, github);
      return made;
    },
    async pushTag(tag) {
      repository.git('push', '--quiet', 'origin', `HEAD:refs/tags/${tag}`);
      return run(`refs/tags/${tag}`, 'release.yml', 'push', {});
    },
    pushMain: () => run('refs/heads/main', 'ci.yml', 'push', {}),
    press: (workflow, inputs) => run('refs/heads/main', workflow, 'workflow_dispatch', { inputs }),
    tags: repository.tags,
    releases: api.releases,
    attested: () => linesOf(join(rehearsed, 'attested')),
    testRuns: () => linesOf(join(rehearsed, 'tests')).length,
    async remove() {
      await api.close();
      repository.remove();
      rmSync(rehearsed, { recursive: true, force: true });
    },
  };
}

/** The actions that the workflows call, at the commits that they name. */
function standInActions(folder: string): Readonly<Record<string, string>> {
  const texts = ['ci.yml', 'release.yml', 'move-tags.yml'].map((name) =>
    readFileSync(join(root, '.github', 'workflows', name), 'utf8'),
  );
  const scripts: Readonly<Record<string, readonly [inputs: readonly string[], script: string]>> = {
    'actions/checkout': [['ref', 'path', 'fetch-depth', 'persist-credentials'], CHECKOUT],
    'actions/attest-build-provenance': [['subject-path'], ATTEST],
  };
  const local: Record<string, string> = {};
  for (const [, name = '', ref = ''] of texts.join('\n').matchAll(/uses: ([\w-]+\/[\w-]+)@(\w+)/g)) {
    const [inputs, script] = scripts[name] ?? [];
    if (!inputs || !script) throw new Error(`the rehearsal has nothing to stand in for ${name}`);
    const action = join(folder, name.replace('/', '-'));
    mkdirSync(action, { recursive: true });
    const described = inputs.map((input) => `  ${input}: { description: As the original's. }\n`).join('');
    writeFileSync(
      join(action, 'action.yml'),
      `name: stand-in\ndescription: For ${name}.\ninputs:\n${described}runs: { using: node24, main: index.js }\n`,
    );
    writeFileSync(join(action, 'index.js'), script);
    local[`${name}@${ref}`] = action;
  }
  return local;
}

function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}
