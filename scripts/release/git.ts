import { spawnSync } from 'node:child_process';
import { ReleaseProblem } from './problem.ts';

/** Runs git in a folder and gives what it printed; throws a ReleaseProblem with its reason where it fails. */
export type Git = (...args: readonly string[]) => string;

/**
 * Git in a folder, with its server.
 * @param token - Who asks, on GitHub; undefined where git knows that by itself.
 */
export function gitIn(folder: string, token: string | undefined): Git {
  return (...args) => {
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
}

/** A tag is moved from where it was seen, and from nowhere else. */
export const MOVED_MEANWHILE = 'somebody else moved it meanwhile. Run this again.';

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
  if (/stale info|fetch first/.test(stderr)) return `${MOVED_MEANWHILE} ${said}`;
  return said;
}
