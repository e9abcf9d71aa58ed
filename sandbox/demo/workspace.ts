import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A checked-out repository to deploy from. */
export interface DemoWorkspace {
  readonly path: string;
  readonly commit: { readonly sha: string; readonly subject: string };
  readonly remove: () => void;
}

const subject = 'Fix torque curve';

// FROM scratch and a file: a real engine builds it without any registry.
const app: Readonly<Record<string, string>> = {
  Dockerfile: 'FROM scratch\nCOPY torque.csv /data/torque.csv\nUSER 10001\nCMD ["/dyno-agent"]\n',
  '.dockerignore': '.git\n.github\n.env*\n*.md\n',
  '.gitignore': '.env*\n',
  'README.md': '# dyno-agent\n\nMeasures torque.\n',
  'torque.csv': 'rpm,newton_metres\n1000,180\n2000,240\n3000,265\n',
};
const fix = 'rpm,newton_metres\n1000,180\n2000,240\n3000,271\n4000,268\n';

/**
 * Makes a git repository with a small app, and `files` over it, and two commits, the last one by octo. Dates are fixed, so that
 * the commit has the same SHA each time.
 * @throws Error where git is missing.
 */
export function makeWorkspace(files: Readonly<Record<string, string>> = {}): DemoWorkspace {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'demo-'));
  const path = join(root, 'dyno-agent');
  mkdirSync(path);
  const git = (date: string, ...args: readonly string[]) => runGit(path, date, args);
  git('', 'init', '--quiet', '--initial-branch=main');
  write(path, { ...app, ...files });
  git('', 'add', '--all');
  git('2026-01-12T09:20:00Z', 'commit', '--quiet', '--message', 'Measure torque');
  write(path, { 'torque.csv': fix });
  git('2026-01-15T10:05:00Z', 'commit', '--quiet', '--all', '--message', subject);
  const sha = git('', 'rev-parse', 'HEAD').trim();
  return { path, commit: { sha, subject }, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, body] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), body);
  }
}

/** git without the settings of the machine or its user, which could sign, hook or rename. */
function runGit(cwd: string, date: string, args: readonly string[]): string {
  const { PATH = '' } = process.env;
  const who = { GIT_AUTHOR_NAME: 'octo', GIT_AUTHOR_EMAIL: 'octo@example.com' };
  const committer = { GIT_COMMITTER_NAME: 'octo', GIT_COMMITTER_EMAIL: 'octo@example.com' };
  const dates = date === '' ? {} : { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const env = {
    PATH,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ...who,
    ...committer,
    ...dates,
  };
  try {
    return execFileSync('git', [...args], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Error('The demo needs git to make a repository to deploy from, and there is none on PATH.');
    }
    throw error;
  }
}
