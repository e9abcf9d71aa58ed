import { spawnSync } from 'node:child_process';
import type { Move } from './moves.ts';
import { ReleaseProblem } from './problem.ts';

/** The tags of the repository that was checked out, where it came from. */
export interface RemoteTags {
  /** Each tag, with the commit that it names in the end. */
  read(): ReadonlyMap<string, string>;
  /** Makes a tag that isn't there yet. */
  make(tag: string, commit: string): void;
  /** Moves them all, or none where one of them is no longer what it was. */
  move(moves: readonly Move[]): void;
}

/**
 * The tags of `origin`, by git: it moves several at once or none, and only from where they were seen.
 * @param token - Who pushes, on GitHub; undefined where git knows that by itself.
 */
export function remoteTags(folder: string, token: string | undefined): RemoteTags {
  const git = (...args: readonly string[]): string => {
    const env = { ...process.env, ...authorization(token), GIT_TERMINAL_PROMPT: '0' };
    const { status, stdout, stderr, error } = spawnSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      env,
      maxBuffer: 64_000_000,
    });
    if (error) throw error;
    if (status === 0) return stdout;
    throw new ReleaseProblem(`\`git ${args[0]}\` failed: ${reason(stderr)}`);
  };
  const push = (...args: readonly string[]) => git('push', '--quiet', '--atomic', ...args);
  const fetchMissing = (commit: string): void => {
    const { status } = spawnSync('git', ['-C', folder, 'cat-file', '-e', `${commit}^{commit}`]);
    if (status !== 0) git('fetch', '--quiet', '--no-tags', '--depth=1', 'origin', commit);
  };
  return {
    read: () => tagsIn(git('ls-remote', '--tags', 'origin')),
    make: (tag, commit) => {
      push(`--force-with-lease=refs/tags/${tag}:`, 'origin', `${commit}:refs/tags/${tag}`);
    },
    move: (moves) => {
      for (const commit of new Set(moves.map(({ to }) => to))) fetchMissing(commit);
      const leases = moves.map(({ tag, from = '' }) => `--force-with-lease=refs/tags/${tag}:${from}`);
      push(...leases, 'origin', ...moves.map(({ tag, to }) => `${to}:refs/tags/${tag}`));
    },
  };
}

/** `git ls-remote --tags`: an annotated tag is listed twice, with `^{}` for the commit that it names. */
function tagsIn(listed: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const line of listed.split('\n')) {
    const [, id, name, peeled] = /^([0-9a-f]+)\trefs\/tags\/(.+?)(\^\{\})?$/.exec(line) ?? [];
    if (id !== undefined && name !== undefined && (peeled !== undefined || !tags.has(name)))
      tags.set(name, id);
  }
  return tags;
}

/** As variables: arguments can be seen by every process of the machine. */
function authorization(token: string | undefined): Readonly<Record<string, string>> {
  if (!token) return {};
  const server = process.env['GITHUB_SERVER_URL'] ?? 'https://github.com';
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${server}/.extraheader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
  };
}

/** What git said, and where GitHub refuses for a reason that its words don't help with, what to do. */
function reason(stderr: string): string {
  const said = stderr.trim().split('\n').join(' ').slice(0, 600);
  if (/without `?workflows`? permission/.test(stderr)) {
    return `${said} A workflow's own token may not move a tag to a commit whose .github/workflows differs from every branch's. Put a token that may (contents and workflows: write) into the secret RELEASE_TOKEN of the environment release, or push the tags by hand: docs/releases.md has the command.`;
  }
  if (/stale info|fetch first/.test(stderr))
    return `somebody else moved it meanwhile. Run this again. ${said}`;
  return said;
}
