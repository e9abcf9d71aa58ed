import { spawnSync } from 'node:child_process';
import { gitIn } from './git.ts';
import type { Version } from './version.ts';

/** The branches that a version may be released from: the newest line's, and those of its own older line. */
export function releaseBranches({ major, minor }: Version): readonly string[] {
  return ['main', `release/${major}`, `release/${major}.${minor}`];
}

/**
 * Whether one of some branches of `origin`, as they are there now, has a commit.
 * @param token - Who asks, on GitHub; undefined where git knows that by itself.
 */
export function isOnOneOf(
  branches: readonly string[],
  commit: string,
  folder: string,
  token: string | undefined,
): boolean {
  const git = gitIn(folder, token);
  const patterns = branches.map((branch) => `refs/heads/${branch}`);
  return (
    git('ls-remote', 'origin', ...patterns)
      .split('\n')
      .flatMap((line) => line.split('\t')[1] ?? [])
      // `ls-remote` takes a pattern for the end of a name.
      .filter((ref) => patterns.includes(ref))
      .some((ref) => {
        // A checkout has one commit, without the branches: what leads from the branch to it is fetched.
        git('fetch', '--quiet', '--no-tags', 'origin', ref);
        const args = ['-C', folder, 'merge-base', '--is-ancestor', commit, 'FETCH_HEAD'];
        return spawnSync('git', args).status === 0;
      })
  );
}
