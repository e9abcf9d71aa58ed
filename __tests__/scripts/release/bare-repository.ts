import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A repository as a server has it, and a clone to work in. */
export interface BareRepository {
  readonly url: string;
  readonly clone: string;
  /** Commits files in the clone and pushes them to `main`; gives the commit. */
  commit(files: Readonly<Record<string, string>>, subject: string): string;
  /** Runs git in the clone. */
  git(...args: readonly string[]): string;
  /** Where the tags of the server are. */
  tags(): Readonly<Record<string, string>>;
  remove(): void;
}

/** An empty one, in a temporary folder. */
export function makeBareRepository(): BareRepository {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-release-'));
  const [url, clone] = [join(folder, 'origin.git'), join(folder, 'clone')];
  const plain = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=octo', '-c', 'user.email=octo@example.com', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const git = (...args: readonly string[]) => plain('-C', clone, ...args);
  plain('init', '--quiet', '--bare', '--initial-branch=main', url);
  plain('init', '--quiet', '--initial-branch=main', clone);
  git('remote', 'add', 'origin', url);
  return {
    url,
    clone,
    git,
    commit(files, subject) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(clone, path)), { recursive: true });
        writeFileSync(join(clone, path), text);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', subject);
      git('push', '--quiet', 'origin', 'HEAD:main');
      return git('rev-parse', 'HEAD').trim();
    },
    tags: () =>
      Object.fromEntries(
        plain('-C', url, 'for-each-ref', '--format=%(refname:strip=2) %(objectname)', 'refs/tags')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => line.split(' ') as [string, string]),
      ),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
